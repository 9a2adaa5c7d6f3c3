"""Gateways: the model servers, and how the workers last found them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, text

from shared.settings import GatewaySettings


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
    status: str,
    reason: str | None = None,
    models: Sequence[str] | None = None,
    pause: float = 0.0,
) -> None:
    """Say how a gateway was found: ``UP``, ``BUSY`` or ``DOWN``, and the models that it has.

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
                SELECT coalesce(sum(max_concurrent_tasks), 0) FROM gateways
                WHERE seen_at > now() - interval '1 minute'
                """
            )
        )
        or 0
    )


def read_all(connection: Connection) -> Sequence[RowMapping]:
    """The gateways that a worker has looked at within the last minute, by address."""
    rows = connection.execute(
        text("SELECT * FROM gateways WHERE seen_at > now() - interval '1 minute' ORDER BY url")
    )
    return rows.mappings().all()
