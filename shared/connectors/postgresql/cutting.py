"""A table in parts of about so many rows: ranges of its key, or of its pages.

A range of the key begins with one key and ends before another, as texts; the first has no
beginning and the last has no end, so that no row is lost, whatever there is by then. Keys are
compared by the database, as it sorts them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import psycopg
from psycopg import sql

from shared.connectors.interface import Cut
from shared.synthesis.schema import Table

Connection = psycopg.Connection[Any]

#: Since when a range of pages is read without reading all others (TID range scans).
_PAGES_SINCE = 140_000


def cuts(connection: Connection, table: Table, rows: int) -> list[Cut]:
    """Cuts of about ``rows`` rows each."""
    name = sql.Identifier(table.name.schema, table.name.name)
    if table.partitioned:
        return []
    if table.primary_key:
        return _by_key(connection, table, name, rows)
    return _by_pages(connection, name, rows)


def _by_key(connection: Connection, table: Table, name: sql.Identifier, rows: int) -> list[Cut]:
    key = sql.SQL(", ").join(map(sql.Identifier, table.primary_key))
    texts = sql.SQL(", ").join(
        sql.SQL("pg_catalog.concat({})").format(sql.Identifier(column))
        for column in table.primary_key
    )
    found = connection.execute(
        sql.SQL(
            "SELECT ARRAY[{texts}] FROM ("
            " SELECT {key}, row_number() OVER (ORDER BY {key}) - 1 AS place FROM ONLY {name}"
            ") numbered WHERE place % {rows} = 0 ORDER BY place"
        ).format(texts=texts, key=key, name=name, rows=sql.Literal(rows))
    ).fetchall()
    if not found:
        return []
    bounds: list[list[str] | None] = [None, *(row[0] for row in found[1:]), None]
    return [
        {
            **({"from": first} if first is not None else {}),
            **({"before": end} if end is not None else {}),
        }
        for first, end in pairwise(bounds)
    ]


def _by_pages(connection: Connection, name: sql.Identifier, rows: int) -> list[Cut]:
    row = connection.execute(
        sql.SQL(
            "SELECT pg_catalog.pg_relation_size({0}::pg_catalog.regclass)"
            " / pg_catalog.current_setting('block_size')::pg_catalog.int8,"
            " (SELECT pg_catalog.count(*) FROM ONLY {1})"
        ).format(sql.Literal(name.as_string(connection)), name)
    ).fetchone()
    pages, count = row if row else (0, 0)
    if not count:
        return []
    parts = max(1, count // rows) if connection.info.server_version >= _PAGES_SINCE else 1
    if parts == 1:
        return [{}]
    step = -(-pages // parts)
    starts = list(range(0, pages, step))
    return [
        {"page": start, **({"before_page": start + step} if start != starts[-1] else {})}
        for start in starts
    ]


def condition(table: Table, cut: Cut) -> sql.Composable:
    """The rows of a cut, and their order, as what follows the table's name in a query."""
    key = sql.SQL(", ").join(map(sql.Identifier, table.primary_key))
    parts: list[sql.Composable] = []
    for name, operator in (("from", ">="), ("before", "<")):
        if name in cut:
            values = sql.SQL(", ").join(map(sql.Literal, cut[name]))
            parts.append(sql.SQL(f"ROW({{}}) {operator} ROW({{}})").format(key, values))
    for name, operator in (("page", ">="), ("before_page", "<")):
        if name in cut:
            place = sql.Literal(f"({int(cut[name])},0)")
            parts.append(sql.SQL(f"ctid {operator} {{}}::pg_catalog.tid").format(place))
    where = sql.SQL(" WHERE {}").format(sql.SQL(" AND ").join(parts)) if parts else sql.SQL("")
    order = sql.SQL(" ORDER BY {}").format(key) if table.primary_key else sql.SQL("")
    return sql.Composed([where, order])
