"""Rows that nearly every request reads, without the work that SQLAlchemy does for any result.

That work is more than half of what such a read costs: a job that is polled takes two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import Connection, Executable
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql import ClauseElement


class Lookup:
    """A statement that finds one row or none, made once for the lifetime of the process.

    :param statement: its columns are of types that the driver knows by itself.
    """

    def __init__(self, statement: Executable) -> None:
        assert isinstance(statement, ClauseElement)  # noqa: S101 - narrows the type for mypy
        self._statement = statement
        compiled = statement.compile(dialect=PGDialect_psycopg())  # type: ignore[no-untyped-call]
        self._sql = str(compiled)
        #: Constants of the statement are parameters of the driver's, too.
        self._constants: Mapping[str, Any] = compiled.params

    def find(self, connection: Connection, **parameters: Any) -> Mapping[Any, Any] | None:
        """The row by the names of its columns; None when there is none.

        What goes wrong outside a transaction is tried again by SQLAlchemy, which knows what it
        says of the connection.
        """
        if not connection.in_transaction():
            driver: Any = connection.connection.driver_connection
            try:
                with driver.cursor(row_factory=dict_row) as cursor:
                    found: Mapping[Any, Any] | None = cursor.execute(
                        self._sql, {**self._constants, **parameters}
                    ).fetchone()
                    return found
            except psycopg.Error:
                pass
        return connection.execute(self._statement, parameters).mappings().one_or_none()
