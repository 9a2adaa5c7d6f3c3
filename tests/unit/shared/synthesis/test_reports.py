"""What a report of a copy says, and how far a run is."""

from __future__ import annotations

from shared.synthesis import progress
from shared.synthesis.frozen import Frozen, FrozenColumn, FrozenTable
from shared.synthesis.plans import ColumnName, Generator, GeneratorType
from shared.synthesis.report import compose, missing_rows, stray_references
from shared.synthesis.run import StepKind
from shared.synthesis.schema import TableName

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
