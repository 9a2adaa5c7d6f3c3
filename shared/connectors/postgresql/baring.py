"""What is taken away from tables while they are filled, and what puts it back exactly.

Taken away are triggers and rules (switched off), foreign keys (in cycles no order of tables would
do, and looking at each row is slower than looking once), and, if asked, indexes with the primary
keys and unique constraints that stand on them. Checks and NOT NULL stay: they tell early and
name the row's table.

An index stays where putting it back would not be exact, or not possible: one that a view's
``GROUP BY``, a foreign key from elsewhere, ``CLUSTER``, a replica identity, or a partitioned
index stands on, or that has a tablespace, storage options of a constraint, or statistics of its
own. Of the others, comments are put back too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import namedtuple_row

from shared.connectors.postgresql.progress import PROGRESS
from shared.connectors.postgresql.wordings import as_said

Connection = psycopg.Connection[Any]

_OUR = """
WITH our AS (
  SELECT c.oid, c.relname::text AS name, c.relkind, c.relispartition
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = %(schema)s AND c.relkind IN ('r', 'p') AND c.relname = ANY(%(tables)s)
     AND c.relname <> %(progress)s)
"""

_TRIGGERS = """
SELECT our.name AS table, t.tgname::text AS name, t.tgenabled::text AS enabled
  FROM our JOIN pg_catalog.pg_trigger t ON t.tgrelid = our.oid
 WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' ORDER BY 1, 2
"""

_RULES = """
SELECT our.name AS table, r.rulename::text AS name, r.ev_enabled::text AS enabled
  FROM our JOIN pg_catalog.pg_rewrite r ON r.ev_class = our.oid
 WHERE r.ev_enabled <> 'D' ORDER BY 1, 2
"""

#: Those that partitioning has copied go and come with the ones that they were copied from.
_KEYS = """
SELECT our.name AS table, c.conname::text AS name, our.relkind = 'p' AS partitioned,
       pg_catalog.pg_get_constraintdef(c.oid) AS definition,
       pg_catalog.obj_description(c.oid, 'pg_constraint') AS comment
  FROM our JOIN pg_catalog.pg_constraint c ON c.conrelid = our.oid
 WHERE c.contype = 'f' AND c.conparentid = 0 ORDER BY 1, 2
"""

_INDEXES = """
SELECT our.name AS table, x.relname::text AS name, c.conname IS NOT NULL AS constraint,
       CASE WHEN c.oid IS NULL THEN pg_catalog.pg_get_indexdef(x.oid)
            ELSE pg_catalog.pg_get_constraintdef(c.oid) END AS definition,
       pg_catalog.obj_description(x.oid, 'pg_class') AS comment,
       pg_catalog.obj_description(c.oid, 'pg_constraint') AS constraint_comment
  FROM our
  JOIN pg_catalog.pg_index i ON i.indrelid = our.oid
  JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
  LEFT JOIN pg_catalog.pg_constraint c
    ON c.conindid = x.oid AND c.conrelid = our.oid AND c.contype IN ('p', 'u', 'x')
 WHERE our.relkind = 'r' AND x.relkind = 'i' AND i.indisvalid
   AND NOT x.relispartition AND NOT i.indisclustered AND NOT i.indisreplident
   AND x.reltablespace = 0 AND (c.oid IS NULL OR x.reloptions IS NULL)
   AND (c.oid IS NULL OR c.contype <> 'p' OR %(keys)s)
   AND NOT EXISTS (
     SELECT FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = x.oid AND a.attstattarget > 0)
   -- Views that group by a key, keys from elsewhere, and whatever else stands on it.
   AND NOT EXISTS (
     SELECT FROM pg_catalog.pg_depend d
      WHERE d.refclassid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
        AND d.refobjid = c.oid AND d.deptype <> 'i')
   AND x.oid NOT IN (
     SELECT f.conindid FROM pg_catalog.pg_constraint f
      WHERE f.contype = 'f' AND f.conrelid NOT IN (SELECT oid FROM our))
 ORDER BY c.conname IS NULL, 1, 2
"""


@dataclass(frozen=True, kw_only=True)
class Bareness:
    """Statements that take away, and those that put back, in their order."""

    taking: Sequence[sql.Composed]
    putting: Sequence[sql.Composed]


def plan(
    connection: Connection,
    schema: str,
    tables: Iterable[str],
    *,
    drop_indexes: bool,
    drop_primary_keys: bool,
) -> Bareness:
    """What has to go. Within a transaction whose ``search_path`` is empty.

    :param drop_primary_keys: whether ``drop_indexes`` means these too.
    """
    parameters = {
        "schema": schema,
        "tables": list(tables),
        "progress": PROGRESS,
        "keys": drop_primary_keys,
    }

    def ask(query: str) -> list[Any]:
        with connection.cursor(row_factory=namedtuple_row) as cursor:
            return cursor.execute(_OUR + query, parameters).fetchall()

    def alter(row: Any, *, only: bool = True) -> sql.Composed:
        one = sql.SQL("ALTER TABLE ONLY {}" if only else "ALTER TABLE {}")
        return one.format(sql.Identifier(schema, row.table))

    taking: list[sql.Composed] = []
    putting: list[sql.Composed] = []
    switches: list[sql.Composed] = []

    for what, rows in (("TRIGGER", ask(_TRIGGERS)), ("RULE", ask(_RULES))):
        for row in rows:
            switch = sql.SQL(f"{{}} {{}} {what} {{}}")
            name = sql.Identifier(row.name)
            taking.append(switch.format(alter(row), sql.SQL("DISABLE"), name))
            how = {"R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"}.get(row.enabled, "ENABLE")
            switches.append(switch.format(alter(row), sql.SQL(how), name))

    keys = ask(_KEYS)
    for row in keys:
        taking.append(_drop_constraint(alter(row, only=not row.partitioned), row.name))
    for row in ask(_INDEXES) if drop_indexes else []:
        comment = [(sql.SQL("INDEX {}").format(sql.Identifier(schema, row.name)), row.comment)]
        if row.constraint:
            taking.append(_drop_constraint(alter(row), row.name))
            putting.append(_add_constraint(alter(row), row))
            comment.append((_constraint(schema, row), row.constraint_comment))
        else:
            taking.append(sql.SQL("DROP INDEX {}").format(sql.Identifier(schema, row.name)))
            # PostgreSQL's own words; the names within are quoted by it.
            putting.append(sql.Composed([sql.SQL(as_said(row.definition))]))
        putting += _comments(comment)
    for row in keys:
        putting.append(_add_constraint(alter(row, only=not row.partitioned), row))
        putting += _comments([(_constraint(schema, row), row.comment)])
    return Bareness(taking=taking, putting=[*putting, *switches])


def _drop_constraint(alter: sql.Composed, name: str) -> sql.Composed:
    return sql.SQL("{} DROP CONSTRAINT {}").format(alter, sql.Identifier(name))


def _add_constraint(alter: sql.Composed, row: Any) -> sql.Composed:
    return sql.SQL("{} ADD CONSTRAINT {} {}").format(
        alter, sql.Identifier(row.name), sql.SQL(as_said(row.definition))
    )


def _constraint(schema: str, row: Any) -> sql.Composed:
    return sql.SQL("CONSTRAINT {} ON {}").format(
        sql.Identifier(row.name), sql.Identifier(schema, row.table)
    )


def _comments(what: Sequence[tuple[sql.Composed, str | None]]) -> list[sql.Composed]:
    return [
        sql.SQL("COMMENT ON {} IS {}").format(thing, sql.Literal(comment))
        for thing, comment in what
        if comment is not None
    ]
