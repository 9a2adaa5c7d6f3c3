"""How an operation ends: the one place where that is written down."""

from __future__ import annotations

from sqlalchemy import Connection, text

#: PostgreSQL could store later times, but RFC 3339 has four digits for the year.
LAST_MOMENT = "9999-12-31T23:59:59.999Z"


def end_operation(
    connection: Connection, *, number: int, status: str, reason: str | None, job_status: str
) -> None:
    """End an operation whose row is locked by the caller, and its job.

    Its batches are closing: what their workers bring after this is not settled any more, but
    they hold their slots until the workers have let go. The retention time runs from now.
    """
    parameters = {
        "number": number,
        "status": status,
        "reason": reason,
        "job_status": job_status,
        "last": LAST_MOMENT,
    }
    connection.execute(
        text("UPDATE batches SET closing = true WHERE operation_number = :number"), parameters
    )
    connection.execute(
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
            """
        ),
        parameters,
    )
    connection.execute(
        text(
            """
            UPDATE jobs SET status = :job_status, error_details = :reason, update_time = now()
            WHERE operation_id = (SELECT id FROM operations WHERE number = :number)
            """
        ),
        parameters,
    )
