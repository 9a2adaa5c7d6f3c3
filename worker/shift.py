"""A shift: what a wake-up starts. Prompt after prompt, or step after step, while there is work.

A shift ends after a while even if there is more, and sends a wake-up in its place: so work that
one host has taken finds its way to others, and Flower shows that something moves.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import monotonic

import structlog

from shared.db.engine import Database
from shared.generation.claim import Claim
from shared.generation.leases import give_back
from shared.generation.reports import Ended, Report
from shared.queue.wakeups import BackgroundWakeUps
from shared.settings import Settings
from shared.synthesis.step import StepClaim
from worker.mill.claimer import Claimer
from worker.mill.filtering import Filters
from worker.mill.grind import grind
from worker.mill.ledger import REFUSED, Entry, Ledger
from worker.mill.looks import Profiles
from worker.mill.planner import Planned, Planner
from worker.models.gateway import GatewayError, PromptRefused
from worker.models.inflight import InFlight, InFlightPrompts, Verdict
from worker.models.servers import Server, Servers
from worker.synthesis.doer import StepDoer

log = structlog.get_logger(__name__)

SHIFT_SECONDS = 20.0

#: Why a shift ended that has found work until then.
TIME_IS_UP = "time is up"

#: A shift without work ends after this, however long a server is left alone.
LONGEST_WAIT = 1.0

#: Prompts whose answers wait to be settled, for each thread, before no more are begun.
UNSETTLED_FOR_EACH = 2

#: How long to keep trying to store what a model has said while the database is away.
SETTLE_PATIENCE = 60.0


@dataclass
class ShiftReport:
    """What a shift did; Flower shows it as the task's result."""

    prompts: int = 0
    values: int = 0
    given_back: int = 0
    steps: int = 0
    ended_because: str = ""


@dataclass(kw_only=True)
class Shifts:
    """Runs shifts, each in a thread of its own, over what one process shares."""

    settings: Settings
    database: Database
    prompts: InFlightPrompts
    wakeups: BackgroundWakeUps
    servers: Servers
    planner: Planner
    claimer: Claimer
    ledger: Ledger
    steps: StepDoer
    profiles: Profiles = field(default_factory=Profiles)
    filters: Filters = field(default_factory=Filters)
    stopping: threading.Event = field(default_factory=threading.Event)
    _running: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> ShiftReport:
        """Work until there is nothing to do, the shift is over, or the worker stops."""
        report = ShiftReport()
        end = monotonic() + SHIFT_SECONDS
        pause = 0.0
        # The last prompt's account, until it is closed: its slot is ours to go on with.
        last: Entry | None = None
        with self._counted() as may_work:
            if not may_work:
                report.ended_because = "all threads are at work"
                return report
            while not self.stopping.is_set():
                if last is not None and self._is_ahead():
                    last.done.wait(SETTLE_PATIENCE)
                found = self.claimer.claim(
                    let_go=None if last is None or last.done.is_set() else last.claim.batch_id
                )
                if found is None and last is not None:
                    # What it did not bring may be all the work that there is.
                    last.done.wait(SETTLE_PATIENCE)
                    last = None
                    continue
                if found is None and pause:
                    # The only server for it has just turned us down: wait for as long as it is
                    # left alone. Another would have been claimed at once.
                    self.stopping.wait(min(pause, LONGEST_WAIT))
                    pause = 0.0
                    # Whoever came meanwhile has found no slot, and gone.
                    self.wake_others(self.settings.worker_concurrency)
                    continue
                if found is None:
                    report.ended_because = "no work, or no free slot for it"
                    return report
                if isinstance(found, StepClaim):
                    last, pause = None, 0.0
                    self.steps.do(found)
                    report.steps += 1
                else:
                    last, pause = self._work(*found, report)
                if monotonic() > end:
                    self.wakeups.send(1)
                    report.ended_because = TIME_IS_UP
                    return report
        report.ended_because = "the worker is stopping"
        return report

    def _is_ahead(self) -> bool:
        """Whether so much waits to be settled that more prompts would only pile up."""
        return self.ledger.unsettled > UNSETTLED_FOR_EACH * self.settings.worker_concurrency

    def wake_others(self, open_count: int) -> None:
        """Values wait for a prompt again: let threads of this process that have none look."""
        self.wakeups.send(min(open_count, self.idle))

    @property
    def idle(self) -> int:
        """How many more shifts this process may run."""
        return self.settings.worker_concurrency - self._running

    @contextmanager
    def _counted(self) -> Iterator[bool]:
        """Count a shift; False where there are as many already as may be."""
        with self._lock:
            may_work = self.idle > 0
            self._running += may_work
        try:
            yield may_work
        finally:
            with self._lock:
                self._running -= may_work

    def _work(
        self, claim: Claim, planned: Planned, report: ShiftReport
    ) -> tuple[Entry | None, float]:
        """Prompt for a claim; return its account, and for how long its server is left alone."""
        server = self.servers[claim.gateway_url]
        in_flight = InFlight(
            claim.batch_id,
            operation_number=claim.operation_number,
            patience=server.patience,
            blind_in_cell=claim.cell_ordinal if planned.plan.blind else None,
        )
        entry = Entry(claim, planned)
        self.prompts.watch(in_flight)
        with structlog.contextvars.bound_contextvars(
            trace_id=claim.trace_id, operation=claim.operation_id, batch=claim.batch_id
        ):
            if self.stopping.is_set():
                in_flight.end(Verdict.STOPPING)
            ours = False
            try:
                pace = server.pace(claim.model)
                prompt = self.planner.write(claim, planned, overhead=pace.overhead_tokens)
                server.warm(claim.model, in_flight.call)
                in_flight.begin()
                outcome = grind(
                    claim,
                    prompt,
                    server.gateway,
                    in_flight,
                    report=lambda part: self.ledger.add(entry, part),
                    looks=self.settings.looks,
                    profiles=self.profiles,
                    filters=self.filters,
                    stall=self.planner.stall(claim, planned),
                    mend=self.planner.mend(claim),
                )
                if planned.may_end:
                    outcome = forgive(outcome, asked=prompt.schema["maxItems"])
            except GatewayError as error:
                self._give_back(claim, report)
                log.warning("prompt given back", gateway=server.address, reason=str(error))
                pause = self._learn(server, claim, in_flight, error)
                if not (pause or in_flight.for_our_sake):
                    self.wake_others(claim.asked)
                return None, pause
            except Exception:
                log.exception("prompt failed")
                outcome = Report(
                    batch_id=claim.batch_id, ended=Ended(said=0, failure=REFUSED, fault="broken")
                )
                ours = True
            in_flight.answered()
            if in_flight.overhead is not None:
                server.pace(claim.model).learn_overhead(in_flight.overhead)
            self.ledger.add(entry, outcome)
            if outcome.ended is not None:
                self.planner.learn(entry, outcome.ended)
            if type(in_flight.error) is PromptRefused:
                self.planner.refused(claim, planned)
            report.prompts += 1
            report.values += len(outcome.values)
            # Last, because it needs a database that answers: without one the values would be
            # lost, and the heartbeat would keep their lease for ever.
            return entry, 0.0 if ours else self._learn(server, claim, in_flight, in_flight.error)

    def _learn(
        self, server: Server, claim: Claim, in_flight: InFlight, error: GatewayError | None
    ) -> float:
        """Draw the consequences for the server; return for how long it is left alone."""
        began = in_flight.began if in_flight.began is not None else monotonic()
        if error is not None:
            return self.servers.failed(
                server, error, model=claim.model, began=began, verdict=in_flight.verdict
            )
        self.servers.went_well(server, model=claim.model, began=began, timing=in_flight.timing)
        return 0.0

    def _give_back(self, claim: Claim, report: ShiftReport) -> None:
        report.given_back += 1
        try:
            self.database.run(
                lambda connection: give_back(
                    connection, batches=[claim.batch_id], operation_number=claim.operation_number
                ),
                patience=SETTLE_PATIENCE,
            )
        finally:
            # If it could not be said, the lease runs out.
            self.prompts.release(claim.batch_id)


def forgive(report: Report, *, asked: int) -> Report:
    """The report of an answer that the model was free to end: it is not short of anything.

    A whole one stays as it is: it tells how much of what was asked for was new.
    """
    ended = report.ended
    if ended is not None and ended.failure is None and 0 < ended.said < asked:
        report.ended = replace(ended, cut_by_us=True)
    return report
