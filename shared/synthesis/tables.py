"""Tables and columns of sources: read and set."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Select, cast, select, text, update
from sqlalchemy.dialects.postgresql import JSONB

from shared.db.schema import engine_databases, source_columns, source_tables
from shared.errors import NotFound
from shared.synthesis.frozen import Frozen, FrozenColumn, FrozenTable
from shared.synthesis.modes import KeyMethod, Mode, initialize
from shared.synthesis.plans import ColumnName
from shared.synthesis.schema import Schema, Table
from shared.synthesis.settings import Scope, own_settings
from shared.synthesis.table import SourceColumn, SourceTable


def list_tables(connection: Connection, *, database_id: uuid.UUID) -> list[SourceTable]:
    """The tables of a source with their columns; those of a target are none of its own."""
    return _read(connection, source_tables.c.database_id == database_id)


def get(connection: Connection, *, table_id: uuid.UUID) -> SourceTable:
    """One table.

    :raises NotFound: when there is none.
    """
    found = _read(connection, source_tables.c.id == table_id)
    if not found:
        raise NotFound(no_table(table_id))
    return found[0]


def no_table(table_id: uuid.UUID) -> str:
    """What is said of a table that there is not."""
    return f"there is no table {table_id}; the source may have been looked at anew since"


def no_column(column_id: uuid.UUID) -> str:
    """What is said of a column that there is not."""
    return f"there is no column {column_id}; the source may have been looked at anew since"


def _read(connection: Connection, condition: Any) -> list[SourceTable]:
    columns: dict[uuid.UUID, list[SourceColumn]] = defaultdict(list)
    of_them: Select[Any] = (
        select(source_columns)
        .join(source_tables, source_tables.c.id == source_columns.c.table_id)
        .where(condition)
        .order_by(source_columns.c.ordinal)
    )
    for row in connection.execute(of_them).mappings():
        columns[row["table_id"]].append(SourceColumn.from_row(row))
    query = select(source_tables).where(condition).order_by(source_tables.c.ordinal)
    return [
        SourceTable.from_row(row, columns=tuple(columns[row["id"]]))
        for row in connection.execute(query).mappings()
    ]


def database_of_table(connection: Connection, *, table_id: uuid.UUID) -> uuid.UUID:
    """The database that a table is of.

    :raises NotFound: when there is no such table.
    """
    query = select(source_tables.c.database_id).where(source_tables.c.id == table_id)
    found: uuid.UUID | None = connection.scalar(query)
    if found is None:
        raise NotFound(no_table(table_id))
    return found


def get_many(connection: Connection, *, table_ids: Collection[uuid.UUID]) -> list[SourceTable]:
    """Those of some tables that there are."""
    return _read(connection, source_tables.c.id.in_(table_ids))


def tables_of_columns(
    connection: Connection, *, column_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, uuid.UUID]:
    """The tables of some columns, by these; without columns that there are not."""
    query = select(source_columns.c.id, source_columns.c.table_id).where(
        source_columns.c.id.in_(column_ids)
    )
    return {row.id: row.table_id for row in connection.execute(query)}


def structure_of(connection: Connection, *, database_id: uuid.UUID) -> Schema | None:
    """What a database looks like; None before the first look."""
    query = select(engine_databases.c.structure).where(engine_databases.c.id == database_id)
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else Schema.from_json(found)


def structure_of_table(connection: Connection, table: SourceTable) -> Table | None:
    """What a table looks like, without reading all others; None where it is not known."""
    found = connection.execute(
        text(
            """
            SELECT jsonb_build_object('tables', jsonb_agg(each))
            FROM engine_databases, jsonb_array_elements(structure -> 'tables') AS each
            WHERE id = :id AND each -> 'name' ->> 'name' = :name
                AND each -> 'name' ->> 'schema' = :schema
            HAVING count(*) > 0
            """
        ),
        {"id": table.database_id, "name": table.name, "schema": table.schema_name},
    ).scalar_one_or_none()
    return None if found is None else Schema.from_json(found).tables[0]


def exclude(connection: Connection, *, database_id: uuid.UUID, is_excluded: bool) -> int:
    """Leave all tables of a database out, or in; return how many there are."""
    return connection.execute(
        update(source_tables)
        .where(source_tables.c.database_id == database_id)
        .values(is_excluded=is_excluded)
    ).rowcount


def change_table(
    connection: Connection,
    *,
    table_id: uuid.UUID,
    is_excluded: bool | None,
    settings: Mapping[str, Any],
) -> None:
    """Set what is given of a table."""
    values: dict[str, Any] = {} if is_excluded is None else {"is_excluded": is_excluded}
    if settings:
        values["settings"] = _with(source_tables.c.settings, settings)
    if values:
        connection.execute(
            update(source_tables).where(source_tables.c.id == table_id).values(**values)
        )


def change_column(
    connection: Connection,
    *,
    column_id: uuid.UUID,
    generator: Mapping[str, Any] | None,
    settings: Mapping[str, Any],
) -> None:
    """Set what is given of a column; its generator is then one that was set by hand."""
    values: dict[str, Any] = {}
    if generator is not None:
        values |= {"generator": generator, "by_hand": True}
    if settings:
        values["settings"] = _with(source_columns.c.settings, settings)
    if values:
        connection.execute(
            update(source_columns).where(source_columns.c.id == column_id).values(**values)
        )


def set_everywhere(
    connection: Connection, *, database_id: uuid.UUID, settings: Mapping[str, Any]
) -> None:
    """Give settings of an engine to all tables and columns of its source that have them."""
    of_tables = own_settings(Scope.TABLE, settings)
    if of_tables:
        connection.execute(
            update(source_tables)
            .where(source_tables.c.database_id == database_id)
            .values(settings=_with(source_tables.c.settings, of_tables))
        )
    of_columns = own_settings(Scope.COLUMN, settings)
    if of_columns:
        theirs = select(source_tables.c.id).where(source_tables.c.database_id == database_id)
        connection.execute(
            update(source_columns)
            .where(source_columns.c.table_id.in_(theirs))
            .values(settings=_with(source_columns.c.settings, of_columns))
        )


def _with(column: Any, settings: Mapping[str, Any]) -> Any:
    return column.op("||")(cast(settings, JSONB))


def reinitialize(
    connection: Connection, *, database_id: uuid.UUID, settings: Mapping[str, Any]
) -> None:
    """Choose generators anew, by an engine's settings and what was found, but for those by hand.

    Harmless before the source was looked at. The engine's row is locked by the caller.
    """
    structure = structure_of(connection, database_id=database_id)
    if structure is None:
        return
    mode = Mode(settings["initialization_mode"])
    known = list_tables(connection, database_id=database_id)
    plan = initialize(
        structure,
        {
            ColumnName(table.table_name, column.name): column.finding
            for table in known
            for column in table.columns
            if column.finding is not None
        },
        mode=mode,
        locale=settings["default_locale"],
        key_method=KeyMethod(settings["key_generation_method"]),
    )
    changed = {
        column.id: json.dumps(chosen.to_json())
        for table in known
        for column in table.columns
        if not column.by_hand
        and (chosen := plan.get(ColumnName(table.table_name, column.name))) is not None
        and chosen != column.generator
    }
    if changed:
        # One statement, since there may be thousands.
        connection.execute(
            text(
                """
                UPDATE source_columns SET generator = CAST(new.generator AS jsonb)
                FROM unnest(CAST(:ids AS uuid[]), CAST(:generators AS text[]))
                    AS new (id, generator)
                WHERE source_columns.id = new.id
                """
            ),
            {"ids": list(changed), "generators": list(changed.values())},
        )


def freeze(connection: Connection, *, database_id: uuid.UUID) -> Frozen:
    """What is to become of a source's tables and columns, as it stands now."""
    return Frozen(
        tuple(
            FrozenTable(
                name=table.table_name,
                is_excluded=table.is_excluded,
                settings=table.settings,
                columns=tuple(
                    FrozenColumn(
                        name=column.name,
                        generator=column.generator,
                        settings=column.settings,
                        is_personal=column.finding is not None,
                        by_hand=column.by_hand,
                    )
                    for column in table.columns
                ),
            )
            for table in list_tables(connection, database_id=database_id)
        )
    )
