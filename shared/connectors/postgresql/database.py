"""What a source and a target have in common: a connection to one schema of one database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import sql

from shared.connectors.errors import NotPermitted, NotSupported
from shared.connectors.interface import Address, Limits, Secrets
from shared.connectors.postgresql import marks
from shared.connectors.postgresql.catalogue import DEFAULT_SCHEMA, reflect
from shared.connectors.postgresql.connecting import PORT, begin, connect, keywords
from shared.connectors.postgresql.errors import telling
from shared.connectors.postgresql.lines import FORM
from shared.connectors.reaching import reach
from shared.synthesis.schema import Schema, Table

OLDEST = 120_000


class PostgresDatabase:
    """A connection, and a transaction that is open while it is asked something.

    :raises ConnectorError: it cannot be opened, or may not.
    """

    kind = FORM
    _read_only = False

    def __init__(self, address: Address, secrets: Secrets, *, limits: Limits) -> None:
        self.schema_name = address.schema_name or DEFAULT_SCHEMA
        self.limits = limits
        # Our words for it, which are also those of errors.
        self.what = f"The PostgreSQL database {address.database!r}"
        self._open = ExitStack()
        try:
            found = self._open.enter_context(reach(address, secrets, limits=limits, port=PORT))
            #: What leads here; ``pg_dump`` takes the same way.
            self.way: Mapping[str, Any] = keywords(found, address, secrets, limits)
            self.variables = found.kerberos
            self.connection = connect(self.way, what=self.what, read_only=self._read_only)
            self._open.callback(self.connection.close)
            self._check_version()
            self._refuse_ours()
        except BaseException:
            self._open.close()
            raise

    def _check_version(self) -> None:
        if self.connection.info.server_version < OLDEST:
            raise NotSupported(f"{self.what} is older than PostgreSQL 12.")

    def _refuse_ours(self) -> None:
        """Valuemill's own database is no customer's, by whatever name."""
        for url in self.limits.own_databases:
            with (
                telling("Valuemill's own database"),
                psycopg.connect(url, autocommit=True, prepare_threshold=None) as own,
                self.asking(),
            ):
                own.execute("BEGIN")
                token = marks.random_token()
                marks.hold(own, token)
                if marks.sees(self.connection, token):
                    raise NotPermitted(
                        f"{self.what} is Valuemill's own. Nothing was read or written. "
                        "Name another database."
                    )

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
    def asking(self) -> Iterator[psycopg.Connection[Any]]:
        """A transaction in which the catalogue is read; it changes nothing."""
        with telling(self.what):
            begin(self.connection, self.limits)
            try:
                yield self.connection
            finally:
                if not self.connection.closed:
                    self.connection.execute("ROLLBACK")

    def identity(self) -> str:
        """See :class:`shared.connectors.interface.Database`."""
        with self.asking() as connection:
            return marks.identity(connection)

    def is_replica(self) -> bool:
        """See :class:`shared.connectors.interface.Database`."""
        with self.asking() as connection:
            return marks.is_replica(connection)

    @contextmanager
    def hold(self, token: int) -> Iterator[None]:
        """See :class:`shared.connectors.interface.Database`."""
        with self.asking() as connection:
            marks.hold(connection, token)
            yield

    def sees(self, token: int) -> bool:
        """See :class:`shared.connectors.interface.Database`."""
        with self.asking() as connection:
            return marks.sees(connection, token)

    def reflect(self) -> Schema:
        """See :class:`shared.connectors.interface.Database`."""
        with self.asking() as connection:
            return reflect(connection, self.schema_name)

    def count(self, table: Table) -> int:
        """See :class:`shared.connectors.interface.Database`."""
        with self.asking() as connection:
            row = connection.execute(
                sql.SQL("SELECT pg_catalog.count(*) FROM ONLY {}").format(
                    sql.Identifier(table.name.schema, table.name.name)
                )
            ).fetchone()
            return int(row[0]) if row else 0
