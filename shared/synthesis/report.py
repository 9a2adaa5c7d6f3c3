"""The report of a run: what each column became and why, how much there is, and what to know.

It is made of what the steps have told and of what was found before, and holds no value of the
source.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, text

from shared.synthesis import briefing
from shared.synthesis.frozen import Frozen
from shared.synthesis.generators import Choices
from shared.synthesis.modes import KeyMethod
from shared.synthesis.plans import ColumnName, GeneratorType
from shared.synthesis.run import StepKind
from shared.synthesis.schema import Schema, TableName


def write(connection: Connection, run: RowMapping) -> None:
    """Write the report of a run whose row is locked, and what its summary lacks."""
    found = _findings(connection, run["engine_number"])
    plan = connection.scalar(
        text("SELECT plan FROM runs WHERE number = :number"), {"number": run["number"]}
    )
    blocks = briefing.results(connection, run_number=run["number"], kind=StepKind.GENERATE)
    verified = briefing.results(connection, run_number=run["number"], kind=StepKind.VERIFY)
    counts = verified[0]["tables"] if verified else {}
    said = [
        *(f"{each}." for each in stray_references(blocks)),
        *missing_rows(run["summary"].get("tables", {}), counts),
    ]
    frozen = Frozen.from_json(plan)
    keys = kept_keys(_structure(connection, run["engine_number"]), frozen, run["settings"])
    made = {
        **compose(frozen, found, kept_keys=keys),
        "rows": {
            name: {**table, "in_target": counts.get(name)}
            for name, table in run["summary"].get("tables", {}).items()
        },
        "problems": list(verified[0]["problems"]) if verified else [],
        "warnings": [*run["warnings"], *said],
        "seconds": _seconds(connection, run["number"]),
    }
    connection.execute(
        text(
            """
            UPDATE runs SET report = CAST(:report AS jsonb), summary = CAST(:summary AS jsonb),
                warnings = warnings || CAST(:said AS text[])
            WHERE number = :number
            """
        ),
        {
            "number": run["number"],
            "report": json.dumps(made),
            "summary": json.dumps({**run["summary"], "tables": made["rows"]}),
            "said": said,
        },
    )


def compose(
    frozen: Frozen,
    findings: Mapping[ColumnName, Mapping[str, Any]],
    *,
    kept_keys: Collection[ColumnName] = (),
) -> dict[str, Any]:
    """What became of each column, and which were not touched.

    :param findings: as ``shared.synthesis.plans.Finding`` writes them.
    :param kept_keys: as :func:`kept_keys` knows them.
    """
    columns: list[dict[str, Any]] = []
    untouched: list[str] = []
    for table in frozen.tables:
        if table.is_excluded:
            continue
        for column in table.columns:
            name = ColumnName(table.name, column.name)
            finding = findings.get(name)
            columns.append(
                {
                    "column": str(name),
                    "generator": column.generator.to_json(),
                    "entity": finding["entity"] if finding else None,
                    "confidence": finding["confidence"] if finding else None,
                    "evidence": list(finding["evidence"]) if finding else [],
                }
            )
            if column.generator.type is GeneratorType.DUPLICATE or name in kept_keys:
                untouched.append(str(name))
    return {
        "columns": columns,
        "found": sorted(
            (
                {"column": str(name), "entity": finding["entity"]}
                for name, finding in findings.items()
            ),
            key=lambda each: each["column"],
        ),
        "not_touched": untouched,
        "excluded": [str(table.name) for table in frozen.tables if table.is_excluded],
    }


def kept_keys(schema: Schema, frozen: Frozen, settings: Mapping[str, Any]) -> frozenset[ColumnName]:
    """Columns of keys that are copied as they are, though their generator does not say so.

    :param settings: of the run.
    """
    columns = {
        ColumnName(table.name, column.name): column
        for table in frozen.tables
        for column in table.columns
    }
    choices = Choices(
        key_method=settings["key_generation_method"],
        locale=settings["default_locale"],
        columns={name: column.settings for name, column in columns.items()},
    )
    outline = choices.outline(schema, frozen.plan)
    return frozenset(
        name
        for name in columns
        if (use := outline.key_use(name)) is not None and use.method == KeyMethod.DUPLICATE
    )


def stray_references(blocks: Iterable[Mapping[str, Any]]) -> list[str]:
    """A sentence for each column with references to rows that there are not."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for block in blocks:
        counts[block["parameters"].get("table", "")].update(block.get("strays") or {})
    return [
        f"{count} values of {table}.{column} refer to no row of the source"
        for table, columns in sorted(counts.items())
        for column, count in sorted(columns.items())
    ]


def missing_rows(tables: Mapping[str, Mapping[str, Any]], counts: Mapping[str, int]) -> list[str]:
    """A sentence for each table that has not the rows that were written.

    :param tables: of a run's summary.
    :param counts: of the target, by table.
    """
    return [
        f"{name} has {counts[name]} rows in the target, and {table['written']} were written: "
        "somebody else has changed it meanwhile."
        for name, table in sorted(tables.items())
        if not table.get("is_part") and counts.get(name, table["written"]) != table["written"]
    ]


def _findings(connection: Connection, engine: int) -> dict[ColumnName, Mapping[str, Any]]:
    rows = connection.execute(
        text(
            """
            SELECT t.schema_name, t.name AS table_name, c.name, c.finding
            FROM source_columns c JOIN source_tables t ON t.id = c.table_id
            JOIN engine_databases d ON d.id = t.database_id
            WHERE d.engine_number = :engine AND c.finding IS NOT NULL
            """
        ),
        {"engine": engine},
    )
    return {
        ColumnName(TableName(row.schema_name, row.table_name), row.name): row.finding
        for row in rows
    }


def _structure(connection: Connection, engine: int) -> Schema:
    """The source as it was when the plan was made for it."""
    read = connection.scalar(
        text(
            """
            SELECT structure FROM engine_databases
            WHERE engine_number = :engine AND role = 'SOURCE'
            """
        ),
        {"engine": engine},
    )
    return Schema.from_json(read)


def _seconds(connection: Connection, number: int) -> float:
    return float(
        connection.execute(
            text(
                """
                SELECT round(extract(epoch FROM clock_timestamp() - created_at), 1)
                FROM runs WHERE number = :number
                """
            ),
            {"number": number},
        ).scalar_one()
    )
