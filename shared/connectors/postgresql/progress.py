"""Which blocks of a run a target has: a table of its own, for as long as the run lasts.

A block's rows and its mark come with one transaction, so that a block is there once or not at
all. Where we may not make a table, the block's first row tells it, by its key: rows of a block
come together, so where the first one is, all are.

Marks are made when the target is cleared, and never by who writes: a process that was thought
lost, and wakes up when the run is over, finds no marks and writes nothing.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from shared.connectors.errors import ConnectorError

#: Its name, within the schema that is filled.
PROGRESS = "valuemill_progress"

Connection = psycopg.Connection[Any]


def may_create(connection: Connection, schema: str) -> bool:
    """Whether a table can be made in this schema."""
    row = connection.execute(
        "SELECT pg_catalog.has_schema_privilege(oid, 'CREATE')"
        " FROM pg_catalog.pg_namespace WHERE nspname = %s",
        [schema],
    ).fetchone()
    return bool(row and row[0])


def exists(connection: Connection, schema: str) -> bool:
    """Whether there are marks."""
    row = connection.execute(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c"
        " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = %s AND c.relname = %s)",
        [schema, PROGRESS],
    ).fetchone()
    return bool(row and row[0])


def start(connection: Connection, schema: str) -> None:
    """Have marks, and none of an earlier run."""
    table = sql.Identifier(schema, PROGRESS)
    connection.execute(drop_statement(schema))
    connection.execute(
        sql.SQL(
            "CREATE TABLE {} (run text NOT NULL, table_name text NOT NULL, block bigint NOT NULL,"
            " PRIMARY KEY (run, table_name, block))"
        ).format(table)
    )


def mark(connection: Connection, schema: str, *, run: str, table: str, block: int) -> bool:
    """Mark a block in the transaction of its rows; False: it is marked already.

    Waits for another transaction that writes the same block.

    :raises ConnectorError: another run has begun meanwhile.
    """
    progress = sql.Identifier(schema, PROGRESS)
    done = connection.execute(
        sql.SQL("INSERT INTO {} VALUES (%s, %s, %s) ON CONFLICT DO NOTHING").format(progress),
        [run, table, block],
    ).rowcount
    other = connection.execute(
        sql.SQL("SELECT FROM {} WHERE run <> %s LIMIT 1").format(progress), [run]
    ).fetchone()
    if other is not None:
        raise ConnectorError("Another run fills this target by now; this one writes no more.")
    return bool(done)


def drop_statement(schema: str) -> sql.Composed:
    """What removes the marks, if there are any."""
    return sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(schema, PROGRESS))
