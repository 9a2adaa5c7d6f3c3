"""How a customer's PostgreSQL is connected to.

Each part of the address is a keyword of its own: what a customer writes as a database's name is a
name, and never a connection string with options of its own. What libpq would take from the
environment or the home folder of our process (``PG*`` variables, ``.pgpass``, services, client
certificates) is kept from it.

Nothing is kept in a session, since a pooler may give each transaction another one: settings are
made at the beginning of each transaction.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from shared.connectors.errors import NotReachable
from shared.connectors.interface import Address, Limits, Secrets
from shared.connectors.postgresql.errors import telling
from shared.connectors.reaching import Way

APPLICATION = "valuemill synthesis"
PORT = 5432

#: A path at which there is nothing: libpq looks there, and not in somebody's home folder.
_NOWHERE = os.devnull + "/none"

#: What poolers say of options that they do not take.
_REFUSALS = ("startup parameter", "command-line options", "unsupported option")

_FIXED: Mapping[str, Any] = {
    "client_encoding": "UTF8",
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "passfile": _NOWHERE,
}

#: Of every transaction: one text form of each value, whatever the servers are set to.
FORMS: Mapping[str, str] = {
    "search_path": "",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "3",
    "xmloption": "content",
    "lc_monetary": "C",
    "standard_conforming_strings": "on",
    # Rows of a table without a key come in one order, whoever else reads it.
    "synchronize_seqscans": "off",
    # What is hidden from us is an error, and not a table with fewer rows.
    "row_security": "off",
    "client_min_messages": "error",
    "idle_in_transaction_session_timeout": "0",
}

_environment = threading.Lock()


def keywords(way: Way, address: Address, secrets: Secrets, limits: Limits) -> dict[str, Any]:
    """All that libpq is told."""
    return {
        **_FIXED,
        "connect_timeout": limits.connect_seconds,
        "application_name": APPLICATION,
        "user": address.username,
        "password": secrets.password,
        "dbname": address.database,
        **way.libpq(),
    }


def connect(given: Mapping[str, Any], *, what: str, read_only: bool) -> psycopg.Connection[Any]:
    """Open a connection; the caller closes it.

    :raises ConnectorError: as :func:`shared.connectors.postgresql.errors.translate` says.
    """
    options = "-c default_transaction_read_only=on" if read_only else ""
    with telling(what), _without_variables():
        try:
            return _open(given, options)
        except psycopg.OperationalError as error:
            if not options or not any(sign in str(error) for sign in _REFUSALS):
                raise
        # A pooler: each transaction says by itself that it is read only.
        return _open(given, "")


def _open(given: Mapping[str, Any], options: str) -> psycopg.Connection[Any]:
    more = {"options": options} if options else {}
    return psycopg.connect(
        make_conninfo("", **{**given, **more}), autocommit=True, prepare_threshold=None
    )


@contextmanager
def _without_variables() -> Iterator[None]:
    """Keep the ``PG*`` variables of this process from libpq."""
    with _environment:
        kept = {name: os.environ.pop(name) for name in [*os.environ] if name.startswith("PG")}
        try:
            yield
        finally:
            os.environ.update(kept)


#: What is said of a snapshot whose exporter has ended, just now or before.
_GONE = (
    psycopg.errors.UndefinedObject,
    psycopg.errors.InvalidParameterValue,
    psycopg.errors.ObjectNotInPrerequisiteState,
)


def begin(
    connection: psycopg.Connection[Any],
    limits: Limits,
    *,
    read_only: bool = False,
    snapshot: str | None = None,
) -> None:
    """Begin a transaction, with all settings that a copy needs."""
    settings = {
        **FORMS,
        "statement_timeout": f"{limits.statement_seconds}s",
        "lock_timeout": f"{limits.lock_seconds}s",
    }
    connection.execute(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if read_only else "BEGIN READ WRITE"
    )
    if snapshot is not None:
        try:
            connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(snapshot)))
        except _GONE:
            # The same step may succeed with the next one.
            raise NotReachable("The view of the source that was to be read is gone.") from None
    calls = sql.SQL(", ").join(
        sql.SQL("pg_catalog.set_config({}, {}, true)").format(name, value)
        for name, value in settings.items()
    )
    connection.execute(sql.SQL("SELECT {}").format(calls))


@contextmanager
def transaction(connection: psycopg.Connection[Any], limits: Limits) -> Iterator[None]:
    """A transaction that writes; rolled back when the block raises."""
    begin(connection, limits)
    try:
        yield
    except BaseException:
        with suppress(psycopg.Error):
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
