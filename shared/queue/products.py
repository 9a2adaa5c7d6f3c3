"""What the queue has to know of a product, and nothing else of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from shared.db.engine import Database
from shared.queue.job import JobState


@dataclass(frozen=True, kw_only=True)
class Leased:
    """A table of a product whose rows are claimed things, each under a lease.

    It has the columns ``id`` (never given twice: the fence of whoever comes too late), ``worker``,
    ``lease_until``, and ``closing`` (the work has ended; nothing is settled any more).
    """

    table: str
    #: The column that says which work a row belongs to.
    owner: str


class Product(Protocol):
    """Some kind of work that is done by leases: what is claimed, and what its end does.

    What can be claimed, and what a claim carries, is an ``Offer``; see ``shared.queue.claims``.
    """

    @property
    def job_type(self) -> str:
        """The ``type`` of its jobs."""

    @property
    def leased(self) -> Leased:
        """Where its leases stand."""

    def end(self, connection: Connection, *, target_id: uuid.UUID, state: JobState) -> bool:
        """End the work of a job that a client does not want any more, and the job with it.

        :param state: ``CANCELED`` or ``ABANDONED``.
        :returns: False when it had ended before.
        """

    def give_back(
        self,
        connection: Connection,
        *,
        owner: int,
        ids: Sequence[int],
        lost: bool,
        only_expired: bool,
    ) -> int:
        """Return claimed things of one piece of work, as if they had never been claimed.

        :param lost: their worker died, or went silent.
        :param only_expired: leave alone those whose lease was renewed meanwhile.
        :returns: how many of them there still were.
        """

    def waiting(
        self, connection: Connection, *, targets: Sequence[uuid.UUID]
    ) -> Mapping[uuid.UUID, str]:
        """Why nothing of these can be done at the moment, for those of which that is so."""

    @property
    def waiting_facts(self) -> str:
        """The same for one job that is polled, in SQL: a query of one text, from ``jobs``.

        :meth:`why_waiting` goes by it; null where nothing is in the way.
        """

    def why_waiting(self, facts: str) -> str | None:
        """Why nothing of a job can be done at the moment; None when something can."""

    def could_start(self, connection: Connection) -> int:
        """How many claims would succeed now."""

    def remove(self, database: Database) -> None:
        """Remove what is past its time, or was deleted; harmless when two do it at once."""


def of_type(products: Iterable[Product], job_type: str) -> Product | None:
    """The product that has jobs of this type; None for those of a later version."""
    return next((product for product in products if product.job_type == job_type), None)
