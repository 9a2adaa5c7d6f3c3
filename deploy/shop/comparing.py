"""What a person wants to know of a shop and its copy: is all there, does it fit, what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

#: What people would look at first.
SHOWN = ("id", "first_name", "last_name", "email", "notes")

#: What belongs to one person alone, so that it must be nowhere in a copy. (The telephone numbers
#: are of the thousand that are kept for stories, so a made-up one may be the same by chance.)
PERSONAL = {
    "customers": ("email", "iban"),
    "employees": ("email", "login"),
    "payments": ("card_number",),
}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A shop beside its copy.

    :param counts: rows by table, in the shop and in the copy.
    :param invalid: constraints of the copy that are missing, or hold for new rows only.
    :param orphans: rows of the copy that refer to none, by foreign key.
    :param left: values of one person alone that are somewhere in the copy, how many by column.
    """

    counts: Mapping[str, tuple[int, int]]
    invalid: Sequence[str]
    orphans: Mapping[str, int]
    left: Mapping[str, int]

    @property
    def is_safe_and_whole(self) -> bool:
        """Whether nothing is wrong with the copy."""
        return not (self.invalid or self.orphans or self.left) and all(
            there == copied for there, copied in self.counts.values()
        )


def compare(shop_url: str, copy_url: str) -> Comparison:
    """Look at all rows of both."""
    with psycopg.connect(shop_url) as shop, psycopg.connect(copy_url) as copy:
        names = _column(shop, TABLES)
        there = {name: _count(shop, name) for name in names}
        copied = {name: _count(copy, name) for name in _column(copy, TABLES)}
        wanted, found = set(_column(shop, CONSTRAINTS)), set(_column(copy, CONSTRAINTS))
        return Comparison(
            counts={name: (there[name], copied.get(name, 0)) for name in names},
            invalid=sorted(wanted - found),
            orphans=_orphans(copy),
            left=_left(shop, copy),
        )


def first_rows(url: str, *, count: int = 10) -> list[tuple[Any, ...]]:
    """Of some customers with something written about them, what :data:`SHOWN` names."""
    with psycopg.connect(url) as connection:
        names = sql.SQL(", ").join(map(sql.Identifier, SHOWN))
        query = sql.SQL(
            "SELECT {} FROM customers WHERE notes IS NOT NULL ORDER BY id LIMIT {}"
        ).format(names, count)
        return connection.execute(query).fetchall()


TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"

CONSTRAINTS = """
    SELECT conrelid::regclass || ': ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND convalidated AND conrelid <> 0 ORDER BY 1
"""

#: Of each foreign key: what it is, and a query that counts the rows that refer to none.
ORPHANS = """
    SELECT conrelid::regclass || ': ' || pg_get_constraintdef(c.oid),
        format(
            'SELECT count(*) FROM %s AS a WHERE (%s) IS NOT NULL'
            ' AND NOT EXISTS (SELECT FROM %s AS b WHERE (%s) = (%s))',
            conrelid::regclass, mine, confrelid::regclass, theirs, mine
        )
    FROM pg_constraint c, LATERAL (
        SELECT string_agg(format('a.%I', m.attname), ', ' ORDER BY place) AS mine,
            string_agg(format('b.%I', t.attname), ', ' ORDER BY place) AS theirs
        FROM unnest(conkey, confkey) WITH ORDINALITY AS k (mine, theirs, place)
        JOIN pg_attribute m ON m.attrelid = conrelid AND m.attnum = k.mine
        JOIN pg_attribute t ON t.attrelid = confrelid AND t.attnum = k.theirs
    ) AS columns
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""


def _orphans(copy: psycopg.Connection[Any]) -> dict[str, int]:
    found = {name: copy.execute(query).fetchall()[0][0] for name, query in copy.execute(ORPHANS)}
    return {name: count for name, count in found.items() if count}


def _left(shop: psycopg.Connection[Any], copy: psycopg.Connection[Any]) -> dict[str, int]:
    everything = "\n".join(
        text
        for table in _column(copy, TABLES)
        for text in _column(copy, sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table)))
    ).casefold()
    counts = {}
    for table, columns in PERSONAL.items():
        for column in columns:
            query = sql.SQL("SELECT DISTINCT {0} FROM {1} WHERE {0} IS NOT NULL").format(
                sql.Identifier(column), sql.Identifier(table)
            )
            left = sum(value.casefold() in everything for value in _column(shop, query))
            if left:
                counts[f"{table}.{column}"] = left
    return counts


def _count(connection: psycopg.Connection[Any], table: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    return int(connection.execute(query).fetchall()[0][0])


def _column(connection: psycopg.Connection[Any], query: str | sql.Composed) -> list[str]:
    # The queries are constants, and names that are quoted.
    return [row[0] for row in connection.execute(query)]
