"""A SQL Server database that is filled. Not run against a server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from shared.connectors.differences import compare
from shared.connectors.errors import ConnectorError, NotSupported
from shared.connectors.interface import Chunk, Source
from shared.connectors.mssql import statements
from shared.connectors.mssql.connecting import telling
from shared.connectors.mssql.database import MssqlDatabase
from shared.connectors.mssql.statements import PROGRESS, name, table_name
from shared.synthesis.schema import Schema, Table

_IN_SCHEMA = " JOIN sys.schemas s ON s.schema_id = t.schema_id AND s.name = ?"


class MssqlTarget(MssqlDatabase):
    """See :class:`shared.connectors.interface.Target`."""

    _taking: list[str] | None = None

    def is_empty(self) -> bool:
        """See :class:`shared.connectors.interface.Target`."""
        ((objects,),) = self.ask(
            f"SELECT COUNT(*) FROM sys.objects t{_IN_SCHEMA} WHERE t.is_ms_shipped = 0"
            " AND t.name <> ?",
            self.schema_name,
            PROGRESS,
        )
        return not objects

    def has_rows(self, schema: Schema) -> list[str]:
        """See :class:`shared.connectors.interface.Target`."""
        return [
            str(table.name)
            for table in schema
            if self.ask(f"SELECT TOP 1 1 FROM {table_name(table)}")
        ]

    def create(self, source: Source) -> None:  # noqa: ARG002
        """Refused: this connector makes no tables.

        :raises NotSupported: says how the target is made.
        """
        raise NotSupported(
            f"{self.what} is empty, and tables of SQL Server are not made by Valuemill. Make them "
            "from the source's own script (`Generate Scripts`, schema only), and try again."
        )

    def differences(self, schema: Schema) -> list[str]:
        """See :class:`shared.connectors.interface.Target`."""
        return compare(schema, self.reflect())

    def bare(self, schema: Schema, *, drop_indexes: bool) -> list[str]:  # noqa: ARG002
        """See :class:`shared.connectors.interface.Target`. Indexes stay."""
        tables = {table.name.name: table_name(table) for table in schema}
        taking, putting = [], []
        for table, trigger in self._enabled("triggers", "parent_id"):
            if table in tables:
                on = f"{name(self.schema_name)}.{name(trigger)} ON {tables[table]}"
                taking.append(f"DISABLE TRIGGER {on}")
                putting.append(f"ENABLE TRIGGER {on}")
        for table, key in self._enabled("foreign_keys", "parent_object_id"):
            if table in tables:
                change = f"ALTER TABLE {tables[table]}"
                taking.append(f"{change} NOCHECK CONSTRAINT {name(key)}")
                # With all rows looked at, so that the server trusts it again.
                putting.append(f"{change} WITH CHECK CHECK CONSTRAINT {name(key)}")
        self._taking = taking
        # Where a run does not come to its end, its marks go too.
        return [*putting, f"DROP TABLE IF EXISTS {self._progress}"]

    def _enabled(self, view: str, parent: str) -> list[tuple[Any, ...]]:
        return self.ask(
            f"SELECT t.name, o.name FROM sys.tables t{_IN_SCHEMA}"
            f" JOIN sys.{view} o ON o.{parent} = t.object_id WHERE o.is_disabled = 0"
            " ORDER BY t.name, o.name",
            self.schema_name,
        )

    def lay_bare(self) -> None:
        """See :class:`shared.connectors.interface.Target`."""
        if self._taking is None:
            raise ValueError("what is taken away has to be listed before, by `bare`")
        for statement in self._taking:
            self.execute(statement)

    def clear(self, schema: Schema) -> None:
        """See :class:`shared.connectors.interface.Target`."""
        for table in schema:
            self.execute(f"DELETE FROM {table_name(table)}")
        self._drop_progress()
        self.execute(
            f"CREATE TABLE {self._progress} (run nvarchar(100) NOT NULL, table_name nvarchar(300)"
            " NOT NULL, block bigint NOT NULL, PRIMARY KEY (run, table_name, block))"
        )

    def write(
        self,
        table: Table,
        columns: Sequence[str],
        chunks: Iterable[Chunk],
        *,
        run: str,
        block: int,
        bulk: bool = True,
    ) -> int | None:
        """See :class:`shared.connectors.interface.Target`."""
        written = [table[each] for each in columns if not table[each].generated]
        numbered = any(column.identity for column in written)
        self.connection.autocommit = False
        try:
            if self._is_marked(run, str(table.name), block):
                self.connection.rollback()
                return None
            self.execute(
                f"INSERT INTO {self._progress} VALUES (?, ?, ?)", run, str(table.name), block
            )
            if numbered:
                self.execute(f"SET IDENTITY_INSERT {table_name(table)} ON")
            rows = 0
            for chunk in chunks:
                rows += self._insert(statements.insert(table, written), written, chunk, bulk=bulk)
            if numbered:
                self.execute(f"SET IDENTITY_INSERT {table_name(table)} OFF")
            with telling(self.what):
                self.connection.commit()
        except BaseException:
            self.connection.rollback()
            raise
        finally:
            self.connection.autocommit = True
        return rows

    def _insert(self, statement: str, columns: Sequence[Any], chunk: Chunk, *, bulk: bool) -> int:
        if chunk.opaque:
            raise NotSupported("Rows that were not decoded go to a database of their own kind.")
        if chunk.rows:
            with telling(self.what):
                cursor = self.connection.cursor()
                cursor.fast_executemany = bulk
                values = [chunk.columns[column.name] for column in columns]
                cursor.executemany(statement, list(zip(*values, strict=True)))
        return chunk.rows

    def _is_marked(self, run: str, table: str, block: int) -> bool:
        if self.ask(f"SELECT TOP 1 1 FROM {self._progress} WHERE run <> ?", run):
            raise ConnectorError("Another run fills this target by now; this one writes no more.")
        return bool(
            self.ask(
                # Whoever writes the same block waits here.
                f"SELECT 1 FROM {self._progress} WITH (UPDLOCK, HOLDLOCK)"
                " WHERE run = ? AND table_name = ? AND block = ?",
                run,
                table,
                block,
            )
        )

    def repair(self, statements: Sequence[str]) -> None:
        """See :class:`shared.connectors.interface.Target`; each can be done as often as wanted."""
        for statement in statements:
            self.execute(statement)

    def finish(self, schema: Schema) -> None:
        """See :class:`shared.connectors.interface.Target`."""
        for table in schema:
            if any(column.identity for column in table.columns):
                self.execute("DBCC CHECKIDENT (?, RESEED)", table_name(table))
            self.execute(f"UPDATE STATISTICS {table_name(table)}")
        self._drop_progress()

    def verify(self, schema: Schema) -> list[str]:
        """See :class:`shared.connectors.interface.Target`."""
        found = []
        for table in schema:
            for key in table.foreign_keys:
                ((orphans,),) = self.ask(statements.orphans(table, key))
                if orphans:
                    found.append(
                        f"{orphans} rows of {table.name} refer to no row of {key.table} by "
                        f"{', '.join(key.columns)} (the foreign key {key.name})."
                    )
        return found

    @property
    def _progress(self) -> str:
        return f"{name(self.schema_name)}.{name(PROGRESS)}"

    def _drop_progress(self) -> None:
        self.execute(f"DROP TABLE IF EXISTS {self._progress}")
