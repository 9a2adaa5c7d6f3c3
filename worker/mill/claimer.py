"""Claims for all threads of a process that want work at the same moment, in one transaction.

Many slots become free together: when an operation begins, and at the end of its rounds. One
transaction for each of them would keep the last waiting for all the others.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.db.engine import Database
from shared.generation import claims
from shared.generation.claims import Claim
from shared.generation.outlook import Outlook
from shared.settings import Settings
from worker.mill.planner import Planned, Planner
from worker.mill.sizing import Speed
from worker.models.servers import Servers

#: Claims in one transaction; other workers wait meanwhile.
MOST_AT_ONCE = 8

Found = tuple[Claim, Planned] | None


class _Wish:
    """A thread that wants work, and what became of that."""

    def __init__(self, let_go: int | None) -> None:
        self.let_go = let_go
        self.is_met = False
        self.found: Found = None
        self.error: Exception | None = None


@dataclass(kw_only=True)
class Claimer:
    """See the module."""

    worker: str
    settings: Settings
    database: Database
    planner: Planner
    servers: Servers

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._wishes: list[_Wish] = []

    def claim(self, *, let_go: int | None) -> Found:
        """Claim a batch; None when there is no work, or no free slot for it.

        :param let_go: a batch of the calling thread whose answer is whole; its slot is free for
            the claim.
        """
        wish = _Wish(let_go)
        with self._lock:
            self._wishes.append(wish)
        with self._turn:
            # Whoever had the turn before may have claimed for us too.
            while not wish.is_met:
                self._meet(self._next())
        if wish.error is not None:
            raise wish.error
        return wish.found

    def _next(self) -> list[_Wish]:
        with self._lock:
            taken, self._wishes = self._wishes[:MOST_AT_ONCE], self._wishes[MOST_AT_ONCE:]
        return taken

    def _meet(self, wishes: Sequence[_Wish]) -> None:
        try:
            for wish, found in zip(wishes, self._claim([w.let_go for w in wishes]), strict=True):
                wish.found = found
        except Exception as error:
            for wish in wishes:
                wish.error = error
        finally:
            for wish in wishes:
                wish.is_met = True

    def _claim(self, let_go: Sequence[int | None]) -> list[Found]:
        plans: list[Planned] = []

        def plan(outlook: Outlook) -> Planned:
            plans.append(self.planner.plan(outlook, self._speeds(outlook)))
            return plans[-1]

        claimed = self.database.run(
            lambda connection: claims.claim(
                connection,
                worker=self.worker,
                gateways=self.servers.within_reach(),
                lease_seconds=self.settings.lease_seconds,
                plan=plan,
                default_model=self.settings.model,
                let_go=let_go,
            )
        )
        # Of those of a transaction that had to be run again only the last count.
        made = [claim for claim in claimed if claim is not None]
        planned = iter(plans[len(plans) - len(made) :])
        return [None if claim is None else (claim, next(planned)) for claim in claimed]

    def _speeds(self, outlook: Outlook) -> Mapping[str, Speed]:
        paces = {url: self.servers[url].pace(outlook.model) for url in outlook.slots}
        return {
            url: Speed(
                tokens_per_second=pace.tokens_per_second,
                first_token_seconds=pace.first_token_seconds,
            )
            for url, pace in paces.items()
        }
