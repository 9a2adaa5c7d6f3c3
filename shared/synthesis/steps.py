"""The steps of runs: add, settle, give back, try again.

Locks are taken in one order: the row of the run, its steps, its claims in the order of their ids,
its job. A claim is the fence: who finds no row of it changes nothing, and whoever deletes it is
the only one who ever will.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, text

from shared.backoff import Backoff
from shared.synthesis import endings, progress
from shared.synthesis.claims import NOTE_WORK
from shared.synthesis.run import WAVES, RunState, StepKind
from shared.synthesis.step import NewStep, StepClaim

#: A step fails its run when it could not be done so often; what keeps it may pass, so it is tried
#: for some minutes.
MOST_ATTEMPTS = 20

#: What nobody has foreseen seldom passes.
MOST_BROKEN = 4

#: Before anything is read or written in earnest, somebody waits for an answer, and may have
#: mistyped a host or a password.
MOST_AT_FIRST = 5

#: The same for steps whose process was lost: of a worker that was killed, mostly, or one that they
#: themselves have brought down.
MOST_LOST = 40

#: Between two attempts, in seconds.
PAUSES = Backoff(first=1.0, longest=30.0)

#: Kept with a run, the first that came.
MOST_WARNINGS = 200


def lock_run(connection: Connection, number: int) -> RowMapping:
    """The row of a run, locked to the end of the transaction."""
    return connection.execute(_LOCK, {"number": number}).mappings().one()


def add(connection: Connection, *, run_number: int, steps: Sequence[NewStep]) -> None:
    """Add steps to a run whose row is locked; they wait until it is their wave's turn."""
    if not steps:
        return
    connection.execute(
        _ADD,
        {
            "number": run_number,
            "kinds": [step.kind.value for step in steps],
            "waves": [WAVES[step.kind] for step in steps],
            "parameters": [json.dumps(step.parameters) for step in steps],
        },
    )


def settle(
    connection: Connection,
    claim: StepClaim,
    *,
    result: Mapping[str, Any] | None = None,
    steps: Sequence[NewStep] = (),
    warnings: Sequence[str] = (),
    store: Callable[[Connection, RowMapping], None] | None = None,
) -> bool:
    """A step is done: store what came of it, and open what comes after it, or end the run.

    :param steps: what is to be done besides.
    :param store: stores what is not the step's own; gets the run, as it was.
    :returns: False where the claim is not ours any more, and nothing was changed.
    """
    run = lock_run(connection, claim.run_number)
    if not _let_go(connection, claim):
        return False
    connection.execute(
        _DONE,
        {
            "number": claim.run_number,
            "ordinal": claim.ordinal,
            "result": None if result is None else json.dumps(result),
        },
    )
    if store is not None:
        store(connection, run)
    add(connection, run_number=claim.run_number, steps=steps)
    warn(connection, run_number=claim.run_number, warnings=warnings)
    _count(connection, run, claim, result or {})
    advance(connection, run_number=claim.run_number)
    return True


def hold(
    connection: Connection,
    claim: StepClaim,
    *,
    result: Mapping[str, Any],
    warnings: Sequence[str] = (),
) -> bool:
    """A step has what later ones need of it, for as long as it keeps its claim.

    :returns: False where the claim is not ours any more.
    """
    lock_run(connection, claim.run_number)
    held = connection.execute(
        _HOLD,
        {
            "id": claim.id,
            "number": claim.run_number,
            "ordinal": claim.ordinal,
            "result": json.dumps(result),
        },
    ).rowcount
    if not held:
        return False
    warn(connection, run_number=claim.run_number, warnings=warnings)
    advance(connection, run_number=claim.run_number)
    return True


def try_again(
    connection: Connection,
    claim: StepClaim,
    *,
    reason: str,
    waiting: str,
    most: int = MOST_ATTEMPTS,
) -> bool:
    """A step could not be done, and may be later; after too many attempts its run fails.

    :param reason: for the run, where this was the last attempt.
    :param waiting: what its job waits for meanwhile.
    :param most: attempts in all.
    """
    lock_run(connection, claim.run_number)
    if not _let_go(connection, claim):
        return False
    first = WAVES[claim.kind] <= WAVES[StepKind.SCAN]
    if claim.attempts + 1 >= (min(most, MOST_AT_FIRST) if first else most):
        endings.fail(connection, run_number=claim.run_number, reason=reason, step=claim.kind)
        return True
    again = connection.execute(
        _AGAIN,
        {
            "number": claim.run_number,
            "ordinal": claim.ordinal,
            "pause": PAUSES.pause(claim.attempts),
            "waiting": waiting,
        },
    ).scalar_one()
    if again == StepKind.SNAPSHOT:
        # What it may have held for others is lost.
        connection.execute(_WAIT_AGAIN, {"number": claim.run_number})
    connection.execute(NOTE_WORK, {"number": claim.run_number})
    return True


def put_off(
    connection: Connection,
    claim: StepClaim,
    *,
    seconds: float,
    waiting: str,
    parameters: Mapping[str, Any],
) -> bool:
    """A step waits for work of others: it is looked at again after a while, as often as it takes.

    :param waiting: what its job waits for meanwhile.
    :param parameters: those of the step from now on.
    """
    lock_run(connection, claim.run_number)
    if not _let_go(connection, claim):
        return False
    connection.execute(
        _PUT_OFF,
        {
            "number": claim.run_number,
            "ordinal": claim.ordinal,
            "pause": seconds,
            "waiting": waiting,
            "parameters": json.dumps(parameters),
        },
    )
    connection.execute(NOTE_WORK, {"number": claim.run_number})
    return True


def refuse(connection: Connection, claim: StepClaim, *, reason: str) -> bool:
    """A step can never be done: its run fails."""
    lock_run(connection, claim.run_number)
    if not _let_go(connection, claim):
        return False
    endings.fail(connection, run_number=claim.run_number, reason=reason, step=claim.kind)
    return True


def give_back(
    connection: Connection,
    *,
    claims: Sequence[int],
    run_number: int,
    lost: bool = False,
    only_expired: bool = False,
    most_lost: int = MOST_LOST,
) -> int:
    """Return claimed steps of one run, as if they had never been claimed.

    What was held for others is lost with its claim, so these wait for it again.

    :param lost: count it: their worker died, or went silent. Too often, and the run fails.
    :returns: how many of the claims there still were.
    """
    lock_run(connection, run_number)
    gone = connection.execute(
        _GIVE_BACK,
        {"ids": list(claims), "number": run_number, "lost": lost, "only_expired": only_expired},
    ).all()
    if any(row.was_held for row in gone):
        connection.execute(_WAIT_AGAIN, {"number": run_number})
    worst = max((row for row in gone if row.attempts), key=lambda row: row.attempts, default=None)
    if lost and worst is not None and worst.attempts >= most_lost:
        endings.fail(
            connection,
            run_number=run_number,
            reason=f"the process of the step {worst.kind!r} was lost {worst.attempts} times; "
            "see the workers' logs, and whether they have enough memory",
            step=StepKind(worst.kind),
        )
    connection.execute(NOTE_WORK, {"number": run_number})
    return len(gone)


def warn(connection: Connection, *, run_number: int, warnings: Sequence[str]) -> None:
    """Add warnings to a run whose row is locked, and to its job; each is said once."""
    if warnings:
        connection.execute(
            _WARN, {"number": run_number, "warnings": list(warnings), "most": MOST_WARNINGS}
        )


def advance(connection: Connection, *, run_number: int) -> None:
    """Open the steps whose turn it is now, let go of what is held, or end the run."""
    wave = connection.scalar(_WAVE, {"number": run_number})
    if wave is None or wave > WAVES[StepKind.GENERATE]:
        connection.execute(_RELEASE, {"number": run_number})
    if wave is None:
        endings.conclude(connection, run_number=run_number)
        return
    connection.execute(_OPEN, {"number": run_number, "wave": wave})
    connection.execute(NOTE_WORK, {"number": run_number})


def _let_go(connection: Connection, claim: StepClaim) -> bool:
    """Delete a claim; whether it was still ours."""
    row = connection.execute(_DELETE, {"id": claim.id}).one_or_none()
    return row is not None and not row.closing


def _count(
    connection: Connection, run: RowMapping, claim: StepClaim, result: Mapping[str, Any]
) -> None:
    """Note how far the run is, where a client sees it."""
    if not RunState(run["state"]).is_open:
        return
    summary = run["summary"]
    if claim.kind == StepKind.GENERATE:
        summary = progress.with_block(
            summary, table=claim.parameters.get("table", ""), written=result.get("written", 0)
        )
        connection.execute(_SUMMARIZE, {"number": claim.run_number, "summary": json.dumps(summary)})
    connection.execute(
        _PROGRESS,
        {"id": run["id"], "percent": progress.percent(summary, done=claim.kind)},
    )


_LOCK = text(
    """
    SELECT number, id, engine_number, type, state, settings, request, summary, reason, warnings,
        ended_at
    FROM runs WHERE number = :number FOR NO KEY UPDATE
    """
)

_ADD = text(
    """
    INSERT INTO steps (run_number, ordinal, kind, wave, parameters, state)
    SELECT :number, last.ordinal + place, kind, wave, CAST(parameters AS jsonb), 'WAITING'
    FROM unnest(
        CAST(:kinds AS text[]), CAST(:waves AS integer[]), CAST(:parameters AS text[])
    ) WITH ORDINALITY AS new (kind, wave, parameters, place), (
        SELECT coalesce(max(ordinal), -1) AS ordinal FROM steps WHERE run_number = :number
    ) AS last
    """
)

_DELETE = text("DELETE FROM step_claims WHERE id = :id RETURNING closing")

_DONE = text(
    """
    UPDATE steps SET state = 'DONE', result = CAST(:result AS jsonb), not_before = NULL
    WHERE run_number = :number AND ordinal = :ordinal
    """
)

_HOLD = text(
    """
    UPDATE steps SET state = 'HELD', result = CAST(:result AS jsonb), not_before = NULL
    WHERE run_number = :number AND ordinal = :ordinal AND EXISTS (
        SELECT FROM step_claims WHERE id = :id AND NOT closing
    )
    """
)

_AGAIN = text(
    """
    UPDATE steps SET state = 'OPEN', attempts = attempts + 1,
        not_before = clock_timestamp() + :pause * interval '1 second',
        result = jsonb_build_object('waiting', CAST(:waiting AS text))
    WHERE run_number = :number AND ordinal = :ordinal
    RETURNING kind
    """
)

_PUT_OFF = text(
    """
    UPDATE steps SET state = 'OPEN', attempts = 0, parameters = CAST(:parameters AS jsonb),
        not_before = clock_timestamp() + :pause * interval '1 second',
        result = jsonb_build_object('waiting', CAST(:waiting AS text))
    WHERE run_number = :number AND ordinal = :ordinal
    """
)

# Those of a run that is over are not done any more, and stay as they are.
_GIVE_BACK = text(
    """
    WITH theirs AS MATERIALIZED (
        SELECT id, step_ordinal FROM step_claims
        WHERE id = ANY (:ids) AND run_number = :number
            AND (NOT :only_expired OR lease_until < clock_timestamp())
        ORDER BY id FOR UPDATE
    ), gone AS (
        DELETE FROM step_claims WHERE id IN (SELECT id FROM theirs)
        RETURNING id, step_ordinal
    ), before AS MATERIALIZED (
        SELECT s.ordinal, s.kind, s.state FROM steps s JOIN gone ON s.ordinal = step_ordinal
        WHERE s.run_number = :number
    ), back AS (
        UPDATE steps SET state = 'OPEN', attempts = attempts + CAST(:lost AS integer)
        WHERE run_number = :number AND state IN ('CLAIMED', 'HELD')
            AND ordinal IN (SELECT step_ordinal FROM gone)
        RETURNING ordinal, attempts
    )
    SELECT before.kind, before.state = 'HELD' AS was_held, back.attempts
    FROM gone JOIN before ON before.ordinal = step_ordinal
    LEFT JOIN back ON back.ordinal = step_ordinal
    """
)

_WAIT_AGAIN = text(
    """
    UPDATE steps SET state = 'WAITING'
    WHERE run_number = :number AND state = 'OPEN' AND wave > (
        SELECT min(wave) FROM steps WHERE run_number = :number AND state = 'OPEN'
    )
    """
)

_WARN = text(
    """
    WITH new AS (
        SELECT array_agg(warning ORDER BY place) AS warnings FROM (
            SELECT warning, min(place) AS place
            FROM unnest(CAST(:warnings AS text[])) WITH ORDINALITY AS given (warning, place)
            WHERE warning <> ALL ((SELECT warnings FROM runs WHERE number = :number)::text[])
            GROUP BY warning
        ) AS unsaid
    ), run AS (
        UPDATE runs SET warnings = (runs.warnings || new.warnings)[1:CAST(:most AS integer)]
        FROM new WHERE number = :number AND new.warnings IS NOT NULL
        RETURNING id, runs.warnings
    )
    UPDATE jobs SET warning = array_to_string(run.warnings, ' '), update_time = clock_timestamp()
    FROM run WHERE jobs.operation_id = run.id
    """
)

_WAVE = text(
    """
    SELECT min(wave) FROM steps
    WHERE run_number = :number AND state IN ('WAITING', 'OPEN', 'CLAIMED')
    """
)

_OPEN = text(
    """
    UPDATE steps SET state = 'OPEN'
    WHERE run_number = :number AND wave = :wave AND state = 'WAITING'
    """
)

_RELEASE = text(
    """
    WITH over AS (
        UPDATE steps SET state = 'DONE' WHERE run_number = :number AND state = 'HELD'
        RETURNING ordinal
    )
    DELETE FROM step_claims
    WHERE run_number = :number AND step_ordinal IN (SELECT ordinal FROM over)
    """
)

_SUMMARIZE = text(
    """
    UPDATE runs SET summary = CAST(:summary AS jsonb), updated_at = clock_timestamp()
    WHERE number = :number
    """
)

# It only ever grows, since it is by time that people read it.
_PROGRESS = text(
    """
    UPDATE jobs SET percent_complete = :percent, update_time = clock_timestamp()
    WHERE operation_id = :id AND coalesce(percent_complete, 0) < :percent
    """
)
