"""How a run ends: the one place where that is written down.

What was taken away from a target is put back whatever the end: a run that has failed, or that a
client ended, gets one more step for it, and is over only after that one. An engine does one thing
at a time, so nothing else begins before.
"""

from __future__ import annotations

import json
import uuid

from sqlalchemy import Connection, text

from shared.queue import jobs
from shared.queue.job import JobState
from shared.synthesis.claims import NOTE_WORK
from shared.synthesis.run import JOB_STATES, WAVES, RunState, StepKind

#: What clients read of a run that they ended.
REASONS = {
    JobState.CANCELED: "The run was cancelled before its end; the target is not complete.",
    JobState.ABANDONED: "The job was abandoned before its end; the target is not complete.",
}

#: Statements that are shown where they could not be executed.
MOST_SHOWN = 200


def end_for_client(connection: Connection, *, run_id: uuid.UUID, state: JobState) -> bool:
    """End a run that a client does not want any more; False when it had ended before.

    The run and its job have ended then. Where something is to be put back in the target, a step
    for it is left, and the engine is not free before it is done.
    """
    row = connection.execute(
        text("SELECT number, state FROM runs WHERE id = :id FOR NO KEY UPDATE"), {"id": run_id}
    ).one_or_none()
    if row is None or not RunState(row.state).is_open:
        return False
    _drop_steps(connection, row.number)
    connection.execute(
        text(
            """
            UPDATE runs SET state = 'REVOKED', reason = :reason, updated_at = clock_timestamp()
            WHERE number = :number
            """
        ),
        {"number": row.number, "reason": REASONS[state]},
    )
    jobs.end(connection, target_id=run_id, state=state, reason=REASONS[state])
    if not _add_repair(connection, row.number):
        _close(connection, row.number)
    return True


def fail(connection: Connection, *, run_number: int, reason: str, step: StepKind) -> None:
    """End a run, whose row is locked, that cannot be done.

    :param step: what could not be done. Where that is to repair, nothing more is tried, and the
        run says with which statements a person can.
    """
    _drop_steps(connection, run_number)
    if step == StepKind.REPAIR:
        reason = _with_statements(connection, run_number, reason)
    elif _add_repair(connection, run_number):
        connection.execute(
            text("UPDATE runs SET reason = :reason WHERE number = :number"),
            {"number": run_number, "reason": reason},
        )
        connection.execute(NOTE_WORK, {"number": run_number})
        return
    _end(connection, run_number, state=RunState.FAILURE, reason=reason)


def conclude(connection: Connection, *, run_number: int) -> None:
    """End a run, whose row is locked, of which nothing is left to do."""
    reason = connection.scalar(
        text("SELECT reason FROM runs WHERE number = :number"), {"number": run_number}
    )
    state = RunState.SUCCESS if reason is None else RunState.FAILURE
    _end(connection, run_number, state=state, reason=reason)


def _end(connection: Connection, number: int, *, state: RunState, reason: str | None) -> None:
    """Set the state of a run that has none yet, and close it."""
    run_id = connection.execute(
        text(
            """
            UPDATE runs SET state = :state, reason = :reason
            WHERE number = :number AND state IN ('STARTED', 'IN_PROGRESS')
            RETURNING id
            """
        ),
        {"number": number, "state": state, "reason": reason},
    ).scalar_one_or_none()
    if run_id is not None:
        jobs.end(connection, target_id=run_id, state=JOB_STATES[state], reason=reason)
        if state == RunState.SUCCESS:
            connection.execute(
                text("UPDATE jobs SET percent_complete = 100 WHERE operation_id = :id"),
                {"id": run_id},
            )
    elif reason is not None:
        # A client had ended it, and what was to be put back could not be.
        connection.execute(
            text("UPDATE runs SET reason = :reason WHERE number = :number"),
            {"number": number, "reason": reason},
        )
        connection.execute(
            text(
                """
                UPDATE jobs SET error_details = :reason, update_time = clock_timestamp()
                WHERE operation_id = (SELECT id FROM runs WHERE number = :number)
                """
            ),
            {"number": number, "reason": reason},
        )
    _close(connection, number)


def _close(connection: Connection, number: int) -> None:
    connection.execute(
        text(
            """
            UPDATE runs SET ended_at = clock_timestamp(), updated_at = clock_timestamp()
            WHERE number = :number
            """
        ),
        {"number": number},
    )


def _drop_steps(connection: Connection, number: int) -> None:
    """Do no more steps of a run; the processes of those under way are told by the heartbeat."""
    connection.execute(
        text(
            """
            UPDATE steps SET state = 'DROPPED'
            WHERE run_number = :number AND state IN ('WAITING', 'OPEN', 'CLAIMED', 'HELD')
            """
        ),
        {"number": number},
    )
    connection.execute(
        text(
            """
            WITH theirs AS MATERIALIZED (
                SELECT id FROM step_claims WHERE run_number = :number ORDER BY id FOR NO KEY UPDATE
            )
            UPDATE step_claims SET closing = true WHERE id IN (SELECT id FROM theirs)
            """
        ),
        {"number": number},
    )


def _add_repair(connection: Connection, number: int) -> bool:
    """Add the step that puts back what was taken away; False where nothing was."""
    return bool(
        connection.execute(
            text(
                """
                INSERT INTO steps (run_number, ordinal, kind, wave, parameters, state)
                SELECT :number, 1 + max(ordinal), :kind, :wave, CAST(:parameters AS jsonb), 'OPEN'
                FROM steps WHERE run_number = :number
                HAVING EXISTS (
                    SELECT FROM repairs
                    WHERE done_at IS NULL AND engine_number = (
                        SELECT engine_number FROM runs WHERE number = :number
                    )
                )
                """
            ),
            {
                "number": number,
                "kind": StepKind.REPAIR,
                "wave": WAVES[StepKind.REPAIR],
                "parameters": json.dumps({}),
            },
        ).rowcount
    )


def _with_statements(connection: Connection, number: int, reason: str) -> str:
    run = connection.execute(
        text("SELECT engine_number, reason FROM runs WHERE number = :number"), {"number": number}
    ).one()
    statements = list(
        connection.execute(
            text(
                """
                SELECT statement FROM repairs
                WHERE engine_number = :engine AND done_at IS NULL ORDER BY ordinal LIMIT :most
                """
            ),
            {"engine": run.engine_number, "most": MOST_SHOWN},
        ).scalars()
    )
    if not statements:
        return f"{run.reason} {reason}" if run.reason else reason
    said = [
        *([run.reason] if run.reason else []),
        f"What was taken away from the target could not be put back: {reason}",
        "These statements do it:",
        *(statement.rstrip().removesuffix(";") + ";" for statement in statements),
    ]
    return "\n".join(said)
