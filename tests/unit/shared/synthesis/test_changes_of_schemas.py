"""What has changed in a source, and what becomes of references to tables that are left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.errors import InvalidRequest
from shared.synthesis.drift import differences
from shared.synthesis.exclusion import leave_out
from shared.synthesis.frozen import Frozen, FrozenColumn, FrozenTable
from shared.synthesis.plans import ColumnName, Generator, GeneratorType
from shared.synthesis.schema import Column, ForeignKey, Kind, Schema, Table, TableName

PEOPLE = Table(
    name=TableName("public", "people"),
    columns=(Column(name="id", type="integer", kind=Kind.INTEGER, nullable=False),),
    primary_key=("id",),
)


def orders(*, nullable: bool) -> Table:
    return Table(
        name=TableName("public", "orders"),
        columns=(
            Column(name="id", type="integer", kind=Kind.INTEGER, nullable=False),
            Column(name="person_id", type="integer", kind=Kind.INTEGER, nullable=nullable),
        ),
        primary_key=("id",),
        foreign_keys=(
            ForeignKey(name="f", columns=("person_id",), table=PEOPLE.name, referred=("id",)),
        ),
    )


def frozen(schema: Schema, *excluded: str) -> Frozen:
    keep = Generator(type=GeneratorType.DUPLICATE)
    return Frozen(
        tuple(
            FrozenTable(
                name=table.name,
                is_excluded=table.name.name in excluded,
                settings={},
                columns=tuple(
                    FrozenColumn(name=column.name, generator=keep, settings={})
                    for column in table.columns
                ),
            )
            for table in schema
        )
    )


def test_a_schema_that_is_the_same_has_no_differences() -> None:
    schema = Schema(tables=(PEOPLE, orders(nullable=True)))
    again = Schema.from_json(schema.to_json())
    # How many rows there are is no part of it.
    assert differences(schema, again) == []
    assert differences(Schema(tables=(PEOPLE,)), Schema(tables=(replace(PEOPLE, rows=5),))) == []


def test_what_has_changed_is_named() -> None:
    before = Schema(tables=(PEOPLE, orders(nullable=True)))
    wider = replace(PEOPLE.columns[0], type="bigint")
    new = Column(name="name", type="text", kind=Kind.TEXT)
    now = Schema(
        tables=(
            replace(PEOPLE, columns=(wider, new), primary_key=()),
            replace(orders(nullable=True), name=TableName("public", "purchases")),
        )
    )
    assert sorted(differences(before, now)) == [
        "the column public.people.id changed in: type",
        "the column public.people.name is new",
        "the primary key of public.people changed",
        "the table public.orders is gone",
        "the table public.purchases is new",
    ]


def test_a_reference_to_a_table_that_is_left_out_is_null_where_it_may_be() -> None:
    schema = Schema(tables=(PEOPLE, orders(nullable=True)))
    plan, warnings = leave_out(schema, frozen(schema, "people"))
    made = plan.plan
    name = ColumnName(TableName("public", "orders"), "person_id")
    assert made[name].type is GeneratorType.NULL
    assert made[ColumnName(name.table, "id")].type is GeneratorType.DUPLICATE
    assert len(warnings) == 1
    assert str(name) in warnings[0]


def test_one_that_may_not_be_null_is_refused() -> None:
    schema = Schema(tables=(PEOPLE, orders(nullable=False)))
    with pytest.raises(InvalidRequest, match=r"public\.orders refers to public\.people"):
        leave_out(schema, frozen(schema, "people"))


@pytest.mark.parametrize("excluded", [(), ("orders",), ("people", "orders")])
def test_nothing_changes_where_no_reference_leads_out(excluded: tuple[str, ...]) -> None:
    schema = Schema(tables=(PEOPLE, orders(nullable=False)))
    given = frozen(schema, *excluded)
    assert leave_out(schema, given) == (given, [])
