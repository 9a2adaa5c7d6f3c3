"""Claims: one at a time over all workers, the most urgent work first, whatever product's it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from sqlalchemy import Connection, text

#: Claims are taken one at a time, over all workers.
CLAIM_LOCK = 7_305_100_002

Claim = TypeVar("Claim", covariant=True)


class Candidate(Protocol[Claim]):
    """The most urgent work of a product that a worker could do now; its row is locked."""

    @property
    def urgency(self) -> tuple[int, int]:
        """The priority of its job, and the job's number with the sign turned: more is sooner."""

    def take(self, connection: Connection) -> Claim | None:
        """Write the claim, with its lease; None where the worker would not have it after all."""


class Offer(Protocol[Claim]):
    """What of one product a worker could do."""

    def most_urgent(self, connection: Connection) -> Candidate[Claim] | None:
        """The work with the highest priority, and the oldest within it; None: there is none.

        Nothing may be skipped because it is locked, or lower priorities would slip past.
        """


def take_turn(connection: Connection, *, asked: str = "true") -> bool:
    """Wait until no other claim is under way, and keep others waiting to the transaction's end.

    Only SQL and arithmetic may follow: every worker that wants work waits for it.

    :param asked: a condition in SQL, a constant, that is answered along.
    :returns: the answer; what others have done while they were waited for is not in it.
    """
    turn = f"SELECT {asked} FROM (SELECT pg_advisory_xact_lock(:key)) AS turn"  # noqa: S608
    return bool(connection.scalar(text(turn), {"key": CLAIM_LOCK}))


def most_urgent(connection: Connection, offers: Iterable[Offer[Claim]]) -> Candidate[Claim] | None:
    """The most urgent work among these offers; call after :func:`take_turn`."""
    found = [
        candidate for offer in offers if (candidate := offer.most_urgent(connection)) is not None
    ]
    return max(found, key=lambda candidate: candidate.urgency, default=None)
