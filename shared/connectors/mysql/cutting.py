"""A table in parts, by ranges of its key.

A cut has the key of the row before its first one (``after``) and of its last one (``until``), so
that the first and the last cut are open, and together they are all rows there ever are. A key's
values are written in hexadecimal, since they may be bytes. A table without a key is one cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from shared.connectors.interface import Cut
from shared.connectors.mysql import quoting, types
from shared.synthesis.schema import Table

Key = tuple[bytes, ...]
#: The rows of a query, as the server sends them.
Ask = Callable[[str], list[tuple[Any, ...]]]


def key_of(table: Table) -> tuple[str, ...]:
    """Columns that tell each row from all others; none: there are no such."""
    if table.primary_key:
        return table.primary_key
    for unique in table.uniques:
        whole = not (unique.partial or unique.expression)
        if whole and all(not table[each].nullable for each in unique.columns):
            return unique.columns
    return ()


def cuts(ask: Ask, table: Table, rows: int) -> list[Cut]:
    """A table in parts of so many rows; none for an empty one."""
    name, key = quoting.name(table.name.name), key_of(table)
    if not ask(f"SELECT 1 FROM {name} LIMIT 1"):
        return []
    if not key:
        return [{}]
    selected = quoting.names(key)
    borders: list[Key] = []
    while True:
        rest = condition(table, _cut(borders[-1] if borders else None, None))
        found = ask(
            f"SELECT {selected} FROM {name}{rest} ORDER BY {selected} LIMIT 1 OFFSET {rows - 1}"
        )
        if not found:
            return [_cut(after, until) for after, until in pairwise([None, *borders, None])]
        borders.append(tuple(found[0]))


def _cut(after: Key | None, until: Key | None) -> Cut:
    ends = {"after": after, "until": until}
    return {name: [part.hex() for part in key] for name, key in ends.items() if key is not None}


def condition(table: Table, cut: Cut) -> str:
    """`` WHERE ...`` for the rows of a cut; empty for all."""
    key = key_of(table)
    parts = [
        _beyond(table, key, [bytes.fromhex(each) for each in cut[end]], sign)
        for end, sign in (("after", ">"), ("until", "<="))
        if end in cut
    ]
    return f" WHERE {' AND '.join(parts)}" if parts else ""


def _beyond(table: Table, key: Sequence[str], values: Sequence[bytes], sign: str) -> str:
    """A comparison of rows, written out so that every server looks it up in the index."""
    strict = sign[0]
    *before, last = [
        (quoting.name(column), _literal(table, column, value))
        for column, value in zip(key, values, strict=True)
    ]
    said = f"{last[0]} {sign} {last[1]}"
    for column, value in reversed(before):
        said = f"({column} {strict} {value} OR ({column} = {value} AND {said}))"
    return said


def _literal(table: Table, column: str, value: bytes) -> str:
    quote = quoting.binary if types.is_bytes(table[column]) else quoting.number_or_text
    return quote(value).decode()


def order(table: Table) -> str:
    """`` ORDER BY`` the key; empty where there is none."""
    key = key_of(table)
    return f" ORDER BY {quoting.names(key)}" if key else ""
