"""What `valuemill doctor` asks of the database: the server, this role, who is connected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

#: Whose requests try a deployment out; no key is ever made for it.
INTERNAL_ACCOUNT = "valuemill-doctor"


@dataclass(frozen=True, kw_only=True)
class ServerFacts:
    """A server as this connection finds it."""

    version: str
    #: Such as 180004.
    version_number: int
    #: A standby takes no writes.
    standby: bool
    #: ``fsync``, ``full_page_writes`` and ``synchronous_commit``, of those that are off.
    forgetful: Sequence[str]
    role: str
    superuser: bool
    #: The role may do as the owner of the tables does.
    owner: bool
    #: Such as ``TLSv1.3``; None for a connection without.
    tls: str | None
    #: Connections that this role can have, with all others; and those of all roles now.
    connection_limit: int
    connections: int


@dataclass(frozen=True, kw_only=True)
class Session:
    """Somebody who is connected to this database."""

    application: str
    role: str
    #: A superuser, or the owner of the tables.
    mighty: bool


def server_facts(connection: Connection) -> ServerFacts:
    """Describe the server, and the role that we are to it."""
    row = connection.execute(_FACTS).one()
    return ServerFacts(**row._mapping)


# Limits of -1 are none.
_FACTS = text(
    """
    SELECT current_setting('server_version') AS version,
        CAST(current_setting('server_version_num') AS int) AS version_number,
        pg_is_in_recovery() AS standby,
        ARRAY(
            SELECT name FROM unnest(ARRAY['fsync', 'full_page_writes', 'synchronous_commit']) name
            WHERE current_setting(name) = 'off'
        ) AS forgetful,
        CAST(current_user AS text) AS role,
        r.rolsuper AS superuser,
        coalesce((
            SELECT pg_has_role(relowner, 'MEMBER') FROM pg_class
            WHERE oid = to_regclass('operations')
        ), false) AS owner,
        (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl) AS tls,
        least(
            CAST(current_setting('max_connections') AS int)
                - CAST(current_setting('superuser_reserved_connections') AS int)
                - CAST(coalesce(current_setting('reserved_connections', true), '0') AS int),
            nullif(r.rolconnlimit, -1),
            nullif(d.datconnlimit, -1)
        ) AS connection_limit,
        (SELECT count(*) FROM pg_stat_activity WHERE datid IS NOT NULL) AS connections
    FROM pg_roles r, pg_database d
    WHERE r.rolname = current_user AND d.datname = current_database()
    """
)


def clock(connection: Connection) -> float:
    """The database's time, in seconds since 1970."""
    return float(
        connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())::float8")) or 0
    )


def sessions(connection: Connection) -> list[Session]:
    """Those who have said to be a part of Valuemill."""
    rows = connection.execute(
        text(
            """
            SELECT DISTINCT a.application_name AS application, CAST(a.usename AS text) AS role,
                r.rolsuper OR coalesce(pg_has_role(r.oid, c.relowner, 'MEMBER'), false) AS mighty
            FROM pg_stat_activity a
            JOIN pg_roles r ON r.oid = a.usesysid
            LEFT JOIN pg_class c ON c.oid = to_regclass('operations')
            WHERE a.datname = current_database() AND a.application_name LIKE 'valuemill-%'
            ORDER BY 1
            """
        )
    )
    return [Session(**row._mapping) for row in rows]


def internal_account(connection: Connection) -> int:
    """The id of the account that tries a deployment out; made when it is missing."""
    find = text("SELECT id FROM accounts WHERE name = :name")
    name = {"name": INTERNAL_ACCOUNT}
    found = connection.scalar(find, name)
    if found is None:
        connection.execute(
            text("INSERT INTO accounts (name) VALUES (:name) ON CONFLICT (name) DO NOTHING"), name
        )
        found = connection.scalar(find, name)
    return int(found or 0)
