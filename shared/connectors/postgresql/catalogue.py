"""What PostgreSQL's catalogue says of the tables of one schema.

One schema is copied: the one that the address names, else ``public``. A foreign key that leaves
it cannot hold in the copy, so it is named in an error. What belongs to an extension is the
extension's own. Foreign tables have no rows of their own and are no tables here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

from shared.connectors.errors import NotSupported
from shared.connectors.postgresql.progress import PROGRESS
from shared.connectors.postgresql.types import Base, digits_of, kind_of, length_of, range_of
from shared.synthesis.schema import (
    Check,
    Column,
    ForeignKey,
    Kind,
    Schema,
    Table,
    TableName,
    Unique,
)

DEFAULT_SCHEMA = "public"

Connection = psycopg.Connection[Any]

#: The tables, as ``our``: what the other queries are about.
_OUR = """
WITH our AS (
  SELECT c.oid, c.relname::text AS name, c.relkind, c.reltuples, c.relispartition
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = %(schema)s AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
     AND c.relname <> %(progress)s
     AND NOT EXISTS (
       SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
          AND d.objid = c.oid AND d.deptype = 'e'))
"""

_TABLES = """
SELECT our.oid, our.name, our.relkind::text AS kind, our.reltuples AS rows,
       our.relispartition AS partition,
       (SELECT p.oid FROM pg_catalog.pg_inherits i JOIN our p ON p.oid = i.inhparent
         WHERE i.inhrelid = our.oid ORDER BY i.inhseqno LIMIT 1) AS parent
  FROM our ORDER BY our.name COLLATE "C"
"""

#: Domains are followed to what they are made of; the innermost modifier that is set counts.
_COLUMNS = """
SELECT a.attrelid AS oid, a.attnum AS number, a.attname::text AS name,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
       a.attnotnull OR base.not_null AS not_null, a.attidentity::text AS identity,
       a.attgenerated::text AS generated,
       pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS default,
       t.typname::text AS base_name, t.typtype::text AS base_type,
       t.typcategory::text AS base_category,
       n.nspname = 'pg_catalog' AS base_builtin, base.modifier,
       (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
          FROM pg_catalog.pg_enum e WHERE e.enumtypid = base.oid) AS labels,
       el.typname::text AS element_name, el.typtype::text AS element_type,
       el.typcategory::text AS element_category,
       eln.nspname = 'pg_catalog' AS element_builtin, base.domains
  FROM our
  JOIN pg_catalog.pg_attribute a ON a.attrelid = our.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  CROSS JOIN LATERAL (
    WITH RECURSIVE up AS (
      SELECT t.oid, t.typtype, t.typbasetype, a.atttypmod AS modifier, t.typtypmod,
             t.typnotnull AS not_null, 1 AS depth, ARRAY[t.oid] AS domains
        FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid
      UNION ALL
      SELECT t.oid, t.typtype, t.typbasetype,
             CASE WHEN up.modifier = -1 THEN up.typtypmod ELSE up.modifier END,
             t.typtypmod, up.not_null OR t.typnotnull, up.depth + 1, up.domains || t.oid
        FROM up JOIN pg_catalog.pg_type t ON t.oid = up.typbasetype
       WHERE up.typtype = 'd')
    SELECT * FROM up ORDER BY depth DESC LIMIT 1) base
  JOIN pg_catalog.pg_type t ON t.oid = base.oid
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  LEFT JOIN pg_catalog.pg_type el ON el.oid = t.typelem AND t.typcategory = 'A'
  LEFT JOIN pg_catalog.pg_namespace eln ON eln.oid = el.typnamespace
 ORDER BY a.attrelid, a.attnum
"""

_DOMAIN_CHECKS = """
SELECT c.contypid AS type, c.conname::text AS name,
       pg_catalog.pg_get_expr(c.conbin, 0) AS expression
  FROM pg_catalog.pg_constraint c
 WHERE c.contypid = ANY(%(types)s::oid[]) AND c.contype = 'c' ORDER BY c.conname COLLATE "C"
"""

#: Of what partitioning copies, only what goes from a partition to the table that is meant is
#: told: a key does not refer to a single partition of a partitioned table.
_CONSTRAINTS = """
SELECT c.conrelid AS oid, c.conname::text AS name, c.contype::text AS type, c.conkey AS columns,
       c.confrelid AS referred, c.confkey AS referred_columns,
       c.confmatchtype::text AS match, pg_catalog.pg_get_expr(c.conbin, c.conrelid) AS expression,
       rn.nspname::text AS referred_schema, r.relname::text AS referred_name,
       r.oid IN (SELECT oid FROM our) AS inside,
       (SELECT array_agg(a.attname::text ORDER BY k.place)
          FROM unnest(c.confkey) WITH ORDINALITY k(number, place)
          JOIN pg_catalog.pg_attribute a
            ON a.attrelid = c.confrelid AND a.attnum = k.number) AS referred_names
  FROM our
  JOIN pg_catalog.pg_constraint c ON c.conrelid = our.oid
  LEFT JOIN pg_catalog.pg_class r ON r.oid = c.confrelid
  LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
  LEFT JOIN pg_catalog.pg_constraint up ON up.oid = c.conparentid
 WHERE c.contype IN ('c', 'f')
   AND (up.oid IS NULL OR c.contype <> 'f' OR up.confrelid = c.confrelid)
 ORDER BY c.conname COLLATE "C"
"""

_INDEXES = """
SELECT i.indrelid AS oid, x.relname::text AS name, i.indisprimary AS primary,
       i.indisunique AS unique, i.indkey::int2[] AS numbers, i.indnkeyatts AS keys,
       i.indpred IS NOT NULL AS partial,
       CASE WHEN i.indexprs IS NULL THEN NULL ELSE (
         SELECT string_agg(pg_catalog.pg_get_indexdef(i.indexrelid, place, true), ', '
                           ORDER BY place)
           FROM generate_series(1, i.indnkeyatts) place) END AS expression,
       ARRAY(SELECT DISTINCT d.refobjsubid FROM pg_catalog.pg_depend d
              WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                AND d.objid = i.indexrelid AND d.refobjid = i.indrelid
                AND d.refobjsubid > 0 ORDER BY 1) AS named,
       pg_catalog.pg_get_indexdef(i.indexrelid) AS definition
  FROM our
  JOIN pg_catalog.pg_index i ON i.indrelid = our.oid
  JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
 ORDER BY x.relname COLLATE "C"
"""


def reflect(connection: Connection, schema: str) -> Schema:
    """The tables of a schema. Within a transaction whose ``search_path`` is empty.

    :raises NotSupported: a foreign key leaves the schema.
    """
    parameters: dict[str, Any] = {"schema": schema, "progress": PROGRESS}

    def ask(query: str, **more: Any) -> list[Any]:
        with connection.cursor(row_factory=namedtuple_row) as cursor:
            return cursor.execute(_OUR + query, {**parameters, **more}).fetchall()

    tables = ask(_TABLES)
    columns = _by_table(ask(_COLUMNS))
    constraints = _by_table(ask(_CONSTRAINTS))
    indexes = _by_table(ask(_INDEXES))
    domains = sorted({each for rows in columns.values() for row in rows for each in row.domains})
    domain_checks: dict[int, list[Any]] = defaultdict(list)
    for row in ask(_DOMAIN_CHECKS, types=domains):
        domain_checks[row.type].append(row)
    _refuse_leaving(schema, tables, constraints)
    names = {row.oid: TableName(schema, row.name) for row in tables}
    found = {
        row.oid: _table(
            row, names, columns[row.oid], constraints[row.oid], indexes[row.oid], domain_checks
        )
        for row in tables
    }
    return Schema(
        tables=tuple(
            _numbered_as(found[_root(row, tables)], found[row.oid]) if row.partition else table
            for row, table in zip(tables, found.values(), strict=True)
        )
    )


def _root(row: Any, tables: Sequence[Any]) -> int:
    by_oid = {each.oid: each for each in tables}
    while row.partition and row.parent in by_oid:
        row = by_oid[row.parent]
    return int(row.oid)


def _numbered_as(root: Table, table: Table) -> Table:
    """A partition whose rows its root numbers; only since PostgreSQL 17 its columns say so."""
    identities = {column.name: column.identity for column in root.columns}
    return replace(
        table,
        columns=tuple(
            replace(each, identity=identities.get(each.name, each.identity))
            for each in table.columns
        ),
    )


def _by_table(rows: Sequence[Any]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.oid].append(row)
    return found


def _refuse_leaving(
    schema: str, tables: Sequence[Any], constraints: Mapping[int, list[Any]]
) -> None:
    leaving = [
        f"{table.name}: {row.name} refers to {row.referred_schema}.{row.referred_name}"
        for table in tables
        for row in constraints[table.oid]
        if row.type == "f" and not row.inside
    ]
    if leaving:
        raise NotSupported(
            f"Foreign keys leave the schema {schema!r}, which alone is copied, so they could not "
            "hold in the copy. Move these tables into one schema, or drop the keys: "
            + "; ".join(leaving)
        )


def _table(
    row: Any,
    names: Mapping[int, TableName],
    columns: Sequence[Any],
    constraints: Sequence[Any],
    indexes: Sequence[Any],
    domain_checks: Mapping[int, Sequence[Any]],
) -> Table:
    by_number = {each.number: each.name for each in columns}

    def named(numbers: Sequence[int]) -> tuple[str, ...]:
        return tuple(by_number[number] for number in numbers if number in by_number)

    checks = [
        Check(name=each.name, expression=each.expression, columns=named(each.columns or ()))
        for each in constraints
        if each.type == "c"
    ]
    checks += [
        Check(name=check.name, expression=check.expression, columns=(column.name,))
        for column in columns
        for domain in column.domains
        for check in domain_checks.get(domain, ())
    ]
    return Table(
        name=names[row.oid],
        columns=tuple(_column(each) for each in columns),
        primary_key=next(
            (named(each.numbers[: each.keys]) for each in indexes if each.primary), ()
        ),
        uniques=tuple(
            Unique(
                name=each.name,
                columns=named(each.named if each.expression else each.numbers[: each.keys]),
                partial=each.partial,
                expression=each.expression or "",
                nulls_distinct="NULLS NOT DISTINCT" not in each.definition,
            )
            for each in indexes
            if each.unique and not each.primary
        ),
        foreign_keys=tuple(
            ForeignKey(
                name=each.name,
                columns=named(each.columns),
                table=names[each.referred],
                referred=tuple(each.referred_names),
                full=each.match == "f",
            )
            for each in constraints
            if each.type == "f"
        ),
        checks=tuple(checks),
        indexes=tuple(each.definition for each in indexes),
        rows=int(row.rows) if row.rows >= 0 and row.kind == "r" else None,
        parent=names.get(row.parent),
        partitioned=row.kind == "p",
    )


def _column(row: Any) -> Column:
    base = Base(
        name=row.base_name,
        builtin=row.base_builtin,
        type=row.base_type,
        category=row.base_category,
        modifier=row.modifier,
    )
    precision, scale = digits_of(base)
    lowest, highest = range_of(base)
    return Column(
        name=row.name,
        type=row.type,
        kind=kind_of(base),
        nullable=not row.not_null,
        length=length_of(base),
        precision=precision,
        scale=scale,
        lowest=lowest,
        highest=highest,
        labels=tuple(row.labels or ()),
        element=_element(row),
        generated=bool(row.generated),
        identity={"a": "always", "d": "by default"}.get(row.identity, ""),
        default=row.default,
    )


def _element(row: Any) -> Kind | None:
    if row.element_name is None:
        return None
    return kind_of(
        Base(
            name=row.element_name,
            builtin=row.element_builtin,
            type=row.element_type,
            category=row.element_category,
        )
    )
