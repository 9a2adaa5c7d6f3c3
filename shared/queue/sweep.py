"""What a timer puts right. Each function is harmless when two sweepers run it at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import TextClause, text

from shared.db.engine import Database
from shared.queue.leases import give_back

#: Rows removed in one transaction; keeps locks and the write-ahead log in small pieces.
CHUNK = 10_000


def return_expired_leases(database: Database, *, lease_seconds: float = 0.0) -> int:
    """Return the batches whose lease has run out; one transaction for each operation.

    :param lease_seconds: how long a lease is. A server that has come up more recently has kept
        workers from renewing theirs, so nothing is taken from anybody yet.
    """
    return _give_back(database, _EXPIRED, {"lease": lease_seconds}, only_expired=True)


def return_leases_of(database: Database, *, worker: str, lost: bool = True) -> int:
    """Return what a worker's predecessor of the same name left behind when it was killed.

    Spares waiting for the leases. Safe even if the predecessor lives: its batches are fenced.

    :param lost: count them as lost prompts; False for a worker that stops in good order.
    """
    return _give_back(database, _OF_WORKER, {"worker": worker}, lost=lost)


_EXPIRED = text(
    """
    SELECT operation_number, array_agg(id) AS batches FROM batches
    WHERE lease_until < clock_timestamp()
        AND pg_postmaster_start_time() < clock_timestamp() - :lease * interval '1 second'
    GROUP BY operation_number
    """
)

_OF_WORKER = text(
    """
    SELECT operation_number, array_agg(id) AS batches FROM batches
    WHERE worker = :worker GROUP BY operation_number
    """
)


def _give_back(
    database: Database,
    which: TextClause,
    parameters: Mapping[str, Any],
    *,
    lost: bool = True,
    only_expired: bool = False,
) -> int:
    with database.transaction() as connection:
        rows = connection.execute(which, parameters).all()
    returned = 0
    for row in rows:
        with database.transaction() as connection:
            returned += give_back(
                connection,
                batches=row.batches,
                operation_number=row.operation_number,
                lost=lost,
                only_expired=only_expired,
            )
    return returned


def expire(database: Database) -> int:
    """Mark the operations whose retention is over as deleted; return how many."""
    with database.transaction() as connection:
        return connection.execute(
            text(
                """
                UPDATE operations SET deleted_at = now()
                WHERE expiration_time <= now() AND deleted_at IS NULL
                """
            )
        ).rowcount


def remove_deleted(database: Database) -> int:
    """Remove what deleted operations left, a chunk of values at a time; return the operations.

    The operation itself goes last, and only when nothing of it is left: who finds it finds the
    rest, however often this was interrupted. Prompts that still run keep it for that long.
    """
    with database.transaction() as connection:
        numbers = list(
            connection.execute(
                text("SELECT number FROM operations WHERE deleted_at IS NOT NULL LIMIT 100")
            ).scalars()
        )
    return sum(_remove(database, number) for number in numbers)


def _remove(database: Database, number: int) -> int:
    """Remove one operation; 1 when it is gone."""
    parameters = {"number": number, "chunk": CHUNK}
    left = 1
    while left:
        with database.transaction() as connection:
            left = connection.execute(_REMOVE_VALUES, parameters).rowcount
    with database.transaction() as connection:
        connection.execute(_REMOVE_REPEATS, parameters)
        connection.execute(_REMOVE_OUTCOMES, parameters)
        connection.execute(_REMOVE_CELLS, parameters)
        return connection.execute(_REMOVE_OPERATION, parameters).rowcount


# By a range of positions, which is a range of the primary key: a plan that needs no statistics.
_REMOVE_VALUES = text(
    """
    DELETE FROM operation_values
    WHERE operation_number = :number AND position < :chunk + (
        SELECT min(position) FROM operation_values WHERE operation_number = :number
    )
    """
)

_REMOVE_REPEATS = text("DELETE FROM repeats WHERE operation_number = :number")

_REMOVE_OUTCOMES = text("DELETE FROM outcomes WHERE operation_number = :number")

_REMOVE_CELLS = text(
    """
    DELETE FROM cells WHERE operation_number = :number
        AND NOT EXISTS (SELECT FROM batches WHERE operation_number = :number)
    """
)

_REMOVE_OPERATION = text(
    """
    DELETE FROM operations WHERE number = :number AND deleted_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM batches WHERE operation_number = :number)
        AND NOT EXISTS (SELECT FROM cells WHERE operation_number = :number)
        AND NOT EXISTS (SELECT FROM operation_values WHERE operation_number = :number)
    """
)


def wanted_wakeups(database: Database) -> int:
    """Free slots that have work waiting: how many workers could start a prompt now."""
    with database.transaction() as connection:
        return int(
            connection.scalar(
                text(
                    """
                    SELECT least(
                        (SELECT coalesce(sum(greatest(free, 0)), 0) FROM (
                            SELECT least(g.max_concurrent_tasks, g.level) - count(b.id) AS free
                            FROM gateways g
                            LEFT JOIN batches b ON b.gateway_id = g.id AND NOT b.let_go
                            WHERE g.status IN ('UP', 'BUSY')
                                AND coalesce(g.busy_until, '-infinity') <= clock_timestamp()
                                AND g.seen_at > now() - interval '1 minute'
                            GROUP BY g.id
                        ) AS slots),
                        (SELECT coalesce(sum(open_count), 0) FROM (
                            SELECT open_count FROM operations WHERE has_work LIMIT 100
                        ) AS work)
                    )
                    """
                )
            )
            or 0
        )
