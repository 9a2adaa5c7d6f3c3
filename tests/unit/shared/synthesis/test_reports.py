"""What a report of a copy says, and how far a run is."""

from __future__ import annotations

import pytest

from shared.synthesis import progress
from shared.synthesis.frozen import Frozen, FrozenColumn, FrozenTable
from shared.synthesis.plans import ColumnName, Generator, GeneratorType
from shared.synthesis.report import compose, kept_keys, missing_rows, stray_references
from shared.synthesis.run import StepKind
from shared.synthesis.schema import Column, ForeignKey, Kind, Schema, Table, TableName

TABLE = TableName("public", "people")


def column(name: str, kind: GeneratorType) -> FrozenColumn:
    return FrozenColumn(name=name, generator=Generator(type=kind), settings={})


def test_a_report_says_what_each_column_became_and_why() -> None:
    plan = Frozen(
        (
            FrozenTable(
                name=TABLE,
                is_excluded=False,
                settings={},
                columns=(
                    column("email", GeneratorType.MOCK),
                    column("height", GeneratorType.DUPLICATE),
                ),
            ),
            FrozenTable(
                name=TableName("public", "logs"),
                is_excluded=True,
                settings={},
                columns=(column("line", GeneratorType.DUPLICATE),),
            ),
        )
    )
    finding = {"entity": "EMAIL", "confidence": 0.9, "evidence": ["its name"]}
    made = compose(plan, {ColumnName(TABLE, "email"): finding})
    assert made["columns"][0] == {
        "column": "public.people.email",
        "generator": {"type": "mock", "parameters": {}},
        "entity": "EMAIL",
        "confidence": 0.9,
        "evidence": ["its name"],
    }
    assert made["not_touched"] == ["public.people.height"]
    assert made["excluded"] == ["public.logs"]
    assert made["found"] == [{"column": "public.people.email", "entity": "EMAIL"}]


@pytest.mark.parametrize(
    ("method", "own", "kept"),
    [
        ("duplicate", None, ["public.people.id", "public.people.boss"]),
        ("hash", None, []),
        ("generate", None, []),
        ("hash", "duplicate", ["public.people.id", "public.people.boss"]),
        ("duplicate", "hash", []),
    ],
)
def test_keys_that_are_copied_as_they_are_count_as_not_touched(
    method: str, own: str | None, kept: list[str]
) -> None:
    boss = ForeignKey(name="b", columns=("boss",), table=TABLE, referred=("id",))
    schema = Schema(
        tables=(
            Table(
                name=TABLE,
                columns=tuple(
                    Column(name=name, type="bigint", kind=Kind.INTEGER, nullable=name != "id")
                    for name in ("id", "boss", "number")
                ),
                primary_key=("id",),
                foreign_keys=(boss,),
            ),
        )
    )
    key = Generator(type=GeneratorType.KEY, parameters={"method": own} if own else {})
    plan = Frozen(
        (
            FrozenTable(
                name=TABLE,
                is_excluded=False,
                settings={},
                columns=(
                    FrozenColumn(name="id", generator=key, settings={}),
                    # What the other one says holds for both.
                    column("boss", GeneratorType.KEY),
                    column("number", GeneratorType.HASH),
                ),
            ),
        )
    )
    settings = {"key_generation_method": method, "default_locale": "en"}
    keys = kept_keys(schema, plan, settings)
    assert compose(plan, {}, kept_keys=keys)["not_touched"] == kept


def test_references_that_lead_nowhere_are_counted_over_all_blocks() -> None:
    blocks = [
        {"parameters": {"table": "public.orders"}, "strays": {"person_id": 2}},
        {"parameters": {"table": "public.orders"}, "strays": {"person_id": 3}},
        {"parameters": {"table": "public.people"}, "strays": {}},
        {"parameters": {"table": "public.people"}},
    ]
    assert stray_references(blocks) == [
        "5 values of public.orders.person_id refer to no row of the source"
    ]


def test_rows_that_are_not_there_are_told() -> None:
    tables = {"public.a": {"written": 3}, "public.b": {"written": 2}, "public.c": {"written": 0}}
    said = missing_rows(tables, {"public.a": 2, "public.b": 2, "public.c": 0})
    assert len(said) == 1
    assert said[0].startswith("public.a has 2 rows in the target, and 3 were written")


def test_percents_grow_from_step_to_step() -> None:
    summary: dict[str, object] = {"blocks": 3}
    seen = [progress.percent(summary, done=kind) for kind in (StepKind.PLAN, StepKind.CUTS)]
    for _ in range(3):
        summary = progress.with_block(summary, table="t", written=2)
        seen.append(progress.percent(summary, done=StepKind.GENERATE))
    seen += [
        progress.percent(summary, done=kind)
        for kind in (StepKind.REBUILD, StepKind.FINISH, StepKind.VERIFY, StepKind.REPORT)
    ]
    assert seen == sorted(set(seen))
    assert (seen[0] > 0, seen[-1]) == (True, 100)
    assert summary["tables"] == {"t": {"written": 6}}
