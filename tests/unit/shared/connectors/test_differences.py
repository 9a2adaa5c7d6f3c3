"""Differences of schemas, in sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.connectors.differences import compare
from shared.synthesis.schema import (
    Check,
    Column,
    ForeignKey,
    Kind,
    Schema,
    Table,
    TableName,
    Unique,
)

NAME = TableName("s", "t")
COLUMN = Column(name="a", type="integer", kind=Kind.INTEGER)
TABLE = Table(
    name=NAME,
    columns=(COLUMN,),
    primary_key=("a",),
    uniques=(Unique(name="u", columns=("a",)),),
    foreign_keys=(ForeignKey(name="f", columns=("a",), table=NAME, referred=("a",)),),
    checks=(Check(name="c", expression="(a > 0)", columns=("a",)),),
)


def schema(**changed: object) -> Schema:
    return Schema(tables=(replace(TABLE, **changed),))  # type: ignore[arg-type]


def test_equal_ones_have_none() -> None:
    assert compare(schema(), schema(rows=7, indexes=("CREATE INDEX",))) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": TableName("s", "x")}, "The table s.t is not in the target."),
        ({"columns": ()}, "The column s.t.a is not in the target."),
        (
            {"columns": (COLUMN, replace(COLUMN, name="b"))},
            "The column s.t.b is in the target alone.",
        ),
        (
            {"columns": (replace(COLUMN, type="bigint"),)},
            "The type of s.t.a differs: integer, in the target bigint.",
        ),
        (
            {"columns": (replace(COLUMN, nullable=False),)},
            "The nullability of s.t.a differs: True, in the target False.",
        ),
        ({"primary_key": ()}, "The primary key of s.t is a, in the target none."),
        ({"uniques": ()}, "The unique u of s.t is not in the target, or not so."),
        (
            {"checks": (*TABLE.checks, Check(name="d", expression="x"))},
            "The check d of s.t is in the target alone.",
        ),
        (
            {"foreign_keys": (replace(TABLE.foreign_keys[0], full=True),)},
            "The foreign key f of s.t is not in the target, or not so.",
        ),
    ],
)
def test_each_is_told(changed: dict[str, object], sentence: str) -> None:
    assert sentence in compare(schema(), schema(**changed))


def test_expressions_are_compared_by_what_they_mean() -> None:
    other = schema(checks=(replace(TABLE.checks[0], expression="a > 0"),))
    assert compare(schema(), other) != []
    assert compare(schema(), other, meaning=lambda text: text.strip("()")) == []
