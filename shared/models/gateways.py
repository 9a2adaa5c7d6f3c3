"""Gateways: the model servers, and how the workers last found them.

Several workers may look at one gateway, each from where it stands. What one has reached is up;
it is down when nobody has reached it for a while. A worker that cannot reach it leaves it alone
by itself, and does not keep the others from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from shared.db.schema import live_gateways
from shared.models.gateway import Gateway, GatewayState
from shared.settings import GatewaySettings


@dataclass(frozen=True)
class LevelNow:
    """Prompts at once that a gateway is thought to bear, and that it may have at most."""

    level: int
    most: int


def register(connection: Connection, gateways: Sequence[GatewaySettings]) -> None:
    """Make the gateways that a worker may use known, with their limits."""
    for gateway in sorted(gateways, key=lambda each: each.url):
        connection.execute(
            text(
                """
                INSERT INTO gateways (url, max_concurrent_tasks)
                VALUES (:url, :slots)
                ON CONFLICT (url) DO UPDATE
                SET max_concurrent_tasks = excluded.max_concurrent_tasks, seen_at = now()
                """
            ),
            {"url": gateway.url, "slots": gateway.max_concurrent_tasks},
        )


def report(
    connection: Connection,
    *,
    url: str,
    status: GatewayState,
    reason: str | None = None,
    models: Sequence[str] | None = None,
    pause: float = 0.0,
) -> None:
    """Say how a gateway took a prompt: ``UP``, ``BUSY`` or ``DOWN``.

    :param models: the models that it has, where that was learned too.
    :param pause: seconds for which it shall get no prompts.

    Writes nothing when nothing changed, since each prompt may report.
    """
    connection.execute(
        text(
            """
            UPDATE gateways SET
                status = :status,
                status_reason = :reason,
                models = coalesce(CAST(:models AS text[]), models),
                seen_at = now(),
                busy_until = CASE
                    WHEN :pause > 0 THEN clock_timestamp() + :pause * interval '1 second'
                END,
                last_status_change_time =
                    CASE WHEN status = :status THEN last_status_change_time ELSE now() END
            WHERE url = :url AND (
                status <> :status
                OR :pause > 0
                OR status_reason IS DISTINCT FROM :reason
                OR models <> coalesce(CAST(:models AS text[]), models)
                OR seen_at < now() - interval '10 seconds'
            )
            """
        ),
        {
            "url": url,
            "status": status,
            "reason": reason,
            "models": None if models is None else list(models),
            "pause": pause,
        },
    )


def reached(
    connection: Connection, *, url: str, models: Sequence[str], loaded: Sequence[str] | None
) -> LevelNow | None:
    """Note that a worker has just looked at a gateway, and what it has; return its level.

    One that has turned prompts down stays busy for as long as it asked for, and a little longer,
    so that it does not change with every prompt.

    :param loaded: the models in its memory; None where it does not tell.
    :returns: None when there is no such gateway any more.
    """
    row = connection.execute(
        _REACHED,
        {
            "url": url,
            "models": list(models),
            "loaded": None if loaded is None else list(loaded),
        },
    ).one_or_none()
    return None if row is None else LevelNow(*row)


_REACHED = text(
    """
    WITH found AS (
        SELECT id, status = 'BUSY' AND busy_until > clock_timestamp() - interval '5 seconds'
            AS still_busy
        FROM gateways WHERE url = :url
    )
    UPDATE gateways SET
        status = CASE WHEN still_busy THEN 'BUSY' ELSE 'UP' END,
        status_reason = CASE WHEN still_busy THEN status_reason END,
        busy_until = CASE WHEN busy_until > clock_timestamp() THEN busy_until END,
        models = :models,
        loaded = coalesce(CAST(:loaded AS text[]), '{}'),
        seen_at = now(),
        last_status_change_time = CASE
            WHEN status = CASE WHEN still_busy THEN 'BUSY' ELSE 'UP' END
            THEN last_status_change_time ELSE now()
        END
    FROM found WHERE gateways.id = found.id
    RETURNING least(coalesce(level, max_concurrent_tasks), max_concurrent_tasks),
        max_concurrent_tasks
    """
)


def lost(connection: Connection, *, url: str, reason: str, grace: float) -> None:
    """Note that a worker could not reach a gateway.

    It is down when nobody has reached it for ``grace`` seconds.
    """
    connection.execute(
        text(
            """
            UPDATE gateways SET
                status = 'DOWN',
                status_reason = :reason,
                loaded = '{}',
                seen_at = now(),
                last_status_change_time =
                    CASE WHEN status = 'DOWN' THEN last_status_change_time ELSE now() END
            WHERE url = :url AND CASE WHEN status = 'DOWN'
                THEN status_reason IS DISTINCT FROM :reason
                    OR seen_at < now() - interval '10 seconds'
                ELSE status = 'UNKNOWN' OR seen_at < now() - :grace * interval '1 second'
            END
            """
        ),
        {"url": url, "reason": reason, "grace": grace},
    )


def pause(connection: Connection, *, url: str, seconds: float) -> None:
    """Let a gateway have no prompts for a moment."""
    connection.execute(
        text(
            """
            UPDATE gateways SET busy_until = greatest(
                busy_until, clock_timestamp() + :seconds * interval '1 second')
            WHERE url = :url
            """
        ),
        {"url": url, "seconds": seconds},
    )


def set_level(connection: Connection, *, url: str, seen: int, wanted: int) -> LevelNow | None:
    """Raise or lower the level of a gateway; return how it then is.

    It is lowered only where it is still as it was ``seen``, so that workers who notice the same
    trouble lower it once. Each who raises it raises it.
    """
    row = connection.execute(_SET_LEVEL, {"url": url, "seen": seen, "wanted": wanted}).one_or_none()
    return None if row is None else LevelNow(*row)


_SET_LEVEL = text(
    """
    WITH found AS MATERIALIZED (
        SELECT id, max_concurrent_tasks AS most,
            least(coalesce(level, max_concurrent_tasks), max_concurrent_tasks) AS now
        FROM gateways WHERE url = :url
        FOR NO KEY UPDATE
    ), decided AS (
        SELECT id, most, CASE
            WHEN CAST(:wanted AS integer) > CAST(:seen AS integer)
            THEN least(most, greatest(now + 1, CAST(:wanted AS integer)))
            WHEN now = CAST(:seen AS integer) THEN greatest(1, CAST(:wanted AS integer))
            ELSE now
        END AS level
        FROM found
    )
    UPDATE gateways SET level = nullif(decided.level, decided.most)
    FROM decided WHERE gateways.id = decided.id
    RETURNING decided.level, decided.most
    """
)


def forget_model(connection: Connection, *, url: str, model: str) -> None:
    """Note that a gateway turned out not to have a model; the next probe corrects this."""
    connection.execute(
        text(
            """
            UPDATE gateways SET models = array_remove(models, :model)
            WHERE url = :url AND :model = ANY (models)
            """
        ),
        {"url": url, "model": model},
    )


def total_slots(connection: Connection) -> int:
    """Prompts that all known gateways together may work on at once."""
    return int(
        connection.scalar(
            text(
                """
                SELECT coalesce(sum(max_concurrent_tasks), 0) FROM live_gateways
                """
            )
        )
        or 0
    )


def read_live(connection: Connection) -> list[Gateway]:
    """The gateways that a worker has looked at within the last minute, by address."""
    rows = connection.execute(select(live_gateways).order_by(live_gateways.c.url))
    return [Gateway.from_row(row) for row in rows.mappings()]
