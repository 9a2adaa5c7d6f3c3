"""Claim a step: the most urgent that can be done now, with a lease.

A step needs no slot of a model server. How many processes an engine may have at once over all
workers is its setting ``n_parallel_pipeline_processes``; one that only holds a view of the source
is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, text

from shared.queue import jobs
from shared.synthesis.run import RunState, RunType, StepKind
from shared.synthesis.step import StepClaim

#: Runs that may end one after another while a claim waits for them, before it gives up.
MOST_GONE = 100

#: Whether there is any step to claim, as SQL: to be asked along with something else.
ANY_OPEN = "EXISTS (SELECT FROM steps WHERE state = 'OPEN')"


@dataclass(kw_only=True)
class StepOffer:
    """What a worker could do of steps now; see ``shared.queue.claims.Offer``.

    :param room: how many more processes it may have.
    """

    worker: str
    lease_seconds: float
    room: int

    def most_urgent(self, connection: Connection) -> _Candidate | None:
        """The next step of the most urgent run, with the run's row locked."""
        parameters = {"room": self.room > 0}
        # A statement of its own, again while there is work: a run that ended while its lock was
        # waited for comes back as no row, though others have some.
        for _ in range(MOST_GONE):
            row = connection.execute(_MOST_URGENT, parameters).mappings().one_or_none()
            if row is not None:
                return _Candidate(offer=self, row=row)
            if not connection.scalar(_HAS_NEXT, parameters):
                break
        return None


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    offer: StepOffer
    row: RowMapping

    @property
    def urgency(self) -> tuple[int, int]:
        return self.row["priority"], -self.row["job_number"]

    def take(self, connection: Connection) -> StepClaim | None:
        """Write the claim; None where the step went before the run was locked."""
        found, offer = self.row, self.offer
        taken = connection.execute(
            _TAKE,
            {
                "number": found["number"],
                "ordinal": found["ordinal"],
                "worker": offer.worker,
                "lease": offer.lease_seconds,
            },
        ).one_or_none()
        if taken is None:
            return None
        if found["state"] == RunState.STARTED:
            connection.execute(_START, {"number": found["number"]})
            jobs.start(connection, target_id=found["id"])
        connection.execute(NOTE_WORK, {"number": found["number"]})
        kind = StepKind(found["kind"])
        if kind != StepKind.SNAPSHOT:
            offer.room -= 1
        return StepClaim(
            id=taken.id,
            run_number=found["number"],
            run_id=found["id"],
            run_type=RunType(found["type"]),
            engine_number=found["engine_number"],
            ordinal=found["ordinal"],
            kind=kind,
            parameters=taken.parameters,
            settings=found["settings"],
            attempts=taken.attempts,
            trace_id=found["trace_id"],
        )


# Steps of one engine at a time are of one run: those of a run that has just ended may still be
# under way, and what is repaired is repaired when nobody else is there.
CLAIMABLE = """
    SELECT r.number, s.ordinal, s.kind, j.priority, j.number AS job_number, s.open, p.free
    FROM runs r
    JOIN jobs j ON j.operation_id = r.id
    CROSS JOIN LATERAL (
        SELECT ordinal, kind, count(*) OVER () AS open FROM (
            SELECT ordinal, kind FROM steps
            WHERE run_number = r.number AND state = 'OPEN'
                AND coalesce(not_before, '-infinity') <= clock_timestamp()
                AND (:room OR kind = 'snapshot')
            ORDER BY ordinal LIMIT 100
        ) AS first
        ORDER BY ordinal LIMIT 1
    ) s
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN s.kind = 'repair' THEN 1 - count(*)
            WHEN s.kind = 'snapshot' THEN 1
            ELSE coalesce(CAST(r.settings ->> 'n_parallel_pipeline_processes' AS integer), 1)
                - count(*) FILTER (WHERE under_way.kind <> 'snapshot')
        END AS free
        FROM step_claims c JOIN steps under_way
            ON (under_way.run_number, under_way.ordinal) = (c.run_number, c.step_ordinal)
        WHERE c.run_number = r.number
    ) p
    WHERE r.ended_at IS NULL AND p.free > 0 AND NOT EXISTS (
        SELECT FROM step_claims c JOIN runs o ON o.number = c.run_number
        WHERE o.engine_number = r.engine_number AND o.number <> r.number
    )
"""
_NEXT = f"""
    WITH next AS MATERIALIZED (
        {CLAIMABLE} ORDER BY j.priority DESC, j.number LIMIT 1
    )
"""
_HAS_NEXT = text(f"{_NEXT} SELECT EXISTS (SELECT FROM next)")  # noqa: S608 - a constant
_MOST_URGENT = text(
    f"""
    {_NEXT}, urgent AS MATERIALIZED (
        SELECT r.* FROM runs r JOIN next USING (number)
        WHERE r.ended_at IS NULL
        FOR NO KEY UPDATE OF r
    )
    SELECT u.number, u.id, u.type, u.state, u.engine_number, u.settings,
        n.ordinal, n.kind, n.priority,
        n.job_number, j.trace_id
    FROM urgent u JOIN next n USING (number) JOIN jobs j ON j.operation_id = u.id
    """  # noqa: S608 - a constant
)

_TAKE = text(
    """
    WITH step AS (
        UPDATE steps SET state = 'CLAIMED'
        WHERE run_number = :number AND ordinal = :ordinal AND state = 'OPEN'
        RETURNING parameters, attempts
    ), claim AS (
        INSERT INTO step_claims (run_number, step_ordinal, worker, lease_until)
        SELECT :number, :ordinal, :worker, clock_timestamp() + :lease * interval '1 second'
        FROM step
        RETURNING id
    )
    SELECT claim.id, step.parameters, step.attempts FROM claim, step
    """
)

_START = text(
    """
    UPDATE runs SET state = 'IN_PROGRESS', updated_at = clock_timestamp() WHERE number = :number
    """
)

#: Whether a run's job has work, after its steps have changed.
NOTE_WORK = text(
    """
    UPDATE jobs SET has_work = found.has_work, update_time = clock_timestamp()
    FROM (
        SELECT r.id, r.state IN ('STARTED', 'IN_PROGRESS') AND EXISTS (
            SELECT FROM steps WHERE run_number = r.number AND state = 'OPEN'
        ) AS has_work FROM runs r WHERE r.number = :number
    ) AS found
    WHERE jobs.operation_id = found.id AND jobs.has_work <> found.has_work
    """
)
