"""Random databases, copied with new keys: every reference leads where it led, and all else holds.

Each row has a note of its own, which no generator touches: so rows are known again whatever has
become of their keys.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import sql

from shared.connectors.interface import Source, Target
from shared.synthesis.generators import Choices, Context, Ranks, Rewriter, build, needs
from shared.synthesis.modes import KeyMethod, Mode, initialize
from shared.synthesis.plans import ColumnName
from shared.synthesis.schema import Schema, Table
from tests.support.copying import Databases
from tests.support.schemas import Shape, create
from tests.support.schemas import databases as shapes
from worker.synthesis.generate import ROWS_OF_BLOCK, rewritten

#: Few, so that even small tables have several.
ROWS_OF_A_CUT = 5


@pytest.fixture(scope="module")
def pair(bases: Databases) -> tuple[str, str]:
    """A source and a target; each example makes them anew."""
    return bases.make(), bases.make()


ANY = given(made=shapes(), threshold=st.sampled_from([0, 1_000]), seed=st.binary(min_size=1))


@pytest.mark.parametrize("method", list(KeyMethod))
@settings(max_examples=8)
@ANY
def test_copies_of_random_databases_fit_together(
    bases: Databases, pair: tuple[str, str], method: KeyMethod, **drawn: Any
) -> None:
    check(bases, pair, method, **drawn)


@pytest.mark.field
@pytest.mark.parametrize("method", list(KeyMethod))
@settings(max_examples=25)
@ANY
def test_copies_of_many_random_databases_fit_together(
    bases: Databases, pair: tuple[str, str], method: KeyMethod, **drawn: Any
) -> None:
    check(bases, pair, method, **drawn)


def check(
    bases: Databases,
    pair: tuple[str, str],
    method: KeyMethod,
    *,
    made: list[Shape],
    threshold: int,
    seed: bytes,
) -> None:
    name, copy = pair
    for each in pair:
        bases.run(each, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    with psycopg.connect(bases.url(name)) as connection:
        create(connection, made)
    choices = Choices(key_method=method, shuffle_threshold=threshold)
    with bases.source(name) as source, bases.target(copy) as target:
        schema = _fill(source, target, choices=choices, secret=seed.ljust(32, b"."))
        assert target.verify(schema) == []
    assert bases.schema_of(copy) == bases.schema_of(name)
    for shape in made:
        assert _notes(bases, copy, shape) == _notes(bases, name, shape)
        for key in shape.keys:
            led = [
                _links(bases, each, shape, key.columns, key.table, key.referred)
                for each in (name, copy)
            ]
            assert led[0] == led[1], key


def _fill(source: Source, target: Target, *, choices: Choices, secret: bytes) -> Schema:
    """Copy as a run does, in one process."""
    schema = source.reflect()
    plan = initialize(schema, {}, mode=Mode.DEIDENTIFY, key_method=KeyMethod(choices.key_method))
    context = Context(
        schema=schema,
        plan=plan,
        choices=choices,
        secret=secret,
        ranks={
            need.name: Ranks(
                need,
                build(need, (_distinct(source, schema, each) for each in need.columns), secret),
                secret,
            )
            for need in needs(schema, plan, choices).ranks
        },
    )
    target.create(source)
    statements = target.bare(schema, drop_indexes=True)
    target.lay_bare()
    target.clear(schema)
    for table in schema:
        _write(source, target, table, Rewriter(table, context))
    target.repair(statements)
    target.finish(schema)
    return schema


def _write(source: Source, target: Target, table: Table, rewriter: Rewriter) -> None:
    names = [column.name for column in table.columns if column.name not in rewriter.omits]
    for block, cut in enumerate(source.cuts(table, ROWS_OF_A_CUT)):
        chunks = rewritten(
            source, table, rewriter, names=names, cut=cut, first_row=block * ROWS_OF_BLOCK
        )
        target.write(table, names, chunks, run="run", block=block)
    assert rewriter.strays == {}


def _distinct(source: Source, schema: Schema, column: ColumnName) -> Iterator[str]:
    return (value for (value,) in source.distinct(schema[column.table], [column.name]))


def _notes(bases: Databases, name: str, shape: Shape) -> Counter[Any]:
    return _rows(bases, name, sql.SQL("SELECT note FROM {}").format(sql.Identifier(shape.name)))


def _links(
    bases: Databases,
    name: str,
    shape: Shape,
    columns: tuple[str, ...],
    other: str,
    referred: tuple[str, ...],
) -> Counter[Any]:
    """Which row refers to which, by their notes."""
    condition = sql.SQL(" AND ").join(
        sql.SQL("a.{} = b.{}").format(sql.Identifier(one), sql.Identifier(two))
        for one, two in zip(columns, referred, strict=True)
    )
    return _rows(
        bases,
        name,
        sql.SQL("SELECT a.note, b.note FROM {} a JOIN {} b ON {}").format(
            sql.Identifier(shape.name), sql.Identifier(other), condition
        ),
    )


def _rows(bases: Databases, name: str, query: sql.Composed) -> Counter[Any]:
    with psycopg.connect(bases.url(name)) as connection:
        return Counter(connection.execute(query).fetchall())
