"""What clients, and other products, do with lists of values: the one way in from outside."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Protocol

import structlog
from sqlalchemy import Connection

from shared.db.engine import Database
from shared.db.listing import Slice, Wanted
from shared.filters import Filter
from shared.generation import operations, orders, values
from shared.generation.operation import Coverage, Operation
from shared.generation.requests import GenerateRequest
from shared.models import gateways
from shared.queue import idempotency
from shared.queue.job import Job
from shared.queue.products import Product
from shared.queue.service import Jobs
from shared.settings import UNLIMITED, Limits

log = structlog.get_logger(__name__)


class SendsWakeUps(Protocol):
    """Tells workers that there may be work; see ``shared.queue.wakeups``."""

    def send(self, count: int) -> None:
        """Tell so many; never raises."""


@dataclass(frozen=True, kw_only=True)
class Lists:
    """The lists of all accounts; each call is for one of them, and sees no other's."""

    database: Database
    jobs: Jobs
    wake_ups: SendsWakeUps
    limits: Limits = UNLIMITED

    def submit(
        self,
        request: GenerateRequest,
        *,
        account_id: int,
        trace_id: str,
        idempotency_key: str | None = None,
    ) -> Job:
        """Start to make a list, once for each key; return its job.

        :raises Conflict: when the key came with another request before.
        :raises InvalidRequest: as ``operations.submit``.
        :raises LimitReached: when the account may not have so much more.
        """
        body = _digest(request)

        def work(connection: Connection) -> tuple[Job, int]:
            if idempotency_key is not None:
                earlier = idempotency.find(
                    connection, account_id=account_id, key=idempotency_key, body_sha256=body
                )
                if earlier is not None:
                    return self.jobs.read(connection, earlier, account_id=account_id), 0
            job_id = operations.submit(
                connection, request, account_id=account_id, trace_id=trace_id, limits=self.limits
            )
            if idempotency_key is not None:
                idempotency.remember(
                    connection,
                    account_id=account_id,
                    key=idempotency_key,
                    body_sha256=body,
                    job_id=job_id,
                )
            job = self.jobs.read(connection, job_id, account_id=account_id)
            # The values are spread over all slots, however few a prompt then asks for.
            slots = gateways.total_slots(connection)
            return job, max(1, min(slots, request.requested_count))

        job, wake_ups = self.database.run(work)
        if wake_ups:
            # Only after the commit is there work to wake up for.
            self.wake_ups.send(wake_ups)
            log.info("operation submitted", job=job.id.hex, requested_count=request.requested_count)
        return job

    def get(self, operation_id: uuid.UUID, *, account_id: int) -> Operation:
        """Read an operation.

        :raises NotFound: when there is none, it expired, or it is another account's.
        """
        with self.database.transaction() as connection:
            return operations.get(connection, operation_id=operation_id, account_id=account_id)

    def inspect(self, operation_id: uuid.UUID, *, account_id: int) -> tuple[Operation, Coverage]:
        """As :meth:`get`, with how its cells are getting on.

        :raises NotFound: as :meth:`get`.
        """
        with self.database.transaction() as connection:
            found = operations.get(connection, operation_id=operation_id, account_id=account_id)
            return found, operations.coverage(connection, number=found.number)

    def search(
        self, *, account_id: int, wanted: Wanted, condition: Filter | None = None
    ) -> Slice[Operation]:
        """A page of an account's operations: all, or those that meet a condition."""
        with self.database.transaction() as connection:
            return operations.search(
                connection, account_id=account_id, wanted=wanted, condition=condition
            )

    def cancel(self, operation_id: uuid.UUID, *, account_id: int) -> None:
        """End an operation now; it keeps the values that it has.

        :raises NotFound: as :meth:`get`.
        :raises Conflict: when it has ended already.
        """
        self.database.run(
            lambda connection: operations.cancel(
                connection, operation_id=operation_id, account_id=account_id
            )
        )

    def delete(self, operation_id: uuid.UUID, *, account_id: int) -> None:
        """Remove an operation and its values; one that still works is cancelled first.

        :raises NotFound: as :meth:`get`.
        """
        self.database.run(
            lambda connection: operations.delete(
                connection, operation_id=operation_id, account_id=account_id
            )
        )

    def values(self, operation_id: uuid.UUID, *, account_id: int, wanted: Wanted) -> Slice[str]:
        """A page of an operation's values.

        :raises NotFound: as :meth:`get`.
        """
        with self.database.transaction() as connection:
            found = operations.get(connection, operation_id=operation_id, account_id=account_id)
            page = values.page(
                connection,
                operation_number=found.number,
                limit=wanted.limit,
                sort=wanted.sort or None,
                anchor=wanted.anchor,
                backward=wanted.backward,
            )
            # Read again after the page: of an operation that works, an earlier total might be
            # less than what the page holds.
            found = operations.get(connection, operation_id=operation_id, account_id=account_id)
        return Slice(
            rows=page.values, total=found.generated_count, first=page.first, last=page.last
        )

    @contextmanager
    def stream(
        self, operation_id: uuid.UUID, *, account_id: int
    ) -> Iterator[tuple[Operation, Iterator[Sequence[str]]]]:
        """An operation and all values that it has at one moment, some thousands at a time.

        :raises NotFound: as :meth:`get`.
        :raises Unavailable: when too many read already.
        """
        with self.database.reading() as connection:
            found = operations.get(connection, operation_id=operation_id, account_id=account_id)
            yield found, values.stream(connection, operation_number=found.number)


@dataclass(frozen=True, kw_only=True)
class Orders:
    """The lists that runs of another product want: what its steps call, on workers.

    :param product: knows what an operation waits for.
    """

    database: Database
    product: Product
    limits: Limits = UNLIMITED

    def order(self, request: GenerateRequest, *, run_id: uuid.UUID, account_id: int) -> uuid.UUID:
        """The operation that has, or will have, these values: one of before, or a new one.

        :param account_id: whose run it is.
        :raises InvalidRequest: as ``operations.submit``.
        :raises LimitReached: when the account may not have so much more.
        """

        def work(connection: Connection) -> uuid.UUID:
            orders.take_turn(connection, account_id=account_id)
            found = orders.find(connection, request, account_id=account_id)
            if found is not None:
                return found
            return orders.submit(connection, request, run_id=run_id, limits=self.limits)

        return self.database.run(work)

    def look(self, operation_id: uuid.UUID, *, account_id: int) -> tuple[Operation, str | None]:
        """An operation, and what it waits for, if anything.

        :raises NotFound: as :meth:`Lists.get`.
        """
        with self.database.transaction() as connection:
            found = operations.get(connection, operation_id=operation_id, account_id=account_id)
            waiting = self.product.waiting(connection, targets=[found.id])
        return found, waiting.get(found.id) if found.status.is_open else None

    def values(self, operation: Operation) -> list[str]:
        """All values of an operation that has ended, in their order."""
        with self.database.reading() as connection:
            return [
                value
                for some in values.stream(connection, operation_number=operation.number)
                for value in some
            ]


def _digest(request: GenerateRequest) -> bytes:
    """Equal for requests that ask for the same, however they were written."""
    return hashlib.sha256(json.dumps(asdict(request), sort_keys=True).encode()).digest()
