"""What comes of steps: what is stored of their results, and which steps follow."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, text, update
from sqlalchemy.dialects.postgresql import JSONB

from shared.db.schema import engine_databases, repairs, source_columns, source_tables
from shared.synthesis import report, tables
from shared.synthesis.engine import DatabaseStatus
from shared.synthesis.modes import Mode
from shared.synthesis.plans import GeneratorType
from shared.synthesis.run import StepKind
from shared.synthesis.schema import Schema, TableName
from shared.synthesis.settings import Scope, own_settings
from shared.synthesis.step import NewStep

#: Stores what came of a step; gets the run, as it was.
Store = Callable[[Connection, RowMapping], None]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What follows from the result of a step."""

    result: Mapping[str, Any] | None = None
    steps: Sequence[NewStep] = ()
    warnings: Sequence[str] = ()
    store: Store | None = None


def outcome_of(
    kind: StepKind, result: Mapping[str, Any], *, settings: Mapping[str, Any]
) -> Outcome:
    """What follows from what the process of a step has told.

    :param settings: of the run.
    """
    reader = _READERS.get(kind)
    return Outcome(result=result) if reader is None else reader(result, settings)


def _reflected(result: Mapping[str, Any], settings: Mapping[str, Any]) -> Outcome:
    """Both databases are known now; what is personal is looked for next."""
    schema = Schema.from_json(result["schema"])

    def store(connection: Connection, run: RowMapping) -> None:
        _store_schema(connection, run, schema)
        _store_host_keys(connection, run, result.get("host_keys", {}))

    scans = settings["initialization_mode"] != Mode.SCRATCH
    return Outcome(
        result={"tables": len(schema.tables), "target": result["target"]},
        steps=[NewStep(kind=StepKind.SCAN)] if scans else (),
        store=store,
    )


def _store_host_keys(connection: Connection, run: RowMapping, met: Mapping[str, str]) -> None:
    """Of SSH servers, the first ones alone: another key is for people to look at."""
    for role, key in met.items():
        connection.execute(
            update(engine_databases)
            .where(
                engine_databases.c.engine_number == run["engine_number"],
                engine_databases.c.role == role,
                engine_databases.c.ssh_host_key.is_(None),
            )
            .values(ssh_host_key=key)
        )


def _store_schema(connection: Connection, run: RowMapping, schema: Schema) -> None:
    engine = run["engine_number"]
    # As they are by now: to whoever has changed them meanwhile, these tables come later.
    settings = connection.execute(
        text("SELECT settings FROM engines WHERE number = :number FOR NO KEY UPDATE"),
        {"number": engine},
    ).scalar_one()
    connection.execute(
        update(engine_databases)
        .where(engine_databases.c.engine_number == engine)
        .values(status=DatabaseStatus.CURRENT, synced_at=func.now(), structure=schema.to_json())
    )
    source = connection.execute(
        text(
            """
            SELECT id FROM engine_databases WHERE engine_number = :engine AND role = 'SOURCE'
            """
        ),
        {"engine": engine},
    ).scalar_one()
    connection.execute(
        text(
            """
            WITH gone AS (
                DELETE FROM source_columns
                WHERE table_id IN (SELECT id FROM source_tables WHERE database_id = :id)
            )
            SELECT
            """
        ),
        {"id": source},
    )
    connection.execute(text("DELETE FROM source_tables WHERE database_id = :id"), {"id": source})
    of_tables = own_settings(Scope.TABLE, settings)
    of_columns = own_settings(Scope.COLUMN, settings)
    new_tables, new_columns = [], []
    for ordinal, table in enumerate(schema):
        table_id = uuid.uuid4()
        new_tables.append(
            {
                "id": table_id,
                "database_id": source,
                "ordinal": ordinal,
                "schema_name": table.name.schema,
                "name": table.name.name,
                "row_count": table.rows,
                # Nothing is suggested there, so nothing is copied before somebody has.
                "is_excluded": settings["initialization_mode"] == Mode.SCRATCH,
                "settings": of_tables,
            }
        )
        new_columns += [
            {
                "id": uuid.uuid4(),
                "table_id": table_id,
                "ordinal": place,
                "name": column.name,
                "settings": of_columns,
                "generator": {"type": GeneratorType.DUPLICATE, "parameters": {}},
                "by_hand": False,
            }
            for place, column in enumerate(table.columns)
        ]
    if new_tables:
        connection.execute(insert(source_tables), new_tables)
    if new_columns:
        connection.execute(insert(source_columns), new_columns)
    tables.reinitialize(connection, database_id=source, settings=settings)


def _scanned(result: Mapping[str, Any], _: Mapping[str, Any]) -> Outcome:
    """What was found is kept with the columns, and decides about those nobody has set."""
    found = {
        (TableName(each["schema"], each["name"]), name): finding
        for each in result["findings"]
        for name, finding in each["columns"].items()
    }

    def store(connection: Connection, run: RowMapping) -> None:
        source = connection.execute(
            text(
                """
                SELECT id FROM engine_databases WHERE engine_number = :engine AND role = 'SOURCE'
                """
            ),
            {"engine": run["engine_number"]},
        ).scalar_one()
        settings = connection.execute(
            text("SELECT settings FROM engines WHERE number = :number FOR NO KEY UPDATE"),
            {"number": run["engine_number"]},
        ).scalar_one()
        keeps = run["request"].get("overwrite_previous_scans") is False
        changed = [
            {"column_id": column.id, "new_finding": found.get((table.table_name, column.name))}
            for table in tables.list_tables(connection, database_id=source)
            for column in table.columns
            if not (keeps and column.finding is not None)
        ]
        if changed:
            connection.execute(
                update(source_columns)
                .where(source_columns.c.id == bindparam("column_id"))
                .values(finding=bindparam("new_finding", type_=JSONB(none_as_null=True))),
                changed,
            )
        tables.reinitialize(connection, database_id=source, settings=settings)

    return Outcome(result={"found": len(found)}, store=store)


def _planned(result: Mapping[str, Any], _: Mapping[str, Any]) -> Outcome:
    """The plan stands: what it needs is made ready."""
    frozen = result["frozen"]

    def store(connection: Connection, run: RowMapping) -> None:
        connection.execute(
            text("UPDATE runs SET plan = CAST(:plan AS jsonb) WHERE number = :number"),
            {"number": run["number"], "plan": json.dumps(frozen)},
        )

    return Outcome(
        result={"ranks": result["ranks"], "lists": result["lists"]},
        steps=[
            *(NewStep(kind=StepKind.LISTS, parameters={"need": need}) for need in result["lists"]),
            NewStep(kind=StepKind.SNAPSHOT),
            *(NewStep(kind=StepKind.RANKS, parameters={"need": need}) for need in result["ranks"]),
            NewStep(kind=StepKind.CUTS),
            NewStep(kind=StepKind.PREPARE),
        ],
        store=store,
    )


def _cut(result: Mapping[str, Any], _: Mapping[str, Any]) -> Outcome:
    """All blocks are known, and all that comes after them."""
    blocks = [
        NewStep(
            kind=StepKind.GENERATE,
            parameters={
                "schema": table["schema"],
                "name": table["name"],
                "table": str(TableName(table["schema"], table["name"])),
                "part": part,
                "cut": cut,
            },
        )
        for table in result["tables"]
        for part, cut in enumerate(table["cuts"])
    ]
    summary = {
        "blocks": len(blocks),
        "blocks_done": 0,
        "tables": {
            str(TableName(table["schema"], table["name"])): {
                "rows": table["rows"],
                "written": 0,
                "is_part": table["is_part"],
            }
            for table in result["tables"]
        },
    }

    def store(connection: Connection, run: RowMapping) -> None:
        connection.execute(
            text("UPDATE runs SET summary = CAST(:summary AS jsonb) WHERE number = :number"),
            {"number": run["number"], "summary": json.dumps(summary)},
        )

    return Outcome(
        result={"blocks": len(blocks)},
        steps=[
            NewStep(kind=StepKind.BARE),
            *blocks,
            *map(_step, (StepKind.REBUILD, StepKind.FINISH, StepKind.VERIFY, StepKind.REPORT)),
        ],
        store=store,
    )


def _step(kind: StepKind) -> NewStep:
    return NewStep(kind=kind)


def _prepared(result: Mapping[str, Any], _: Mapping[str, Any]) -> Outcome:
    """What is to be put back is written down, before anything is taken away."""
    statements = result["repairs"]

    def store(connection: Connection, run: RowMapping) -> None:
        _repaired_all(connection, run)
        if statements:
            connection.execute(
                insert(repairs),
                [
                    {
                        "engine_number": run["engine_number"],
                        "run_number": run["number"],
                        "ordinal": ordinal,
                        "statement": statement,
                    }
                    for ordinal, statement in enumerate(statements)
                ],
            )

    return Outcome(result={"statements": len(statements)}, store=store)


def _repaired(result: Mapping[str, Any], _: Mapping[str, Any]) -> Outcome:
    return Outcome(result=result, store=_repaired_all)


def _repaired_all(connection: Connection, run: RowMapping) -> None:
    """Everything that was written down for the target of a run is as it was."""
    connection.execute(
        text(
            """
            UPDATE repairs SET done_at = now()
            WHERE engine_number = :engine AND done_at IS NULL
            """
        ),
        {"engine": run["engine_number"]},
    )


def _verified(result: Mapping[str, Any], _: Mapping[str, Any]) -> Outcome:
    return Outcome(result=result, warnings=result["problems"])


def _reported(_result: Mapping[str, Any], _: Mapping[str, Any]) -> Outcome:

    def store(connection: Connection, run: RowMapping) -> None:
        report.write(connection, run)

    return Outcome(store=store)


_READERS: Mapping[StepKind, Callable[[Mapping[str, Any], Mapping[str, Any]], Outcome]] = {
    StepKind.REFLECT: _reflected,
    StepKind.SCAN: _scanned,
    StepKind.PLAN: _planned,
    StepKind.CUTS: _cut,
    StepKind.PREPARE: _prepared,
    StepKind.REBUILD: _repaired,
    StepKind.REPAIR: _repaired,
    StepKind.VERIFY: _verified,
    StepKind.REPORT: _reported,
}
