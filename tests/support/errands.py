"""A product of a few lines, for tests of the queue: an errand is so many steps, and no more.

It needs no line in the queue's rooms, and no model, so it shows what these promise to any product.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from shared.db.engine import Database
from shared.queue import jobs
from shared.queue.job import JobState
from shared.queue.products import Leased

TABLES = """
CREATE TABLE errands (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    steps integer NOT NULL,
    open integer NOT NULL,
    done integer NOT NULL DEFAULT 0,
    lost integer NOT NULL DEFAULT 0,
    ended boolean NOT NULL DEFAULT false
);
CREATE TABLE errand_steps (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    errand bigint NOT NULL REFERENCES errands,
    worker text NOT NULL,
    lease_until timestamptz NOT NULL,
    closing boolean NOT NULL DEFAULT false
);
"""
DROP = "DROP TABLE IF EXISTS errand_steps, errands"


@dataclass(frozen=True)
class Step:
    """A claim."""

    id: int
    errand: int


@dataclass(frozen=True)
class Errand:
    """The most urgent errand, whose row is locked."""

    number: int
    target: uuid.UUID
    urgency: tuple[int, int]
    worker: str
    lease_seconds: float

    def take(self, connection: Connection) -> Step:
        row = connection.execute(
            text(
                """
                WITH errand AS (
                    UPDATE errands SET open = open - 1 WHERE number = :number RETURNING open
                ), job AS (
                    UPDATE jobs SET has_work = errand.open > 0 FROM errand
                    WHERE operation_id = :target
                )
                INSERT INTO errand_steps (errand, worker, lease_until)
                VALUES (:number, :worker, clock_timestamp() + :lease * interval '1 second')
                RETURNING id, errand
                """
            ),
            {
                "number": self.number,
                "target": self.target,
                "worker": self.worker,
                "lease": self.lease_seconds,
            },
        ).one()
        jobs.start(connection, target_id=self.target)
        return Step(*row)


@dataclass(frozen=True, kw_only=True)
class ErrandOffer:
    """What a worker could do of errands: whatever there is.

    :param only: one errand, as if it were a product's of its own.
    """

    worker: str
    lease_seconds: float
    only: uuid.UUID | None = None

    def most_urgent(self, connection: Connection) -> Errand | None:
        row = connection.execute(
            text(
                """
                SELECT e.number, e.id, j.priority, j.number AS job FROM errands e
                JOIN jobs j ON j.operation_id = e.id
                WHERE j.has_work AND e.id = coalesce(CAST(:only AS uuid), e.id)
                ORDER BY j.priority DESC, j.number LIMIT 1
                FOR NO KEY UPDATE OF e
                """
            ),
            {"only": self.only},
        ).one_or_none()
        if row is None:
            return None
        return Errand(row.number, row.id, (row.priority, -row.job), self.worker, self.lease_seconds)


@dataclass(frozen=True, kw_only=True)
class Errands:
    """The product."""

    job_type: str = "ERRAND"
    leased: Leased = Leased(table="errand_steps", owner="errand")  # noqa: RUF009 - frozen

    def submit(
        self, connection: Connection, *, steps: int, account_id: int, priority: int = 0
    ) -> uuid.UUID:
        target = uuid.uuid4()
        connection.execute(
            text("INSERT INTO errands (id, steps, open) VALUES (:id, :steps, :steps)"),
            {"id": target, "steps": steps},
        )
        jobs.create(
            connection,
            job_type=self.job_type,
            target_id=target,
            target_name="an errand",
            account_id=account_id,
            priority=priority,
            trace_id="trace",
        )
        return target

    def settle(self, connection: Connection, step: Step) -> bool:
        """Count a step that is done; False for one that is not ours any more."""
        errand = connection.execute(
            text("SELECT * FROM errands WHERE number = :number FOR NO KEY UPDATE"),
            {"number": step.errand},
        ).one()
        gone = connection.execute(
            text("DELETE FROM errand_steps WHERE id = :id RETURNING closing"), {"id": step.id}
        ).one_or_none()
        if gone is None or gone.closing:
            return False
        connection.execute(
            text(
                """
                UPDATE errands SET done = done + 1, ended = done + 1 = steps
                WHERE number = :number
                """
            ),
            {"number": step.errand},
        )
        if errand.done + 1 == errand.steps:
            jobs.end(connection, target_id=errand.id, state=JobState.COMPLETED, reason=None)
        return True

    def end(self, connection: Connection, *, target_id: uuid.UUID, state: JobState) -> bool:
        ended = connection.execute(
            text(
                """
                UPDATE errands SET ended = true WHERE id = :id AND NOT ended RETURNING number
                """
            ),
            {"id": target_id},
        ).one_or_none()
        if ended is None:
            return False
        connection.execute(
            text("UPDATE errand_steps SET closing = true WHERE errand = :number"),
            {"number": ended.number},
        )
        jobs.end(connection, target_id=target_id, state=state, reason="not wanted any more")
        return True

    def give_back(
        self,
        connection: Connection,
        *,
        owner: int,
        ids: Sequence[int],
        lost: bool,
        only_expired: bool,
    ) -> int:
        connection.execute(
            text("SELECT FROM errands WHERE number = :number FOR NO KEY UPDATE"),
            {"number": owner},
        )
        returned = connection.execute(
            text(
                """
                DELETE FROM errand_steps WHERE id = ANY (:ids)
                    AND (NOT :only_expired OR lease_until < clock_timestamp())
                """
            ),
            {"ids": list(ids), "only_expired": only_expired},
        ).rowcount
        connection.execute(
            text(
                """
                WITH errand AS (
                    UPDATE errands SET open = open + :returned,
                        lost = lost + CASE WHEN :lost THEN :returned ELSE 0 END
                    WHERE number = :number RETURNING id, open > 0 AND NOT ended AS has_work
                )
                UPDATE jobs SET has_work = errand.has_work FROM errand
                WHERE operation_id = errand.id
                """
            ),
            {"number": owner, "returned": returned, "lost": lost},
        )
        return returned

    def waiting(
        self,
        connection: Connection,  # noqa: ARG002 - as the interface has it
        *,
        targets: Sequence[uuid.UUID],
    ) -> Mapping[uuid.UUID, str]:
        return dict.fromkeys(targets, self.why_waiting("nobody"))

    @property
    def waiting_facts(self) -> str:
        return "SELECT 'nobody' FROM errands WHERE errands.id = jobs.operation_id"

    def why_waiting(self, facts: str) -> str:
        return f"Waiting: {facts} runs errands."

    def could_start(self, connection: Connection) -> int:
        return int(connection.scalar(text("SELECT coalesce(sum(open), 0) FROM errands")) or 0)

    def remove(self, database: Database) -> None:
        with database.transaction() as connection:
            connection.execute(text("DELETE FROM errand_steps WHERE closing"))
            connection.execute(
                text(
                    """
                    DELETE FROM errands e WHERE ended
                        AND NOT EXISTS (SELECT FROM errand_steps WHERE errand = e.number)
                    """
                )
            )
