"""By what one PostgreSQL database is told from another."""

from __future__ import annotations

import secrets
from typing import Any

import psycopg


def random_token() -> int:
    """A number that nobody else holds a lock on."""
    return secrets.randbits(62)


def identity(connection: psycopg.Connection[Any]) -> str:
    """The system's number, which its replicas share, and the database's; empty: not allowed.

    Within a transaction that goes on whatever comes of it.
    """
    connection.execute("SAVEPOINT identity")
    try:
        row = connection.execute(
            "SELECT s.system_identifier::text || '/' || d.oid::text"
            " FROM pg_catalog.pg_control_system() s,"
            " pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()"
        ).fetchone()
    except psycopg.Error:
        connection.execute("ROLLBACK TO SAVEPOINT identity")
        row = None
    connection.execute("RELEASE SAVEPOINT identity")
    return str(row[0]) if row else ""


def is_replica(connection: psycopg.Connection[Any]) -> bool:
    """Whether the server repeats what another writes."""
    row = connection.execute("SELECT pg_catalog.pg_is_in_recovery()").fetchone()
    return bool(row and row[0])


def hold(connection: psycopg.Connection[Any], token: int) -> None:
    """Take an advisory lock, which belongs to this database alone, until the transaction ends.

    It needs no right, writes nothing, and goes through a pooler.
    """
    connection.execute("SELECT pg_catalog.pg_advisory_xact_lock(%s)", [token])


def sees(connection: psycopg.Connection[Any], token: int) -> bool:
    """Whether another connection to this database holds that lock."""
    row = connection.execute("SELECT pg_catalog.pg_try_advisory_xact_lock(%s)", [token]).fetchone()
    return row is not None and not row[0]
