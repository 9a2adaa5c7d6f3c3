"""What clients do with the tables and columns of engines: the API and the consoles call this."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from shared.db.engine import Database
from shared.errors import Conflict, InvalidRequest, NotFound
from shared.synthesis import engines, tables
from shared.synthesis.engine import Engine
from shared.synthesis.generators import check, supported_types
from shared.synthesis.requests import ColumnChange, TableChange
from shared.synthesis.schema import Column, Table
from shared.synthesis.table import SourceColumn, SourceTable


@dataclass(frozen=True, kw_only=True)
class KnownTable:
    """A table as it is kept, and as it was read of the source; None where that is not known."""

    table: SourceTable
    structure: Table | None
    is_filled: bool

    @cached_property
    def shapes(self) -> Mapping[str, Column]:
        """The columns as they were read, by their names."""
        columns = self.structure.columns if self.structure is not None else ()
        return {column.name: column for column in columns}


@dataclass(frozen=True, kw_only=True)
class Tables:
    """The tables of all accounts; each call is for one of them, and sees no other's.

    Whatever there is not, or is another account's, is ``NotFound``.
    """

    database: Database

    def list_all(self, database_id: uuid.UUID, *, account_id: int) -> list[KnownTable]:
        """All tables of a source; of a target, none."""
        with self.database.transaction() as connection:
            engine = engines.get_of_database(
                connection, database_id=database_id, account_id=account_id
            )
            schema = tables.structure_of(connection, database_id=database_id)
            known = {} if schema is None else {table.name: table for table in schema}
            is_filled = engines.is_filled(connection, number=engine.number)
            return [
                KnownTable(table=table, structure=known.get(table.table_name), is_filled=is_filled)
                for table in tables.list_tables(connection, database_id=database_id)
            ]

    def get(self, table_id: uuid.UUID, *, account_id: int) -> KnownTable:
        """Read a table with its columns."""
        with self.database.transaction() as connection:
            return self._table(connection, table_id, account_id=account_id)

    def _table(self, connection: Connection, table_id: uuid.UUID, *, account_id: int) -> KnownTable:
        engine = self._engine_of_table(connection, table_id, account_id=account_id)
        table = tables.get(connection, table_id=table_id)
        return KnownTable(
            table=table,
            structure=tables.structure_of_table(connection, table),
            is_filled=engines.is_filled(connection, number=engine.number),
        )

    def _engine_of_table(
        self, connection: Connection, table_id: uuid.UUID, *, account_id: int
    ) -> Engine:
        database_id = tables.database_of_table(connection, table_id=table_id)
        try:
            return engines.get_of_database(
                connection, database_id=database_id, account_id=account_id
            )
        except NotFound:
            raise NotFound(tables.no_table(table_id)) from None

    def change(self, change: TableChange, *, account_id: int) -> KnownTable:
        """Set what is given of a table."""

        def work(connection: Connection) -> KnownTable:
            engine = self._engine_of_table(connection, change.id, account_id=account_id)
            engines.lock(connection, number=engine.number)
            tables.change_table(
                connection,
                table_id=change.id,
                is_excluded=change.is_excluded,
                settings=change.settings,
            )
            return self._table(connection, change.id, account_id=account_id)

        return self.database.run(work)

    def exclude(self, database_id: uuid.UUID, *, is_excluded: bool, account_id: int) -> int:
        """Leave all tables of a source out, or in; return how many there are."""

        def work(connection: Connection) -> int:
            engine = engines.get_of_database(
                connection, database_id=database_id, account_id=account_id
            )
            engines.lock(connection, number=engine.number)
            return tables.exclude(connection, database_id=database_id, is_excluded=is_excluded)

        return self.database.run(work)

    def supported_types(
        self, column_id: uuid.UUID, *, account_id: int
    ) -> dict[str, list[dict[str, Any]]]:
        """The generators that fit a column, in groups."""
        with self.database.transaction() as connection:
            [(known, column)] = self._columns(connection, [column_id], account_id=account_id)
            return supported_types(
                _shape_of(known, column), column.finding.entity if column.finding else None
            )

    def _columns(
        self, connection: Connection, column_ids: Sequence[uuid.UUID], *, account_id: int
    ) -> list[tuple[KnownTable, SourceColumn]]:
        """Some columns with their tables; what many have in common is read once.

        :raises NotFound: when there is one of them not.
        """
        owners = tables.tables_of_columns(connection, column_ids=column_ids)
        found = tables.get_many(connection, table_ids=set(owners.values()))
        databases = {table.database_id for table in found}
        filled, shapes = {}, {}
        for database_id in databases:
            try:
                engine = engines.get_of_database(
                    connection, database_id=database_id, account_id=account_id
                )
            except NotFound:
                continue
            filled[database_id] = engines.is_filled(connection, number=engine.number)
            if len(found) > 1:
                schema = tables.structure_of(connection, database_id=database_id)
                shapes[database_id] = {each.name: each for each in schema or ()}
        known = {
            table.id: KnownTable(
                table=table,
                structure=shapes[table.database_id].get(table.table_name)
                if table.database_id in shapes
                else tables.structure_of_table(connection, table),
                is_filled=filled[table.database_id],
            )
            for table in found
            if table.database_id in filled
        }
        columns = {
            column.id: (each, column) for each in known.values() for column in each.table.columns
        }
        missing = [each for each in column_ids if each not in columns]
        if missing:
            raise NotFound(tables.no_column(missing[0]))
        return [columns[each] for each in column_ids]

    def change_columns(
        self, changes: Sequence[ColumnChange], *, account_id: int
    ) -> list[tuple[KnownTable, SourceColumn]]:
        """Set what is given of some columns, all or none of them.

        :raises InvalidRequest: when a column cannot have its generator.
        """

        def work(connection: Connection) -> list[tuple[KnownTable, SourceColumn]]:
            ids = [change.id for change in changes]
            found = self._columns(connection, ids, account_id=account_id)
            # In one order for all, since each locks an engine.
            for database_id in sorted({known.table.database_id for known, _ in found}):
                engine = engines.get_of_database(
                    connection, database_id=database_id, account_id=account_id
                )
                engines.lock(connection, number=engine.number)
            for index, (change, known) in enumerate(zip(changes, found, strict=True)):
                if change.generator is not None:
                    _check(change, *known, place=f"columns.{index}.generator")
                tables.change_column(
                    connection,
                    column_id=change.id,
                    generator=change.generator.to_json() if change.generator else None,
                    settings=change.settings,
                )
            return self._columns(connection, ids, account_id=account_id)

        return self.database.run(work)


def _shape_of(known: KnownTable, column: SourceColumn) -> Column:
    """What a column looks like in the source.

    :raises Conflict: when the source has not it any more.
    """
    if column.name in known.shapes:
        return known.shapes[column.name]
    raise Conflict(
        f"the source has no column {known.table.table_name}.{column.name} any more; scan it anew"
    )


def _check(change: ColumnChange, known: KnownTable, column: SourceColumn, *, place: str) -> None:
    assert change.generator is not None  # noqa: S101 - narrows the type for mypy
    try:
        check(change.generator, _shape_of(known, column))
    except InvalidRequest as error:
        problem = str(error).removeprefix(f"{error.field}: ")
        field = f"{place}.{error.field}" if error.field else place
        raise InvalidRequest(problem, field=field) from None
