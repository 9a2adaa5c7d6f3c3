"""A file of SQLite, and the source that reads it in one transaction."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from types import TracebackType
from typing import Any, Self

from shared.connectors.errors import NotReachable
from shared.connectors.interface import EVERYTHING, Address, Chunk, Cut, Limits, Secrets
from shared.connectors.sqlite.catalogue import has_rowid, quote, reflect, rowid_of
from shared.connectors.sqlite.files import TEXT_FUNCTION, connect, find, telling
from shared.connectors.sqlite.values import FORM, Value, chunk_of
from shared.synthesis.schema import Schema, Table

CHUNK_ROWS = 5_000

#: Marks of :meth:`SqliteDatabase.hold`; both connections of a copy are this process's.
_held: set[tuple[str, int]] = set()


class SqliteDatabase:
    """One open file."""

    kind = FORM
    _read_only = False

    def __init__(self, address: Address, secrets: Secrets, *, limits: Limits) -> None:
        del secrets
        self.path = find(address.database, limits=limits)
        self.limits = limits
        self.connection = connect(self.path, read_only=self._read_only, limits=limits)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.connection.close()

    def identity(self) -> str:
        """See :class:`shared.connectors.interface.Database`: the file itself, whatever its name."""
        found = self.path.stat()
        return f"{found.st_dev}/{found.st_ino}"

    def is_replica(self) -> bool:
        """See :class:`shared.connectors.interface.Database`."""
        return False

    @contextmanager
    def hold(self, token: int) -> Iterator[None]:
        """See :class:`shared.connectors.interface.Database`."""
        mark = (self.identity(), token)
        _held.add(mark)
        try:
            yield
        finally:
            _held.discard(mark)

    def sees(self, token: int) -> bool:
        """See :class:`shared.connectors.interface.Database`."""
        return (self.identity(), token) in _held

    def reflect(self) -> Schema:
        """See :class:`shared.connectors.interface.Database`."""
        with telling():
            return reflect(self.connection)

    def count(self, table: Table) -> int:
        """See :class:`shared.connectors.interface.Database`."""
        with telling():
            row = self.connection.execute(
                f"SELECT count(*) FROM {quote(table.name.name)}"  # noqa: S608 - a quoted name
            ).fetchone()
        return int(row[0])


class SqliteSource(SqliteDatabase):
    """See :class:`shared.connectors.interface.Source`."""

    _read_only = True

    def __init__(self, address: Address, secrets: Secrets, *, limits: Limits) -> None:
        super().__init__(address, secrets, limits=limits)
        with telling():
            self.connection.execute("BEGIN")
            self.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()

    def export_snapshot(self) -> str | None:
        """See :class:`shared.connectors.interface.Source`; SQLite has none."""
        return None

    def use_snapshot(self, snapshot: str) -> None:
        """See :class:`shared.connectors.interface.Source`."""
        raise NotReachable(f"SQLite has no snapshots that others could use, such as {snapshot!r}.")

    def cuts(self, table: Table, rows: int) -> list[Cut]:
        """See :class:`shared.connectors.interface.Source`."""
        order = self._order(table)
        if not order:
            return [EVERYTHING] if self.count(table) else []
        listed = ", ".join(order)
        with telling():
            found = self.connection.execute(
                f"SELECT {listed} FROM (SELECT {listed}, row_number() OVER"  # noqa: S608
                f" (ORDER BY {listed}) - 1 AS place FROM {quote(table.name.name)})"
                " WHERE place % ? = 0 ORDER BY place",
                [rows],
            ).fetchall()
        if not found:
            return []
        firsts = [[_to_json(value) for value in row] for row in found[1:]]
        return [
            {
                **({"from": first} if first is not None else {}),
                **({"before": end} if end is not None else {}),
            }
            for first, end in pairwise([None, *firsts, None])
        ]

    def _order(self, table: Table) -> list[str]:
        """What rows are sorted by: their number, else their key; empty: neither is to be had."""
        if has_rowid(self.connection, table.name.name):
            name = rowid_of(table)
            return [name] if name else []
        return [quote(column) for column in table.primary_key]

    def read(
        self,
        table: Table,
        columns: Sequence[str],
        cut: Cut = EVERYTHING,
        *,
        decode: Collection[str] = (),
    ) -> Iterator[Chunk]:
        """See :class:`shared.connectors.interface.Source`.

        Generated columns are left out, unless they are to be decoded.
        """
        generated = {each.name for each in table.columns if each.generated}
        decoded = [name for name in columns if name in decode]
        opaque = [name for name in columns if name not in decode and name not in generated]
        order = self._order(table)
        conditions, values = [], []
        for name, operator in (("from", ">="), ("before", "<")):
            if name in cut:
                marks = ", ".join("?" * len(order))
                conditions.append(f"({', '.join(order)}) {operator} ({marks})")
                values += [_from_json(value) for value in cut[name]]
        listed = ", ".join(map(quote, [*decoded, *opaque])) or "NULL"
        query = f"SELECT {listed} FROM {quote(table.name.name)}"  # noqa: S608 - quoted names
        if conditions:
            query += f" WHERE {' AND '.join(conditions)}"
        if order:
            query += f" ORDER BY {', '.join(order)}"
        with telling():
            cursor = self.connection.execute(query, values)
            while rows := cursor.fetchmany(CHUNK_ROWS):
                yield chunk_of(rows, decoded=decoded, opaque=opaque)

    def sample(
        self, table: Table, columns: Sequence[str], rows: int, *, seed: int | None = None
    ) -> Chunk:
        """See :class:`shared.connectors.interface.Source`."""
        count = self.count(table)
        chance = random.Random(seed)  # noqa: S311 - a sample, and no secret
        chosen = set(chance.sample(range(count), min(rows, count)))
        order = self._order(table)
        query = f"SELECT {', '.join(map(quote, columns))} FROM {quote(table.name.name)}"  # noqa: S608
        if order:
            query += f" ORDER BY {', '.join(order)}"
        with telling():
            drawn = [
                row for place, row in enumerate(self.connection.execute(query)) if place in chosen
            ]
        return chunk_of(drawn, decoded=list(columns), opaque=[])

    def distinct(self, table: Table, columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """See :class:`shared.connectors.interface.Source`."""
        # Texts as they are: what is no UTF-8 passes through no function of Python. A CASE has no
        # collation of its column, by which "a" and "A" might be one.
        texts = ", ".join(
            f"CASE typeof({name}) WHEN 'text' THEN {name} ELSE {TEXT_FUNCTION}({name}) END"
            for name in map(quote, columns)
        )
        there = " AND ".join(f"{quote(column)} IS NOT NULL" for column in columns)
        places = ", ".join(str(place + 1) for place in range(len(columns)))
        query = (
            f"SELECT DISTINCT {texts} FROM {quote(table.name.name)}"  # noqa: S608 - quoted names
            f" WHERE {there} ORDER BY {places}"
        )
        with telling():
            yield from self.connection.execute(query)


def _to_json(value: Value) -> Any:
    return {"blob": value.hex()} if isinstance(value, bytes) else value


def _from_json(value: Any) -> Value:
    return bytes.fromhex(value["blob"]) if isinstance(value, dict) else value


def is_source(source: object) -> sqlite3.Connection | None:
    """The connection of a source that is a file of SQLite; None: it is none."""
    return source.connection if isinstance(source, SqliteSource) else None
