"""A shift: what a wake-up starts. Prompt after prompt, for as long as there is work.

A shift ends after a while even if there is more, and sends a wake-up in its place: so work that
one host has taken finds its way to others, and Flower shows that something moves.
"""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from time import monotonic

import structlog

from shared.db import claims, gateways, settle
from shared.db.claims import Claim, Outlook
from shared.db.engine import Database, DatabaseRefused
from shared.settings import Settings
from shared.waiting import without_password
from shared.wakeups import WakeUps
from worker.heart import Heart, Patience, Pulse, Verdict
from worker.mill.gateway import (
    Gateway,
    GatewayBusy,
    GatewayDown,
    GatewayError,
    Interrupted,
    ModelMissing,
)
from worker.mill.grind import grind
from worker.mill.sizing import batch_size

log = structlog.get_logger(__name__)

SHIFT_SECONDS = 20.0

#: How long to keep trying to store what a model has said while the database is away.
SETTLE_PATIENCE = 60.0

#: Settled in place of an answer that we stumbled over: counted, so that its operation ends.
FAILED = settle.Outcome(
    values=[], failure="an error of Valuemill's own; the log of the worker has the details"
)

PAUSE_FIRST = 0.1
PAUSE_LONGEST = 5.0


@dataclass
class Server:
    """A gateway as this process knows it."""

    gateway: Gateway
    patience: Patience
    #: What we last told the database of it.
    status: str = ""
    #: Busy answers in a row, which lengthen the pause before the next try.
    refusals: int = 0
    #: When it is to be asked again how it is, by this process's clock.
    next_probe: float = 0.0


@dataclass
class ShiftReport:
    """What a shift did; Flower shows it as the task's result."""

    prompts: int = 0
    values: int = 0
    given_back: int = 0
    ended_because: str = ""


@dataclass(kw_only=True)
class Shifts:
    """Runs shifts, each in a thread of its own, over what one process shares."""

    worker: str
    settings: Settings
    database: Database
    heart: Heart
    wakeups: WakeUps
    servers: dict[str, Server]
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> ShiftReport:
        """Work until there is nothing to do, the shift is over, or the worker stops."""
        report = ShiftReport()
        end = monotonic() + SHIFT_SECONDS
        pause = 0.0
        while not self.stopping.is_set():
            claim = self._claim()
            if claim is None and not pause:
                report.ended_because = "no work, or no free slot for it"
                return report
            if claim is None:
                # The only server for it has just turned us down: wait for as long as it is
                # left alone. Another would have been claimed at once.
                self.stopping.wait(pause)
                pause = 0.0
                continue
            pause = self._work(claim, report)
            if monotonic() > end:
                self.wakeups.send(1)
                report.ended_because = "time is up"
                return report
        report.ended_because = "the worker is stopping"
        return report

    def _claim(self) -> Claim | None:
        return self.database.run(
            lambda connection: claims.claim(
                connection,
                worker=self.worker,
                gateways=list(self.servers),
                lease_seconds=self.settings.lease_seconds,
                size=self._size,
                default_model=self.settings.model,
            )
        )

    def _size(self, outlook: Outlook) -> int:
        return batch_size(outlook, max_values=self.settings.max_batch_values)

    def _work(self, claim: Claim, report: ShiftReport) -> float:
        """Prompt for a claim and settle it; return for how long its server is left alone."""
        server = self.servers[claim.gateway_url]
        pulse = Pulse(
            claim.batch_id,
            patience=server.patience,
            stall_timeout=self.settings.stall_timeout,
        )
        with (
            structlog.contextvars.bound_contextvars(
                trace_id=claim.trace_id, operation=claim.operation_id, batch=claim.batch_id
            ),
            self.heart.watching(pulse),
        ):
            if self.stopping.is_set():
                pulse.end(Verdict.STOPPING)
            try:
                outcome = grind(claim, server.gateway, pulse)
            except GatewayError as error:
                self._give_back(claim, report)
                return self._cope(claim, server, pulse, error)
            except Exception:
                log.exception("prompt failed")
                outcome = FAILED
            else:
                server.refusals = 0
                self._tell(server, "UP")
            try:
                self._settle(claim, outcome, report)
            except DatabaseRefused:
                log.exception("answer refused by the database")
                self._settle(claim, FAILED, report)
            return 0.0

    def _settle(self, claim: Claim, outcome: settle.Outcome, report: ShiftReport) -> None:
        settled = self.database.run(
            lambda connection: settle.settle(
                connection,
                outcome,
                batch_id=claim.batch_id,
                operation_number=claim.operation_number,
            ),
            patience=SETTLE_PATIENCE,
        )
        report.prompts += 1
        report.values += settled.stored
        log.info(
            "prompt settled",
            asked=claim.asked,
            said=outcome.said,
            stored=settled.stored,
            late=settled.late or None,
            failure=outcome.failure,
            status=settled.status,
        )

    def _give_back(self, claim: Claim, report: ShiftReport) -> None:
        report.given_back += 1
        self.database.run(
            lambda connection: claims.give_back(
                connection, batches=[claim.batch_id], operation_number=claim.operation_number
            ),
            patience=SETTLE_PATIENCE,
        )

    def _cope(self, claim: Claim, server: Server, pulse: Pulse, error: GatewayError) -> float:
        """Draw the consequences of a call that brought nothing; return a pause in seconds."""
        pause = 0.0
        match error:
            case Interrupted() if pulse.for_our_sake:
                return pause
            case ModelMissing():
                self._forget_model(server, claim.model)
            case GatewayDown():
                server.patience.forget()
                self._tell(server, "DOWN", str(error))
            case GatewayBusy() | Interrupted():
                if pulse.verdict is Verdict.NO_ANSWER:
                    server.patience.stretch()
                pause = self._next_pause(server)
                self._tell(server, "BUSY", str(error), pause=pause)
        log.warning(
            "prompt given back", gateway=without_password(server.gateway.url), reason=str(error)
        )
        return pause

    def _next_pause(self, server: Server) -> float:
        """Longer with each refusal in a row, and never in step with others; in seconds."""
        longest = min(PAUSE_LONGEST, PAUSE_FIRST * 2**server.refusals)
        server.refusals = min(server.refusals + 1, 16)
        return float(longest * random.uniform(0.5, 1.0))  # noqa: S311

    def _tell(
        self, server: Server, status: str, reason: str | None = None, *, pause: float = 0.0
    ) -> None:
        if status == server.status == "UP":
            return
        server.status = status
        self.database.run(
            lambda connection: gateways.report(
                connection, url=server.gateway.url, status=status, reason=reason, pause=pause
            ),
            patience=SETTLE_PATIENCE,
        )

    def _forget_model(self, server: Server, model: str) -> None:
        self.database.run(
            lambda connection: gateways.forget_model(
                connection, url=server.gateway.url, model=model
            ),
            patience=SETTLE_PATIENCE,
        )
