"""What a source and a target have in common: a connection to one schema of one database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any, Self

from shared.connectors.interface import Address, Limits, Secrets
from shared.connectors.mssql import statements
from shared.connectors.mssql.catalogue import reflect
from shared.connectors.mssql.connecting import PORT, UNTRIED, connect, driver, telling
from shared.connectors.reaching import reach
from shared.synthesis.schema import Schema, Table

DEFAULT_SCHEMA = "dbo"


class MssqlDatabase:
    """A connection, for as long as its block runs.

    :raises ConnectorError: it cannot be opened, or may not; or there is no driver.
    """

    kind = "mssql"

    def __init__(self, address: Address, secrets: Secrets, *, limits: Limits) -> None:
        driver()
        self.schema_name = address.schema_name or DEFAULT_SCHEMA
        self.limits = limits
        # Our words for it, which are also those of errors.
        self.what = f"The SQL Server database {address.database!r} ({UNTRIED})"
        self._open = ExitStack()
        try:
            way = self._open.enter_context(reach(address, secrets, limits=limits, port=PORT))
            self.connection = connect(way, address, secrets, limits=limits, what=self.what)
            self._open.callback(self.connection.close)
        except BaseException:
            self._open.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def execute(self, statement: str, *parameters: Any) -> None:
        """Execute a statement."""
        with telling(self.what):
            self.connection.execute(statement, *parameters)

    def ask(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with telling(self.what):
            return [tuple(row) for row in self.connection.execute(query, *parameters).fetchall()]

    def identity(self) -> str:
        """See :class:`shared.connectors.interface.Database`."""
        ((identity,),) = self.ask(
            "SELECT CONCAT(service_broker_guid, '/', database_id) FROM sys.databases"
            " WHERE database_id = DB_ID()"
        )
        return str(identity)

    def is_replica(self) -> bool:
        """See :class:`shared.connectors.interface.Database`."""
        ((writable,),) = self.ask("SELECT DATABASEPROPERTYEX(DB_NAME(), 'Updateability')")
        return bool(writable != "READ_WRITE")

    @contextmanager
    def hold(self, token: int) -> Iterator[None]:
        """See :class:`shared.connectors.interface.Database`; such locks are a database's own."""
        lock = f"valuemill-{token}"
        self.execute(
            "EXEC sp_getapplock @Resource = ?, @LockMode = 'Exclusive', @LockOwner = 'Session',"
            " @LockTimeout = 0",
            lock,
        )
        try:
            yield
        finally:
            self.execute("EXEC sp_releaseapplock @Resource = ?, @LockOwner = 'Session'", lock)

    def sees(self, token: int) -> bool:
        """See :class:`shared.connectors.interface.Database`."""
        ((is_free,),) = self.ask(
            "SELECT APPLOCK_TEST('public', ?, 'Exclusive', 'Session')", f"valuemill-{token}"
        )
        return not is_free

    def reflect(self) -> Schema:
        """See :class:`shared.connectors.interface.Database`."""
        return reflect(self.ask, self.schema_name)

    def count(self, table: Table) -> int:
        """See :class:`shared.connectors.interface.Database`."""
        ((rows,),) = self.ask(f"SELECT COUNT_BIG(*) FROM {statements.table_name(table)}")
        return int(rows)
