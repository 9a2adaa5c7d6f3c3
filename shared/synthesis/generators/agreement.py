"""Columns of one row that agree: names, addresses, logins and the gender of a person. Pure.

Of several people in a row, such as ``billing_name`` and ``shipping_name``, columns belong together
whose names are most alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import Final

from shared.synthesis.generators.outline import Mocked
from shared.synthesis.generators.people import Names, Row, gender_of
from shared.synthesis.generators.rows import Maker, Rows
from shared.synthesis.generators.wording import cut, numbered, plain
from shared.synthesis.keys.ranks import Ranks
from shared.synthesis.plans import Entity
from shared.synthesis.schema import Kind, Table

_GENDER: Final = re.compile(
    r"(?:.*[_ ])?(?:gender|sex|geschlecht|sexe|sexo|sesso|anrede|salutation)", re.IGNORECASE
)
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_PEOPLE: Final = (
    *(Entity.FIRST_NAME, Entity.LAST_NAME, Entity.PERSON, Entity.EMAIL, Entity.LOGIN),
)


@dataclass(frozen=True, kw_only=True)
class Companions:
    """The columns of a row that one column agrees with; each may be missing."""

    first: str | None
    last: str | None
    gender: str | None

    @property
    def reads(self) -> tuple[str, ...]:
        """Those that have to be read."""
        return tuple(each for each in (self.first, self.last, self.gender) if each)


def is_of_people(entity: Entity | None) -> bool:
    """Whether an entity's values agree with others of the row."""
    return entity in _PEOPLE


def companions(column: str, table: Table, entities: dict[str, Entity]) -> Companions:
    """What a column of a table agrees with.

    :param entities: of the table's columns that get made-up values.
    """

    def nearest(names: Sequence[str]) -> str | None:
        others = [name for name in names if name != column]
        return max(others, key=lambda name: _likeness(name, column), default=None)

    def of(entity: Entity) -> list[str]:
        return [name for name, own in entities.items() if own is entity]

    genders = [
        each.name
        for each in table.columns
        if each.kind in (Kind.TEXT, Kind.ENUM) and _GENDER.fullmatch(each.name)
    ]
    return Companions(
        first=nearest(of(Entity.FIRST_NAME)),
        last=nearest(of(Entity.LAST_NAME)),
        gender=nearest(genders),
    )


def _likeness(one: str, other: str) -> int:
    """How many words two names begin with in common."""
    words = ([each.lower() for each in _WORD.findall(name)] for name in (one, other))
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*words, strict=False)))


def people_by_value(mocked: Mocked, names: Names, among: Companions, ranks: Ranks | None) -> Maker:
    """A maker of names, addresses or logins for old ones."""
    column, length, entity = mocked.column.name, mocked.column.length, mocked.entity
    memory: dict[tuple[str, ...], str] = {}
    row_of = lru_cache(maxsize=20_000)(lambda context: _row_of(context, names))

    def one(value: str, context: tuple[str, ...], number: str) -> str:
        if entity is Entity.FIRST_NAME:
            return names.first(value, context[0] or None, length)
        if entity is Entity.LAST_NAME:
            return names.last(value, length)
        if entity is Entity.PERSON:
            return cut(names.whole(value, context[0] or None), length)
        row = row_of(context)
        if entity is Entity.EMAIL and "@" in value:
            return names.email(value, row, length=length, number=number)
        made = names.login(value, row)
        return numbered(made, int(number), length) if number else cut(made, length)

    def make(rows: Rows) -> list[str | None]:
        values = rows.source[column]
        contexts = _contexts(rows, among, entity)
        numbers = _numbers(values, ranks)
        drawn: list[str | None] = []
        if len(memory) > 100_000:
            memory.clear()
        for place, value in enumerate(values):
            if not value:
                drawn.append(value)
                continue
            key = (value, *contexts[place])
            new = memory.get(key)
            if new is None:
                new = memory[key] = one(value, contexts[place], numbers[place])
            drawn.append(new)
        return drawn

    return make


def _contexts(rows: Rows, among: Companions, entity: Entity | None) -> Sequence[tuple[str, ...]]:
    """What of each row a new value depends on besides the old one."""
    if entity in (Entity.FIRST_NAME, Entity.PERSON):
        if among.gender is None or among.gender not in rows.source:
            return [("",)] * rows.count
        return [(gender_of(value) or "",) for value in rows.source[among.gender]]
    if entity in (Entity.EMAIL, Entity.LOGIN) and (among.first or among.last):
        columns = [
            (source or [None] * rows.count, rows.new.get(name or "") or [None] * rows.count)
            for name in (among.first, among.last)
            for source in [rows.source.get(name or "")]
        ]
        (old_first, new_first), (old_last, new_last) = columns
        return [
            tuple(each or "" for each in row)
            for row in zip(old_first, new_first, old_last, new_last, strict=True)
        ]
    return [("",)] * rows.count


def _row_of(context: tuple[str, ...], names: Names) -> Row | None:
    if len(context) < 4:
        return None
    old_first, new_first, old_last, new_last = context
    first = last = None
    if old_first and new_first:
        first = (old_first, plain(new_first) or names.plain_first(plain(old_first)))
    if old_last and new_last:
        last = (old_last, plain(new_last) or names.plain_last(plain(old_last)))
    return Row(first, last)


def _numbers(values: Sequence[str | None], ranks: Ranks | None) -> Sequence[str]:
    """What makes each value unique; empty where none has to be."""
    if ranks is None:
        return [""] * len(values)
    found = iter(ranks.find([value for value in values if value is not None]).tolist())
    return ["" if value is None else str(next(found) + 1) for value in values]


def people_by_row(
    mocked: Mocked,
    names: Names,
    among: Companions,
    chance: Callable[[Rows], Sequence[int]],
    ranks: Ranks | None,
) -> Maker:
    """A maker of names, addresses or logins that depend on the row's number alone.

    :param ranks: of addresses or logins that have to be unique; these are null where they were.
    """
    length, entity, pools = mocked.column.length, mocked.entity, names.pools

    def word(number: int, values: Sequence[str], new: str | None) -> str:
        return plain(new or "") or plain(values[number % len(values)])

    def make(rows: Rows) -> list[str | None]:
        firsts = rows.new.get(among.first or "") or [None] * rows.count
        lasts = rows.new.get(among.last or "") or [None] * rows.count
        suffixes: Sequence[str | None] = [None] * rows.count
        if ranks is not None:
            suffixes = _numbers(rows.source[mocked.column.name], ranks)
        drawn: list[str | None] = []
        for number, first, last, suffix in zip(chance(rows), firsts, lasts, suffixes, strict=True):
            if suffix == "":
                drawn.append(None)
                continue
            other = number // 65_536
            if entity is Entity.FIRST_NAME:
                made = pools.first[number % len(pools.first)]
            elif entity is Entity.LAST_NAME:
                made = pools.last[number % len(pools.last)]
            elif entity is Entity.PERSON:
                given = first or pools.first[number % len(pools.first)]
                made = f"{given} {last or pools.last[other % len(pools.last)]}"
            else:
                given = word(number, pools.plain_first, first)
                made = f"{given}.{word(other, pools.plain_last, last)}"
                behind = "@example.com" if entity is Entity.EMAIL else ""
                if behind and length is not None and length < 20:
                    behind = "@x.test" if length > 12 else ""
                room = None if length is None else length - len(behind)
                at_end = int(suffix) if suffix is not None else number // 2**40 % 100
                made = numbered(made, at_end, room) + behind
            drawn.append(cut(made, length))
        return drawn

    return make
