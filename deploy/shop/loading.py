"""Makes the database of the shop, and an empty one beside it, on a PostgreSQL of anybody's."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql

from deploy.shop.rows import all_rows, managers

SCHEMA = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")


def fill(url: str) -> int:
    """Empty the database, and make the shop in it; return how many rows it has."""
    empty(url)
    count = 0
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        for table, (columns, rows) in all_rows().items():
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
            with cursor.copy(into) as copy:
                for row in rows:
                    copy.write_row(row)
            count += len(rows)
        cursor.executemany(
            "UPDATE stores SET manager_id = %s WHERE id = %s",
            [(manager, store) for store, manager in managers()],
        )
    return count


def empty(url: str) -> None:
    """Remove all that is in a database of the shop's owner."""
    with psycopg.connect(url) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
