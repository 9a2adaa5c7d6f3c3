"""What a source and a target have in common: a connection to one database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType
from typing import Any, Self

import pymysql

from shared.connectors.errors import NotPermitted, NotReachable
from shared.connectors.interface import Address, Limits, Secrets
from shared.connectors.mysql import quoting
from shared.connectors.mysql.catalogue import Row, reflect
from shared.connectors.mysql.connecting import PORT, connect, is_mariadb
from shared.connectors.mysql.errors import telling
from shared.connectors.reaching import reach
from shared.synthesis.schema import Schema, Table


class MysqlDatabase:
    """A connection, for as long as its block runs.

    :raises ConnectorError: it cannot be opened, or may not.
    """

    kind = "mysql"
    _read_only = False

    def __init__(self, address: Address, secrets: Secrets, *, limits: Limits) -> None:
        if not address.database:
            raise NotPermitted("A MySQL database has to be named.")
        self.limits = limits
        # Our words for it, which are also those of errors.
        self.what = f"The MySQL database {address.database!r}"
        self._open = ExitStack()
        try:
            self._way = self._open.enter_context(reach(address, secrets, limits=limits, port=PORT))
            self.connection = connect(
                self._way,
                address,
                secrets,
                limits=limits,
                what=self.what,
                read_only=self._read_only,
            )
            self._open.callback(self._close)
            self.mariadb = is_mariadb(self.connection)
            # As the server writes it, which may be otherwise than the address does.
            self.database = self._name()
        except BaseException:
            self._open.close()
            raise

    def _close(self) -> None:
        with suppress(pymysql.err.Error, OSError):
            self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Raise errors of ours; of a lost connection, whether it was the way that broke down."""
        try:
            with telling(self.what):
                yield
        except NotReachable:
            self._way.check()
            raise

    def execute(self, statement: str | bytes) -> int:
        """Execute a statement; how many rows it has written."""
        with self.telling(), self.connection.cursor() as cursor:
            return int(cursor.execute(statement))

    def ask_raw(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a query, as the server sends them."""
        with self.telling(), self.connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    def ask(self, query: str) -> list[Row]:
        """All rows of a query, as texts."""
        return [tuple(_decoded(value) for value in row) for row in self.ask_raw(query)]

    def ask_one(self, query: str) -> str:
        """The one value of a query; empty: there is none."""
        rows = self.ask(query)
        return (rows[0][0] if rows else None) or ""

    def _name(self) -> str:
        return self.ask_one(
            "SELECT schema_name FROM information_schema.schemata WHERE schema_name = DATABASE()"
        )

    def identity(self) -> str:
        """See :class:`shared.connectors.interface.Database`; all nodes of a cluster have one."""
        for query in (
            "SELECT variable_value FROM information_schema.global_status WHERE"
            " variable_name = 'wsrep_cluster_state_uuid'",
            "SELECT variable_value FROM performance_schema.global_status WHERE"
            " variable_name = 'wsrep_cluster_state_uuid'",
            "SELECT @@group_replication_group_name",
            "SELECT @@server_uuid",
            "SELECT @@server_uid",
        ):
            # Each is known to some servers alone, and allowed to some users.
            with suppress(pymysql.err.Error), self.connection.cursor() as cursor:
                cursor.execute(query)
                row: Any = cursor.fetchone()
                if row and row[0]:
                    return f"{_decoded(row[0])}/{self.database}"
        return ""

    def is_replica(self) -> bool:
        """See :class:`shared.connectors.interface.Database`.

        Each node of a cluster repeats what the others write.
        """
        read_only = self.ask_one("SELECT @@global.read_only") not in ("0", "OFF")
        with suppress(pymysql.err.Error), self.connection.cursor() as cursor:
            cursor.execute("SELECT @@wsrep_on")
            row: Any = cursor.fetchone()
            return read_only or bool(row and _decoded(row[0]) in ("1", "ON"))
        return read_only

    @contextmanager
    def hold(self, token: int) -> Iterator[None]:
        """See :class:`shared.connectors.interface.Database`."""
        lock = self._lock(token)
        self.ask(f"SELECT GET_LOCK({lock}, 0)")
        try:
            yield
        finally:
            self.ask(f"SELECT RELEASE_LOCK({lock})")

    def sees(self, token: int) -> bool:
        """See :class:`shared.connectors.interface.Database`."""
        return self.ask_one(f"SELECT IS_USED_LOCK({self._lock(token)})") != ""

    def _lock(self, token: int) -> str:
        """Locks are the server's, so that the database is in their names."""
        digest = hashlib.sha256(self.database.encode()).hexdigest()[:16]
        return f"'valuemill-{digest}-{token}'"

    def reflect(self) -> Schema:
        """See :class:`shared.connectors.interface.Database`."""
        return reflect(self.ask, database=self.database, mariadb=self.mariadb)

    def count(self, table: Table) -> int:
        """See :class:`shared.connectors.interface.Database`."""
        return int(self.ask_one(f"SELECT COUNT(*) FROM {quoting.name(table.name.name)}"))


def _decoded(value: Any) -> str | None:
    return value.decode() if isinstance(value, bytes) else None if value is None else str(value)
