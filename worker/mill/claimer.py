"""Claims for all threads of a process that want work at the same moment, in one transaction.

Many slots become free together: when an operation begins, and at the end of its rounds. One
transaction for each of them would keep the last waiting for all the others.

What the plans go by is read before the transaction. Where a claim meets a cell that nothing was
read of, it stops there, and those that are left begin anew.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.db.engine import Database
from shared.generation import claims
from shared.generation.claim import Claim
from shared.generation.outlook import Outlook
from shared.settings import Settings
from shared.synthesis.claims import ANY_OPEN, StepOffer
from shared.synthesis.run import StepKind
from shared.synthesis.step import StepClaim
from worker.mill.memory import Key
from worker.mill.planner import Planned, Planner
from worker.mill.sizing import Speed
from worker.models.servers import Servers

#: Claims in one transaction; other workers wait meanwhile.
MOST_AT_ONCE = 8

#: So often a thread begins anew for the sake of its plan; then what is known has to do.
MOST_TRIES = 3

Found = tuple[Claim, Planned] | StepClaim | None


class Rooms(Protocol):
    """How many more processes this worker may have for steps of synthesis."""

    @property
    def room(self) -> int: ...

    def take(self, count: int) -> None:
        """So many were claimed."""


class _Wish:
    """A thread that wants work, and what became of that."""

    def __init__(self, let_go: int | None) -> None:
        self.let_go = let_go
        self.tries = 0
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
    processes: Rooms

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._wishes: list[_Wish] = []
        #: Cells that claims have met and could not plan for.
        self._met: list[Key] = []

    def claim(self, *, let_go: int | None) -> Found:
        """Claim a batch, or a step; None when there is no work, or no free slot for it.

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
            found = self._claim(wishes)
        except Exception as error:
            for wish in wishes:
                wish.error, wish.is_met = error, True
            return
        for wish, each in zip(wishes, found, strict=False):
            wish.found, wish.is_met = each, True
        left = wishes[len(found) :]
        for wish in left:
            wish.tries += 1
        with self._lock:
            self._wishes[:0] = left

    def _claim(self, wishes: Sequence[_Wish]) -> list[Found]:
        """Claim for as many of these as go into one transaction."""
        met, self._met = self._met, []
        self.planner.look(len(wishes), met=met)
        patient = wishes[0].tries < MOST_TRIES
        plans: list[Planned] = []

        def plan(outlook: Outlook) -> Planned | None:
            planned = self.planner.plan(outlook, self._speeds(outlook), patient=patient)
            if planned is None:
                self._met = [(outlook.operation_number, outlook.cell_ordinal)]
            else:
                plans.append(planned)
            return planned

        claimed = self.database.run(
            lambda connection: claims.claim(
                connection,
                worker=self.worker,
                gateways=self.servers.within_reach(),
                lease_seconds=self.settings.lease_seconds,
                plan=plan,
                default_model=self.settings.model,
                let_go=[wish.let_go for wish in wishes],
                others=[
                    StepOffer(
                        worker=self.worker,
                        lease_seconds=self.settings.lease_seconds,
                        room=self.processes.room,
                    )
                ],
                others_have_work=ANY_OPEN,
            )
        )
        self.processes.take(
            sum(
                isinstance(claim, StepClaim) and claim.kind != StepKind.SNAPSHOT
                for claim in claimed
            )
        )
        # Of those of a transaction that had to be run again only the last count.
        made = [claim for claim in claimed if isinstance(claim, Claim)]
        planned = iter(plans[len(plans) - len(made) :])
        return [(claim, next(planned)) if isinstance(claim, Claim) else claim for claim in claimed]

    def _speeds(self, outlook: Outlook) -> Mapping[str, Speed]:
        paces = {url: self.servers[url].pace(outlook.model) for url in outlook.slots}
        return {
            url: Speed(
                tokens_per_second=pace.tokens_per_second,
                first_token_seconds=pace.first_token_seconds,
                overhead_tokens=pace.overhead_tokens,
            )
            for url, pace in paces.items()
        }
