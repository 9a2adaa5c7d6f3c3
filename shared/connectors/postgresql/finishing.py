"""What is done when all rows are there, and what is looked at then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

import psycopg
from psycopg import sql

from shared.synthesis.schema import ForeignKey, Schema, Table

Connection = psycopg.Connection[Any]

#: Sequences with each column of numbers that takes them from there: its own, or by its default.
_SEQUENCES = """
SELECT sn.nspname::text, s.relname::text, q.seqincrement > 0, q.seqstart,
       q.seqmin, q.seqmax, c.relname::text, a.attname::text
  FROM pg_catalog.pg_class s
  JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace
  JOIN pg_catalog.pg_sequence q ON q.seqrelid = s.oid
  JOIN (
    SELECT d.objid AS sequence, d.refobjid AS relation, d.refobjsubid AS number
      FROM pg_catalog.pg_depend d
     WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
       AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
       AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
    UNION
    SELECT d.refobjid, f.adrelid, f.adnum
      FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attrdef f ON f.oid = d.objid
     WHERE d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
       AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass) used
    ON used.sequence = s.oid
  JOIN pg_catalog.pg_class c ON c.oid = used.relation
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = used.number
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid AND t.typcategory = 'N'
 WHERE s.relkind = 'S' AND c.relkind IN ('r', 'p') AND n.nspname = %s
 ORDER BY 1, 2, 7, 8
"""

#: Materialized views, and what each stands on, through plain views too.
_VIEWS = """
WITH RECURSIVE uses AS (
  SELECT DISTINCT r.ev_class AS view, d.refobjid AS used
    FROM pg_catalog.pg_rewrite r
    JOIN pg_catalog.pg_depend d
      ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid
     AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid <> r.ev_class),
all_uses AS (
  SELECT view, used FROM uses
  UNION
  SELECT a.view, u.used FROM all_uses a JOIN uses u ON u.view = a.used)
SELECT m.relname::text,
       ARRAY(SELECT o.relname::text FROM all_uses a
               JOIN pg_catalog.pg_class o ON o.oid = a.used
              WHERE a.view = m.oid AND o.relkind = 'm' AND o.relnamespace = m.relnamespace)
  FROM pg_catalog.pg_class m
  JOIN pg_catalog.pg_namespace n ON n.oid = m.relnamespace
 WHERE m.relkind = 'm' AND n.nspname = %s ORDER BY 1
"""

_NOT_VALID = """
SELECT c.relname::text, x.relname::text
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
  JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = %s AND NOT i.indisvalid ORDER BY 1, 2
"""

_CHECKS_NOT_VALID = """
SELECT c.relname::text, k.conname::text, pg_catalog.pg_get_expr(k.conbin, k.conrelid)
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = %s AND k.contype = 'c' AND NOT k.convalidated ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Sequence:
    """A sequence, and the columns (of a table, by name) that take their numbers from it."""

    schema: str
    name: str
    ascending: bool
    start: int
    least: int
    most: int
    columns: tuple[tuple[str, str], ...]


def sequences(connection: Connection, schema: str) -> list[Sequence]:
    """Those that tables of a schema take numbers from."""
    users: dict[tuple[str, str, bool, int, int, int], list[tuple[str, str]]] = defaultdict(list)
    for *which, table, column in connection.execute(_SEQUENCES, [schema]):
        home, name, ascending, start, least, most = which
        users[home, name, ascending, start, least, most].append((table, column))
    return [Sequence(*which, tuple(columns)) for which, columns in users.items()]


def set_sequences(connection: Connection, schema: str, some: Iterable[Sequence]) -> None:
    """Let each sequence go on behind the last number in its columns.

    Numbers that it cannot give, below its least or above its most, stand in nobody's way: they do
    not count. Where there are no others it begins at its start.

    :raises psycopg.Error: the right to do so is missing.
    """
    for each in some:
        last = _last(connection, schema, each)
        connection.execute(
            "SELECT pg_catalog.setval(%s::pg_catalog.regclass, %s, %s)",
            [
                sql.Identifier(each.schema, each.name).as_string(connection),
                each.start if last is None else last,
                last is not None,
            ],
        )


def _last(connection: Connection, schema: str, sequence: Sequence) -> int | None:
    found = []
    for table, column in sequence.columns:
        row = connection.execute(
            sql.SQL(
                "SELECT {last}({column}) FROM {table}"
                " WHERE {column} OPERATOR(pg_catalog.>=) {least}::pg_catalog.int8"
                " AND {column} OPERATOR(pg_catalog.<=) {most}::pg_catalog.int8"
            ).format(
                last=sql.SQL("pg_catalog.max" if sequence.ascending else "pg_catalog.min"),
                column=sql.Identifier(column),
                table=sql.Identifier(schema, table),
                least=sql.Literal(str(sequence.least)),
                most=sql.Literal(str(sequence.most)),
            )
        ).fetchone()
        if row and row[0] is not None:
            # A float of 2**63 is as large as the largest bigint, to PostgreSQL.
            found.append(min(max(int(row[0]), sequence.least), sequence.most))
    if not found:
        return None
    return max(found) if sequence.ascending else min(found)


def analyze(connection: Connection, tables: Iterable[Table]) -> None:
    """Let the planner know what there is."""
    for table in tables:
        connection.execute(
            sql.SQL("ANALYZE {}").format(sql.Identifier(table.name.schema, table.name.name))
        )


def refresh_views(connection: Connection, schema: str) -> None:
    """Fill materialized views, those first that others stand on."""
    uses = {name: set(used) for name, used in connection.execute(_VIEWS, [schema]).fetchall()}
    for name in TopologicalSorter(uses).static_order():
        connection.execute(
            sql.SQL("REFRESH MATERIALIZED VIEW {}").format(sql.Identifier(schema, name))
        )


def not_valid(connection: Connection, schema: str) -> Iterator[str]:
    """Indexes that are broken, and checks that nobody has held the rows to; a sentence each."""
    for table, index in connection.execute(_NOT_VALID, [schema]).fetchall():
        yield f"The index {index} of {table} is not valid."
    for table, check, expression in connection.execute(_CHECKS_NOT_VALID, [schema]).fetchall():
        row = connection.execute(
            sql.SQL("SELECT pg_catalog.count(*) FROM ONLY {} WHERE NOT ({})").format(
                sql.Identifier(schema, table), sql.SQL(expression)
            )
        ).fetchone()
        if row and row[0]:
            yield f"{row[0]} rows of {table} do not meet {check}."


def orphans(connection: Connection, schema: Schema, tables: Iterable[Table]) -> Iterator[str]:
    """Rows that refer to none; a sentence for each key."""
    for each in tables:
        for key in each.foreign_keys:
            if not each.partitioned and (count := _orphans(connection, schema, each, key)):
                yield f"{count} rows of {each.name} refer to no row by {key.name}."


def _orphans(connection: Connection, schema: Schema, table: Table, key: ForeignKey) -> int:
    pairs = list(zip(key.columns, key.referred, strict=True))
    # Rows of an inheriting table are none of its parent's, for a foreign key; partitions' are.
    only = sql.SQL("" if schema[key.table].partitioned else "ONLY ")
    row = connection.execute(
        sql.SQL(
            "SELECT pg_catalog.count(*) FROM ONLY {table} a WHERE {there}"
            " AND NOT EXISTS (SELECT FROM {only}{referred} b WHERE {same})"
        ).format(
            table=sql.Identifier(table.name.schema, table.name.name),
            referred=sql.Identifier(key.table.schema, key.table.name),
            only=only,
            there=sql.SQL(" AND ").join(
                sql.SQL("a.{} IS NOT NULL").format(sql.Identifier(one)) for one, _ in pairs
            ),
            same=sql.SQL(" AND ").join(
                sql.SQL("a.{} = b.{}").format(sql.Identifier(one), sql.Identifier(other))
                for one, other in pairs
            ),
        )
    ).fetchone()
    return int(row[0]) if row else 0
