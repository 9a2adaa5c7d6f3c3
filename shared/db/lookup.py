"""Rows that nearly every request reads, without the work that is done for any result.

SQLAlchemy's part of such a read costs more than the read, and so does the driver's own, which
looks for a way to load each column of each result. A lookup is prepared once on each connection,
and of the row that it finds a column is loaded when it is asked for.
"""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import psycopg
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy import Connection, Executable
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql import ClauseElement

#: How a text of the database becomes a value, by the number of its type; of any other type it
#: stays a text.
_LOAD: Mapping[int, Callable[[bytes], Any]] = {
    16: lambda text: text == b"t",  # boolean
    17: lambda text: bytes.fromhex(text[2:].decode()),  # bytea
    20: int,  # bigint
    23: int,  # integer
    1184: lambda text: datetime.fromisoformat(text.decode()),  # timestamp with time zone
    2950: lambda text: uuid.UUID(text.decode()),
    3802: json.loads,  # jsonb
}

#: The columns of a row by their names: where each stands, and how it is loaded.
Columns = Mapping[str, tuple[int, Callable[[bytes], Any]]]

_numbers = itertools.count()


class Found(Mapping[str, Any]):
    """A row by the names of its columns."""

    def __init__(self, columns: Columns, result: PGresult) -> None:
        self._columns = columns
        self._result = result

    def __getitem__(self, name: str) -> Any:
        index, load = self._columns[name]
        text = self._result.get_value(0, index)
        return None if text is None else load(text)

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def texts(self, names: Iterable[str]) -> list[bytes | None]:
        """Some columns as the database wrote them; that costs less, and is enough to compare."""
        return [self._result.get_value(0, self._columns[name][0]) for name in names]


class Lookup:
    """A statement that finds one row or none, made once for the lifetime of the process.

    :param statement: its parameters are numbers, texts and UUIDs.
    """

    def __init__(self, statement: Executable) -> None:
        assert isinstance(statement, ClauseElement)  # noqa: S101 - narrows the type for mypy
        self._statement = statement
        dialect = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
        compiled = statement.compile(dialect=dialect)
        self._sql = str(compiled).encode()
        self._parameters: list[str] = list(compiled.positiontup or ())  # type: ignore[attr-defined]
        #: Constants of the statement are parameters of the server's, too.
        self._constants: Mapping[str, Any] = compiled.params

    def find(self, connection: Connection, **parameters: Any) -> Found | None:
        """The row; None when there is none.

        What goes wrong outside a transaction is tried again by SQLAlchemy, which knows what it
        says of the connection.
        """
        result = None if connection.in_transaction() else self._ask(connection, parameters)
        if result is None:
            cursor: Any = connection.execute(self._statement, parameters).cursor
            result = cursor.pgresult
            columns = _columns_of(result)
        else:
            columns = connection.info[self][1]
        return Found(columns, result) if result.ntuples else None

    def _ask(self, connection: Connection, parameters: Mapping[str, Any]) -> PGresult | None:
        """What the server answers; None when it objects, or is away."""
        driver: Any = connection.connection.driver_connection
        server: PGconn = driver.pgconn
        given = {**self._constants, **parameters}
        values = [str(given[name]).encode() for name in self._parameters]
        # Of the lookups on this connection: their names, and the columns of their rows.
        known = connection.info
        try:
            if self not in known:
                name = b"lookup_%d" % next(_numbers)
                if server.prepare(name, self._sql).status != ExecStatus.COMMAND_OK:
                    return None
                known[self] = (name, _columns_of(server.describe_prepared(name)))
            result = server.exec_prepared(known[self][0], values)
        except psycopg.Error:
            return None
        if result.status == ExecStatus.TUPLES_OK:
            return result
        # It may be that a migration has changed its columns.
        del known[self]
        return None


def _columns_of(result: PGresult) -> Columns:
    """The columns of a result, or of a statement."""
    return {
        (result.fname(index) or b"").decode(): (index, _LOAD.get(result.ftype(index), bytes.decode))
        for index in range(result.nfields)
    }
