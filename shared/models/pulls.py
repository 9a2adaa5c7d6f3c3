"""Models that gateways lack: which one a gateway should fetch, and who has it do so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.addresses import OPENAI_PREFIX
from shared.db.engine import Database
from shared.errors import Unavailable

#: Operations that are looked through for the names of their models.
MOST_URGENT = 10_000

#: First of the two numbers of the lock that is held while a gateway fetches a model.
PULL_LOCK = 7_305_103


def models_in_demand(connection: Connection, *, default_model: str) -> list[str]:
    """The models that operations with work need, the most urgent one's first.

    Work that takes any model stands as an empty string, unless there is a default.
    """
    rows = connection.execute(
        text(
            """
            SELECT coalesce(llm_model_name, :default_model) AS model FROM operations
            WHERE has_work ORDER BY priority DESC, number LIMIT 100
            """
        ),
        {"default_model": default_model},
    )
    return list(dict.fromkeys(rows.scalars()))


def names_in_demand(connection: Connection, *, default_model: str) -> list[str]:
    """Names that the most urgent work has for models, which may be written in several ways."""
    names = connection.execute(
        text(
            """
            SELECT DISTINCT coalesce(llm_model_name, :default_model)
            FROM (
                SELECT llm_model_name FROM operations
                WHERE has_work ORDER BY priority DESC, number LIMIT :most
            ) AS urgent
            WHERE coalesce(llm_model_name, :default_model) <> ''
            """
        ),
        {"default_model": default_model, "most": MOST_URGENT},
    )
    return list(names.scalars())


def model_to_pull(connection: Connection, *, url: str, wanted: Sequence[str]) -> str | None:
    """The model among those wanted that this gateway should fetch, if any.

    It is one that no gateway has, not even one that is down. Of the Ollamas that can be reached,
    the one that fetches it already, or else the one with the most free slots, is to get it.
    """
    model = connection.scalar(
        _MODEL_TO_PULL, {"url": url, "wanted": list(wanted), "other": OPENAI_PREFIX}
    )
    return None if model is None else str(model)


_MODEL_TO_PULL = text(
    """
    WITH known AS MATERIALIZED (
        SELECT id, url, status, models, pulling, free
        FROM live_gateways JOIN gateway_slots USING (id)
    )
    SELECT wanted.model
    FROM unnest(CAST(:wanted AS text[])) WITH ORDINALITY AS wanted (model, urgency)
    WHERE NOT EXISTS (SELECT FROM known WHERE wanted.model = ANY (known.models))
        AND :url = (
            SELECT url FROM known
            WHERE status IN ('UP', 'BUSY') AND NOT starts_with(url, :other)
            ORDER BY coalesce(pulling = wanted.model, false) DESC, free DESC, id
            LIMIT 1
        )
    ORDER BY urgency LIMIT 1
    """
)


@contextmanager
def pulling_alone(database: Database, *, url: str) -> Iterator[bool]:
    """Be the only worker that has this gateway fetch models, for as long as the block runs.

    Yields False when another is. A worker that dies, or loses its connection, is so no longer.
    """
    try:
        # Held by a transaction, which is all that a pooler leaves together. It looks at nothing,
        # so it keeps nobody from tidying up for as long as a pull takes.
        with database.engine.connect() as connection:
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            yield bool(connection.scalar(_TRY_LOCK, {"space": PULL_LOCK, "url": url}))
    except (DBAPIError, PoolTimeout) as error:
        raise Unavailable("the database does not answer; try again shortly") from error


_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(:space, hashtext(:url))")


def note_pull(
    connection: Connection, *, url: str, model: str | None, progress: str | None = None
) -> None:
    """Note which model a gateway fetches, and how far it is, or why it failed; None: no more."""
    connection.execute(
        text(
            """
            UPDATE gateways SET pulling = :model, pull_progress = :progress
            WHERE url = :url AND (pulling, pull_progress) IS DISTINCT FROM
                (CAST(:model AS text), CAST(:progress AS text))
            """
        ),
        {"url": url, "model": model, "progress": progress},
    )
