"""Whatever the graph of keys is like, a copy keeps every key and every reference."""

from __future__ import annotations

import random
import string
import uuid
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shared.synthesis.generators import Choices
from shared.synthesis.plans import ColumnName, Generator, GeneratorType, Plan
from shared.synthesis.schema import Column, ForeignKey, Kind, Schema, Table, TableName, Unique
from tests.unit.shared.synthesis.generators.copying import (
    Database,
    context_of,
    copied,
    problems,
)

_KEYS = (
    {"kind": Kind.INTEGER, "type": "smallint", "lowest": -(2**15), "highest": 2**15 - 1},
    {"kind": Kind.INTEGER, "type": "integer", "lowest": -(2**31), "highest": 2**31 - 1},
    {"kind": Kind.INTEGER, "type": "bigint", "lowest": -(2**63), "highest": 2**63 - 1},
    {"kind": Kind.NUMBER, "type": "numeric(6,0)", "precision": 6, "scale": 0},
    {"kind": Kind.TEXT, "type": "character varying(3)", "length": 3},
    {"kind": Kind.TEXT, "type": "text"},
    {"kind": Kind.UUID, "type": "uuid"},
    {"kind": Kind.DATE, "type": "date"},
    {"kind": Kind.TIMESTAMP, "type": "timestamp without time zone"},
)


def _value(column: Column, chance: random.Random) -> str:
    if column.kind is Kind.INTEGER:
        low, high = column.lowest or 0, column.highest or 0
        edges = [0, 1, -1, low, low + 1, high, high - 1]
        return str(chance.choice([*edges, *(chance.randint(-50, 200) for _ in range(20))]))
    if column.kind is Kind.NUMBER:
        return str(chance.randint(-999_999, 999_999))
    if column.kind is Kind.TEXT:
        letters = string.ascii_letters + string.digits + " -äЖ"
        return "".join(chance.choices(letters, k=chance.randint(1, column.length or 12)))
    if column.kind is Kind.UUID:
        return str(uuid.UUID(int=chance.getrandbits(128)))
    day = f"{chance.randint(1, 9999):04d}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
    return day if column.kind is Kind.DATE else f"{day} 12:00:00"


def _graph(chance: random.Random) -> tuple[Schema, Database]:
    """A schema with keys of all kinds and references in any direction, and rows that fit it."""
    tables: list[Table] = []
    for number in range(chance.randint(1, 5)):
        parts = chance.randint(1, 3)
        columns = [
            Column(name=f"k{part}", nullable=False, **chance.choice(_KEYS))  # type: ignore[arg-type]
            for part in range(parts)
        ]
        columns.append(Column(name="code", nullable=True, **chance.choice(_KEYS)))  # type: ignore[arg-type]
        tables.append(
            Table(
                name=TableName("s", f"t{number}"),
                columns=tuple(columns),
                primary_key=tuple(each.name for each in columns[:parts]),
                uniques=(Unique(name="code", columns=("code",)),),
            )
        )
    database: Database = {}
    for table in tables:
        rows = []
        for _ in range(chance.choice((0, 1, 5, 20))):
            row = [_value(column, chance) for column in table.columns]
            rows.append(tuple(row))
        keys: set[tuple[str, ...]] = set()
        codes: set[str] = set()
        kept = []
        for row in rows:
            if row[:-1] not in keys and row[-1] not in codes:
                keys.add(row[:-1])
                codes.add(row[-1])
                kept.append((*row[:-1], row[-1] if chance.random() < 0.8 else None))
        database[table.name] = {
            column.name: [row[place] for row in kept] for place, column in enumerate(table.columns)
        }
    for place, table in enumerate(tables):
        for number in range(chance.randint(0, 3)):
            parent = chance.choice(tables)
            table = tables[place]
            referred = parent.primary_key if chance.random() < 0.7 else ("code",)
            near = tuple(f"r{number}_{part}" for part in range(len(referred)))
            nullable = chance.random() < 0.6 or not database[parent.name][referred[0]]
            if not nullable and not database[parent.name][referred[0]]:
                continue
            read = [parent[name] for name in referred]
            new = tuple(
                _wider(replace(column, name=name, nullable=nullable), chance)
                for name, column in zip(near, read, strict=True)
            )
            tables[place] = replace(
                table,
                columns=(*table.columns, *new),
                foreign_keys=(
                    *table.foreign_keys,
                    ForeignKey(
                        name=f"f{number}", columns=near, table=parent.name, referred=referred
                    ),
                ),
            )
            count = len(database[table.name]["code"])
            parents = [
                row
                for row in zip(*(database[parent.name][name] for name in referred), strict=True)
                if None not in row
            ]
            drawn: list[tuple[str | None, ...]] = []
            for _ in range(count):
                if not parents or (nullable and chance.random() < 0.3):
                    drawn.append((None,) * len(referred))
                else:
                    drawn.append(chance.choice(parents))
            for part, name in enumerate(near):
                database[table.name][name] = [row[part] for row in drawn]
            if not parents:
                tables[place] = replace(
                    tables[place],
                    columns=tuple(
                        replace(each, nullable=True) if each.name in near else each
                        for each in tables[place].columns
                    ),
                )
    return Schema(tables=tuple(tables)), database


def _wider(column: Column, chance: random.Random) -> Column:
    """Sometimes of a type that can hold more."""
    if column.kind is Kind.INTEGER and chance.random() < 0.5:
        return replace(column, type="bigint", lowest=-(2**63), highest=2**63 - 1)
    if column.kind is Kind.TEXT and chance.random() < 0.5:
        return replace(column, type="character varying(40)", length=40)
    return column


def _plan(schema: Schema, type_: GeneratorType) -> Plan:
    return {
        ColumnName(table.name, column.name): Generator(type=type_)
        for table in schema
        for column in table.columns
    }


def _graph_of(schema: Schema, database: Database) -> dict[str, list[int]]:
    """Of each reference, to which row each row refers, which no renaming of keys changes."""
    graph: dict[str, list[int]] = {}
    for table in schema:
        for key in table.foreign_keys:
            parents = {
                row: place
                for place, row in enumerate(
                    zip(*(database[key.table][name] for name in key.referred), strict=True)
                )
            }
            rows = zip(*(database[table.name][name] for name in key.columns), strict=True)
            graph[f"{table.name} {key.name}"] = [
                -1 if None in row else parents[row] for row in rows
            ]
    return graph


@pytest.mark.parametrize("method", ["duplicate", "hash", "generate"])
@pytest.mark.parametrize("threshold", [0, 1_000])
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(seed=st.integers(0, 2**32))
def test_every_graph_is_copied_whole(method: str, threshold: int, seed: int) -> None:
    schema, source = _graph(random.Random(seed))
    assert problems(schema, source) == []
    choices = Choices(key_method=method, shuffle_threshold=threshold)
    context = context_of(schema, _plan(schema, GeneratorType.KEY), source, choices)
    target = copied(source, context)
    assert problems(schema, target) == []
    assert _graph_of(schema, target) == _graph_of(schema, source)
    for table in schema:
        for column in table.columns:
            old, new = source[table.name][column.name], target[table.name][column.name]
            assert [each is None for each in old] == [each is None for each in new]
            if method == "duplicate":
                assert old == new
            if method == "hash" and column.kind is Kind.INTEGER:
                assert [each == "0" for each in old] == [each == "0" for each in new]
    # However the rows are cut, each becomes the same.
    assert copied(source, context, block=1_000) == target
    assert copied(source, context, block=1) == target


@pytest.mark.parametrize("type_", [GeneratorType.FORMAT_PRESERVING, GeneratorType.HASH])
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(seed=st.integers(0, 2**32))
@example(131)  # a key of one type that a column of a wider one refers to
def test_masks_keep_every_graph_too(type_: GeneratorType, seed: int) -> None:
    schema, source = _graph(random.Random(seed))
    context = context_of(schema, _plan(schema, type_), source)
    target = copied(source, context)
    assert problems(schema, target) == []
    assert _graph_of(schema, target) == _graph_of(schema, source)


@pytest.mark.parametrize("method", ["hash", "generate"])
def test_another_seed_gives_other_keys(method: str) -> None:
    table = Table(
        name=TableName("s", "t"),
        columns=(Column(name="id", nullable=False, **_KEYS[1]),),  # type: ignore[arg-type]
        primary_key=("id",),
    )
    schema = Schema(tables=(table,))
    source: Database = {table.name: {"id": [str(number) for number in range(100)]}}
    choices = Choices(key_method=method)
    plan = _plan(schema, GeneratorType.KEY)
    one, again, other = (
        copied(source, context_of(schema, plan, source, choices, secret=secret))
        for secret in (b"a" * 32, b"a" * 32, b"b" * 32)
    )
    assert one == again
    assert one != other
