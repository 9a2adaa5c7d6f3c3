"""Synthesis, as the queue sees it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from shared.db.engine import Database
from shared.queue.job import JobState
from shared.queue.products import Leased
from shared.synthesis import removal
from shared.synthesis.claims import CLAIMABLE
from shared.synthesis.endings import end_for_client
from shared.synthesis.run import JOB_TYPE
from shared.synthesis.steps import MOST_LOST, give_back

STEPS = Leased(table="step_claims", owner="run_number")


@dataclass(frozen=True, kw_only=True)
class Synthesis:
    """The product of safe copies; see ``shared.queue.products.Product`` for its methods."""

    #: A run fails when the process of one of its steps was lost so often.
    most_lost: int = MOST_LOST
    job_type: str = JOB_TYPE
    leased: Leased = STEPS

    def end(self, connection: Connection, *, target_id: uuid.UUID, state: JobState) -> bool:
        """End a run; what it took away from the target is put back."""
        return end_for_client(connection, run_id=target_id, state=state)

    def give_back(
        self,
        connection: Connection,
        *,
        owner: int,
        ids: Sequence[int],
        lost: bool,
        only_expired: bool,
    ) -> int:
        """Return steps of a run."""
        return give_back(
            connection,
            claims=ids,
            run_number=owner,
            lost=lost,
            only_expired=only_expired,
            most_lost=self.most_lost,
        )

    def waiting(
        self, connection: Connection, *, targets: Sequence[uuid.UUID]
    ) -> Mapping[uuid.UUID, str]:
        """Why no step of these runs can be done now."""
        rows = connection.execute(_WAITING, {"ids": list(targets)})
        return {row.id: self.why_waiting(row.waiting) for row in rows if row.waiting is not None}

    @property
    def waiting_facts(self) -> str:
        """What kept the steps of a job's run from being done, where all are tried again later."""
        return f"SELECT ({_WHY}) FROM runs r WHERE r.id = jobs.operation_id"  # noqa: S608

    def why_waiting(self, facts: str) -> str:
        """Why no step of a job's run can be done."""
        return f"Waiting: {facts}."

    def could_start(self, connection: Connection) -> int:
        """Open steps, of each engine so many as it may have processes."""
        return int(connection.scalar(_COULD_START, {"room": True}) or 0)

    def remove(self, database: Database) -> None:
        """Remove what runs that have ended leave, and engines that were deleted."""
        removal.remove_artifacts(database)
        removal.remove_deleted(database)


_WHY = """
    SELECT CASE
        WHEN bool_and(s.state = 'OPEN' AND s.not_before > clock_timestamp())
        THEN min(s.result ->> 'waiting')
    END
    FROM steps s WHERE s.run_number = r.number AND s.state IN ('OPEN', 'CLAIMED')
"""

_WAITING = text(
    f"""
    SELECT r.id, ({_WHY}) AS waiting FROM runs r WHERE r.id = ANY (CAST(:ids AS uuid[]))
    """  # noqa: S608 - a constant
)

_COULD_START = text(
    f"SELECT sum(least(open, free)) FROM ({CLAIMABLE}) AS claimable"  # noqa: S608 - a constant
)
