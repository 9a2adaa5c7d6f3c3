"""What clients do with jobs, whatever product's they are: the API and the consoles call this."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import Connection

from shared.db.accounts import Account
from shared.db.engine import Database
from shared.db.listing import Slice, Wanted
from shared.errors import Conflict
from shared.filters import Filter
from shared.queue import jobs
from shared.queue.job import Job, JobState
from shared.queue.polls import Polls, Sight
from shared.queue.products import Product, of_type
from shared.queue.watch import Sighting


@dataclass(frozen=True, kw_only=True)
class Jobs:
    """The jobs of all accounts; each call is for one of them, and sees no other's."""

    database: Database
    products: Sequence[Product]
    #: How the parts are that all work needs.
    sighting: Callable[[], Sighting] = Sighting

    @cached_property
    def _polls(self) -> Polls:
        return Polls(self.products, self.sighting)

    def get(self, job_id: uuid.UUID, *, account_id: int) -> Job:
        """Read a job, and ask its product what it waits for.

        :raises NotFound: when there is none, or it is another account's.
        """
        return self.look(job_id, account_id=account_id).read()

    def read(self, connection: Connection, job_id: uuid.UUID, *, account_id: int) -> Job:
        """As :meth:`get`, in a transaction of the caller's."""
        return self._polls.find(connection, job_id, account_id=account_id).read()

    def look(self, job_id: uuid.UUID, *, account_id: int) -> Sight:
        """As :meth:`get`, for who may know the job already.

        :raises NotFound: as :meth:`get`.
        """
        return self.database.read(
            lambda connection: self._polls.find(connection, job_id, account_id=account_id)
        )

    def poll(self, job_id: uuid.UUID, *, key: str) -> tuple[Account, Sight]:
        """As :meth:`look`, for who shows this API key, which is looked at in the same statement.

        :raises NotAuthenticated: when it is nobody's.
        :raises NotFound: as :meth:`get`.
        """
        return self.database.read(lambda connection: self._polls.admit(connection, job_id, key=key))

    def search(
        self, *, account_id: int, wanted: Wanted, condition: Filter | None = None
    ) -> Slice[Job]:
        """A page of an account's jobs: all, or those that meet a condition."""
        with self.database.transaction() as connection:
            found = jobs.search(
                connection, account_id=account_id, wanted=wanted, condition=condition
            )
            return replace(found, rows=self._explained(connection, found.rows))

    def abandon(self, job_id: uuid.UUID, *, account_id: int) -> None:
        """End a job now; what it made until then is kept.

        :raises NotFound: as :meth:`get`.
        :raises Conflict: when it has ended already.
        """

        def work(connection: Connection) -> None:
            job = jobs.get(connection, job_id=job_id, account_id=account_id)
            product = of_type(self.products, job.type)
            if (
                product is None
                or not job.status.is_open
                or not product.end(connection, target_id=job.target_id, state=JobState.ABANDONED)
            ):
                job = jobs.get(connection, job_id=job_id, account_id=account_id)
                raise Conflict(f"the job has ended already ({job.status}); nothing to abandon")

        self.database.run(work)

    def _explained(self, connection: Connection, found: Sequence[Job]) -> list[Job]:
        """Add to jobs that still work what they wait for."""
        by_type: dict[str, list[uuid.UUID]] = {}
        for job in found:
            if job.status.is_open:
                by_type.setdefault(job.type, []).append(job.target_id)
        waiting = {
            target: reason
            for job_type, targets in by_type.items()
            if (product := of_type(self.products, job_type)) is not None
            for target, reason in product.waiting(connection, targets=targets).items()
        }
        seen = self.sighting()
        return [
            replace(job, waiting=seen.explain(waiting.get(job.target_id)))
            if job.status.is_open
            else job
            for job in found
        ]
