"""An empty schema becomes one like the source's: all but rows, owners and rights."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from shared.connectors.errors import NotPermitted
from shared.connectors.postgresql.finishing import sequences

Connection = psycopg.Connection[Any]

#: What there is in a schema, but for what extensions own, and what comes along with tables.
_OBJECTS = """
WITH n AS (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = %(schema)s),
objects AS (
  SELECT 'pg_catalog.pg_class'::pg_catalog.regclass AS class, c.oid FROM pg_catalog.pg_class c
    JOIN n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c') AND c.relname <> %(progress)s
  UNION ALL
  SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid FROM pg_catalog.pg_proc p
    JOIN n ON n.oid = p.pronamespace
  UNION ALL
  SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid FROM pg_catalog.pg_type t
    JOIN n ON n.oid = t.typnamespace WHERE t.typtype IN ('d', 'e', 'r'))
SELECT EXISTS (
  SELECT FROM objects o WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend d
     WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype = 'e'))
"""

#: Extensions on which something in the schema stands.
_EXTENSIONS = """
WITH n AS (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = %(schema)s),
our AS (SELECT c.oid FROM pg_catalog.pg_class c JOIN n ON n.oid = c.relnamespace),
objects AS (
  SELECT oid FROM our
  UNION ALL SELECT d.oid FROM pg_catalog.pg_attrdef d JOIN our ON our.oid = d.adrelid
  UNION ALL SELECT c.oid FROM pg_catalog.pg_constraint c JOIN n ON n.oid = c.connamespace
  UNION ALL SELECT t.oid FROM pg_catalog.pg_trigger t JOIN our ON our.oid = t.tgrelid
  UNION ALL SELECT r.oid FROM pg_catalog.pg_rewrite r JOIN our ON our.oid = r.ev_class
  UNION ALL SELECT t.oid FROM pg_catalog.pg_type t JOIN n ON n.oid = t.typnamespace
  UNION ALL SELECT p.oid FROM pg_catalog.pg_proc p JOIN n ON n.oid = p.pronamespace)
SELECT DISTINCT e.extname::text, en.nspname::text
  FROM objects o
  JOIN pg_catalog.pg_depend d ON d.objid = o.oid AND d.deptype IN ('n', 'a')
  JOIN pg_catalog.pg_depend m
    ON m.classid = d.refclassid AND m.objid = d.refobjid AND m.deptype = 'e'
   AND m.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
  JOIN pg_catalog.pg_extension e ON e.oid = m.refobjid
  JOIN pg_catalog.pg_namespace en ON en.oid = e.extnamespace
 ORDER BY 1
"""

_SEQUENCES = """
SELECT c.relname::text
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = %s AND c.relkind = 'S' ORDER BY 1
"""

#: Trusted ones are harmless to create (PostgreSQL 13 and later know which).
_IS_TRUSTED = """
SELECT bool_or(v.trusted) FROM pg_catalog.pg_available_extension_versions v
 WHERE v.name = %s
"""


def is_empty(connection: Connection, schema: str, progress: str) -> bool:
    """Whether there is nothing in a schema, or no schema."""
    row = connection.execute(_OBJECTS, {"schema": schema, "progress": progress}).fetchone()
    return row is not None and not row[0]


def extensions(connection: Connection, schema: str) -> list[tuple[str, str]]:
    """The extensions that a schema stands on, with their schemas."""
    return [
        (name, home)
        for name, home in connection.execute(_EXTENSIONS, {"schema": schema}).fetchall()
        if name != "plpgsql"
    ]


def free_sequences(connection: Connection, schema: str) -> dict[str, tuple[int, bool]]:
    """How far those sequences are of which no numbers in columns tell, and whether it was used."""
    told = {each.name for each in sequences(connection, schema)}
    found = {}
    for (name,) in connection.execute(_SEQUENCES, [schema]).fetchall():
        if name in told:
            continue
        row = connection.execute(
            sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(schema, name))
        ).fetchone()
        if row:
            found[name] = (int(row[0]), bool(row[1]))
    return found


def make(
    connection: Connection,
    schema: str,
    script: bytes,
    *,
    wanted: list[tuple[str, str]],
    numbers: dict[str, tuple[int, bool]],
) -> None:
    """Run a dump, and what has to be there before. Within a transaction.

    :raises NotPermitted: an extension is missing that only an administrator may create.
    """
    connection.execute(
        sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema))
        if not _has_schema(connection, schema)
        else sql.SQL("SELECT 1")
    )
    for name, home in wanted:
        _have_extension(connection, name, home)
    connection.execute(
        "SELECT pg_catalog.set_config('check_function_bodies', 'off', true),"
        " pg_catalog.set_config('search_path', '', true)"
    )
    connection.execute(script)
    for name, (value, called) in numbers.items():
        connection.execute(
            "SELECT pg_catalog.setval(%s::pg_catalog.regclass, %s, %s)",
            [sql.Identifier(schema, name).as_string(connection), value, called],
        )


def _has_schema(connection: Connection, schema: str) -> bool:
    found = connection.execute(
        "SELECT FROM pg_catalog.pg_namespace WHERE nspname = %s", [schema]
    ).fetchone()
    return found is not None


def _have_extension(connection: Connection, name: str, home: str) -> None:
    there = connection.execute(
        "SELECT FROM pg_catalog.pg_extension WHERE extname = %s", [name]
    ).fetchone()
    if there is not None:
        return
    statement = sql.SQL("CREATE EXTENSION {} SCHEMA {}").format(
        sql.Identifier(name), sql.Identifier(home)
    )
    trusted = (
        connection.info.server_version >= 130_000
        and (row := connection.execute(_IS_TRUSTED, [name]).fetchone()) is not None
        and row[0]
    )
    if not trusted:
        raise NotPermitted(
            f"The target lacks the extension {name!r}, which an administrator has to create: "
            f"{statement.as_string(connection)}"
        )
    connection.execute(statement)
