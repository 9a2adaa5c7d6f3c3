"""Random databases: tables with keys of all sorts between them, and rows that meet all of them.

Cycles, references of a table to itself, several keys to one table, composite keys and keys within
keys, keys to unique columns, nullable ones, tables without a key, and names that have to be quoted.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from random import Random
from typing import Any

import psycopg
from hypothesis import strategies as st
from psycopg import sql

NAMES = ("plain", "Upper Case", 'quo"te', "dot.ted", "select", "emoji😀", "umlaut_ä", "x" * 60)
KEY_TYPES = ("smallint", "integer", "bigint", "varchar(6)", "uuid", "numeric(9,0)", "date")
MOST_ROWS = 12


@dataclass(frozen=True)
class Key:
    """A foreign key."""

    columns: tuple[str, ...]
    table: str
    referred: tuple[str, ...]


@dataclass
class Shape:
    """A table and its rows."""

    name: str
    columns: dict[str, str] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    primary: tuple[str, ...] = ()
    uniques: list[tuple[str, ...]] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)


@st.composite
def databases(draw: st.DrawFn) -> list[Shape]:
    """Up to five tables; rows and keys that fit each other."""
    chance = draw(st.randoms(use_true_random=False))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
    made: list[Shape] = []
    for name in names:
        made.append(_table(chance, name, made))
    for shape in made:
        for number in range(draw(st.integers(0, 3))):
            _refer(chance, shape, draw(st.sampled_from(made)), number)
    return made


def create(connection: psycopg.Connection[Any], shapes: list[Shape]) -> None:
    """Make them in the schema ``public`` of an empty database, with their rows."""
    for shape in shapes:
        connection.execute(_create_table(shape))
        for row in shape.rows:
            if row:
                connection.execute(_insert(shape, row), list(row.values()))
    for shape in shapes:
        for key in shape.keys:
            connection.execute(
                sql.SQL("ALTER TABLE {} ADD FOREIGN KEY ({}) REFERENCES {} ({})").format(
                    sql.Identifier(shape.name),
                    _list(key.columns),
                    sql.Identifier(key.table),
                    _list(key.referred),
                )
            )


def _table(chance: Random, name: str, earlier: list[Shape]) -> Shape:
    shape = Shape(name, columns={"note": "text"})
    kind = chance.choice(("one", "one", "two", "part", "none"))
    count = chance.randrange(MOST_ROWS)
    if kind == "one":
        shape.primary = ("id",)
        shape.columns["id"] = chance.choice(KEY_TYPES)
        values = [{"id": value} for value in _values(chance, shape.columns["id"], count)]
    elif kind == "two":
        shape.primary = ("one", "two")
        shape.columns |= {"one": chance.choice(KEY_TYPES), "two": chance.choice(KEY_TYPES)}
        ones, twos = (_values(chance, shape.columns[each], 4) for each in shape.primary)
        pairs = [{"one": one, "two": two} for one in ones for two in twos]
        values = chance.sample(pairs, min(count, len(pairs)))
    elif kind == "part" and (owners := [each for each in earlier if len(each.primary) == 1]):
        # The key of the owner is a part of this one, as an order's is of its lines'.
        owner = chance.choice(owners)
        shape.primary = ("owner", "line")
        shape.columns |= {"owner": owner.columns[owner.primary[0]], "line": "smallint"}
        shape.keys.append(Key(("owner",), owner.name, owner.primary))
        pairs = [
            {"owner": row[owner.primary[0]], "line": line} for row in owner.rows for line in (1, 2)
        ]
        values = chance.sample(pairs, min(count, len(pairs)))
    else:
        values = [{} for _ in range(count)]
    shape.required |= set(shape.primary)
    shape.rows = [{**row, "note": f"row {number}"} for number, row in enumerate(values)]
    if chance.random() < 0.4:
        shape.columns["code"] = chance.choice(KEY_TYPES)
        shape.uniques.append(("code",))
        for row, code in zip(
            shape.rows, _values(chance, shape.columns["code"], len(shape.rows)), strict=True
        ):
            row["code"] = code if chance.random() < 0.8 else None
    return shape


def _refer(chance: Random, shape: Shape, other: Shape, number: int) -> None:
    targets = [each for each in (other.primary, *other.uniques) if each]
    if not targets:
        return
    referred = chance.choice(targets)
    columns = tuple(f"to{number}_{part}" for part in range(len(referred)))
    choices = [row for row in other.rows if all(row[each] is not None for each in referred)]
    shape.columns |= {
        column: other.columns[each] for column, each in zip(columns, referred, strict=True)
    }
    shape.keys.append(Key(columns, other.name, referred))
    required = bool(choices) and chance.random() < 0.5
    if required:
        shape.required |= set(columns)
    for row in shape.rows:
        chosen = chance.choice(choices) if choices else None
        for column, each in zip(columns, referred, strict=True):
            empty = chosen is None or (not required and chance.random() < 0.3)
            row[column] = None if empty or chosen is None else chosen[each]


def _values(chance: Random, kind: str, count: int) -> list[Any]:
    """Distinct values of a type, its edges and nought among them."""
    edges = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63, "numeric(9,0)": 10**9}
    found: dict[Any, None] = {}
    while len(found) < count:
        value: Any
        if kind in edges:
            edge = edges[kind]
            lowest = -edge + 1 if kind.startswith("numeric") else -edge
            value = chance.choice((0, 1, lowest, edge - 1, chance.randrange(lowest, edge)))
            value = value if chance.random() < 0.3 else chance.randrange(1, 1_000)
        elif kind == "uuid":
            value = uuid.UUID(int=chance.getrandbits(128))
        elif kind == "date":
            value = f"{chance.randrange(1900, 2100)}-{chance.randrange(1, 13):02}-05"
        else:
            value = "".join(chance.choice("abcXYZ019 -ä漢") for _ in range(chance.randrange(1, 7)))
        found[value] = None
    return list(found)


def _create_table(shape: Shape) -> sql.Composed:
    parts = [
        sql.SQL("{} {}{}").format(
            sql.Identifier(name),
            sql.SQL(kind),
            sql.SQL(" NOT NULL" if name in shape.required else ""),
        )
        for name, kind in shape.columns.items()
    ]
    if shape.primary:
        parts.append(sql.SQL("PRIMARY KEY ({})").format(_list(shape.primary)))
    parts += [sql.SQL("UNIQUE ({})").format(_list(unique)) for unique in shape.uniques]
    return sql.SQL("CREATE TABLE {} ({})").format(
        sql.Identifier(shape.name), sql.SQL(", ").join(parts)
    )


def _insert(shape: Shape, row: dict[str, Any]) -> sql.Composed:
    marks = sql.SQL(", ").join([sql.Placeholder()] * len(row))
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(shape.name), _list(tuple(row)), marks
    )


def _list(names: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))
