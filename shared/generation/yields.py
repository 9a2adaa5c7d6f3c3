"""What the ways of asking have shown, by model and kind of value: shared by all workers.

A row is what all workers together have learned; each adds to it what it has learned since it
last did. See ``worker.mill.arms`` for what the ways are, and ``worker.mill.book`` for what follows
from a row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from shared.db.engine import Database

#: Characters of a model's name and of a kind; what is longer is known by its digest.
MOST_CHARACTERS = 200

#: Rows that nobody has added to for so long are removed.
UNUSED_DAYS = 90

#: Rows removed in one transaction.
CHUNK = 1_000


@dataclass(frozen=True, kw_only=True)
class Yield:
    """Of one way of asking, an arm: the values said, those of them that were fit, and tokens."""

    model: str
    kind: str
    arm: str
    said: float
    fit: float
    tokens: float


@dataclass(frozen=True, kw_only=True)
class News:
    """What was read, and the database's time when that began."""

    yields: list[Yield]
    read_at: datetime


def bounded(name: str) -> str:
    """A model's name, or a kind, as the table has it."""
    if len(name) <= MOST_CHARACTERS:
        return name
    return "blake2b:" + hashlib.blake2b(name.encode(), digest_size=16).hexdigest()


def add(connection: Connection, learned: Collection[Yield], *, memory: float) -> None:
    """Add what was learned to what is known.

    Rows are locked in the order of their keys, so that no two who add wait for each other.

    :param memory: values that a row counts at most; where it has more, what is known and what is
        added become less in proportion.
    """
    if learned:
        connection.execute(
            _ADD,
            {
                "models": [each.model for each in learned],
                "kinds": [each.kind for each in learned],
                "arms": [each.arm for each in learned],
                "said": [each.said for each in learned],
                "fit": [each.fit for each in learned],
                "tokens": [each.tokens for each in learned],
                "memory": memory,
            },
        )


def read(connection: Connection, pairs: Collection[tuple[str, str]]) -> list[Yield]:
    """What is known of these models and kinds; of some, nothing."""
    if not pairs:
        return []
    models, kinds = zip(*pairs, strict=True)
    found = connection.execute(_READ, {"models": list(models), "kinds": list(kinds)})
    return [Yield(**row) for row in found.mappings()]


def news(connection: Connection, *, after: datetime | None, limit: int) -> News:
    """What anybody has added to since a time of the database; the latest first.

    :param after: None: whenever that was.
    :param limit: of the rows.
    """
    found = connection.execute(_NEWS, {"after": after, "limit": limit}).mappings()
    rows = [Yield(**row) for row in found]
    return News(yields=rows, read_at=connection.execute(_NOW).scalar_one())


def remove_unused(database: Database) -> int:
    """Remove what nobody has added to for long; return how many rows.

    What somebody adds to at this moment is passed over, and is in use again.
    """
    removed = 0
    while True:
        with database.transaction() as connection:
            found = connection.execute(_REMOVE, {"days": UNUSED_DAYS, "chunk": CHUNK}).rowcount
        removed += found
        if found < CHUNK:
            return removed


_ADD = text(
    """
    WITH learned AS MATERIALIZED (
        SELECT model COLLATE "C" AS model, kind COLLATE "C" AS kind, arm COLLATE "C" AS arm,
            sum(said) AS said, sum(fit) AS fit, sum(tokens) AS tokens
        FROM unnest(
            CAST(:models AS text[]), CAST(:kinds AS text[]), CAST(:arms AS text[]),
            CAST(:said AS float8[]), CAST(:fit AS float8[]), CAST(:tokens AS float8[])
        ) AS each (model, kind, arm, said, fit, tokens)
        GROUP BY 1, 2, 3
    ), kept AS (
        SELECT model, kind, arm, said, fit, tokens, memory / greatest(memory, said) AS part
        FROM learned, CAST(:memory AS float8) AS memory
    )
    INSERT INTO yields AS y (model, kind, arm, said, fit, tokens)
    SELECT model, kind, arm, said * part, fit * part, tokens * part
    FROM kept ORDER BY model, kind, arm
    ON CONFLICT (model, kind, arm) DO UPDATE SET (said, fit, tokens, update_time) = (
        SELECT (y.said + excluded.said) * part, (y.fit + excluded.fit) * part,
            (y.tokens + excluded.tokens) * part, now()
        FROM CAST(:memory AS float8) AS memory,
            LATERAL (SELECT memory / greatest(memory, y.said + excluded.said) AS part) AS rest
    )
    """
)

_READ = text(
    """
    SELECT model, kind, arm, said, fit, tokens
    FROM unnest(CAST(:models AS text[]), CAST(:kinds AS text[])) AS wanted (model, kind)
    JOIN yields USING (model, kind)
    """
)

_NEWS = text(
    """
    SELECT model, kind, arm, said, fit, tokens FROM yields
    WHERE update_time > coalesce(CAST(:after AS timestamptz), '-infinity')
    ORDER BY update_time DESC LIMIT :limit
    """
)

_NOW = text("SELECT now()")

# Rows that are locked are skipped: who waits for none is in nobody's circle.
_REMOVE = text(
    """
    DELETE FROM yields WHERE (model, kind, arm) IN (
        SELECT model, kind, arm FROM yields
        WHERE update_time < now() - make_interval(days => :days)
        LIMIT :chunk FOR UPDATE SKIP LOCKED
    )
    """
)
