"""How an operation ends: the one place where that is written down."""

from __future__ import annotations

import uuid

from sqlalchemy import Connection, text

from shared.generation.operation import OperationState
from shared.queue import jobs
from shared.queue.job import JobState

#: PostgreSQL could store later times, but RFC 3339 has four digits for the year.
LAST_MOMENT = "9999-12-31T23:59:59.999Z"

#: What clients read of an operation that they ended.
REASONS = {
    JobState.CANCELED: "The operation was cancelled before it had all values; those made until "
    "then are kept.",
    JobState.ABANDONED: "The job was abandoned before it had all values; those made until then "
    "are kept.",
}


def end_for_client(connection: Connection, *, operation_id: uuid.UUID, state: JobState) -> bool:
    """End an operation that a client does not want any more; False when it had ended before."""
    row = connection.execute(
        text("SELECT number, end_time FROM operations WHERE id = :id FOR NO KEY UPDATE"),
        {"id": operation_id},
    ).one_or_none()
    if row is None or row.end_time is not None:
        return False
    end_operation(
        connection,
        number=row.number,
        status=OperationState.FAILED,
        reason=REASONS[state],
        job_status=state,
    )
    return True


def end_operation(
    connection: Connection,
    *,
    number: int,
    status: OperationState,
    reason: str | None,
    job_status: JobState,
) -> None:
    """End an operation whose row is locked by the caller, and its job.

    Its batches are closing: what their workers bring after this is not settled any more, but
    they hold their slots until the workers have let go. The retention time runs from now.
    """
    connection.execute(
        text(
            """
            WITH theirs AS MATERIALIZED (
                SELECT id FROM batches WHERE operation_number = :number
                ORDER BY id FOR NO KEY UPDATE
            )
            UPDATE batches SET closing = true WHERE id IN (SELECT id FROM theirs)
            """
        ),
        {"number": number},
    )
    operation_id: uuid.UUID = connection.execute(
        text(
            """
            UPDATE operations SET
                status = :status,
                failure_reason = :reason,
                update_time = now(),
                end_time = now(),
                -- Compared in seconds first: an int64 of them is more than an interval holds.
                expiration_time = CASE
                    WHEN retention_time > extract(epoch FROM CAST(:last AS timestamptz) - now())
                    THEN CAST(:last AS timestamptz)
                    ELSE now() + retention_time * interval '1 second'
                END
            WHERE number = :number
            RETURNING id
            """
        ),
        {"number": number, "status": status, "reason": reason, "last": LAST_MOMENT},
    ).scalar_one()
    jobs.end(connection, target_id=operation_id, state=job_status, reason=reason)
