"""The heart: what keeps the leases of a worker process and ends prompts in time.

Once a second it renews the leases of all prompts under way, in one statement, and learns which
of them are no longer ours (cancelled, or swept). Four times a second it looks for model servers
that have gone silent. A prompt that must not go on has its connection shut.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import Enum
from time import monotonic

import structlog

from shared.db.engine import Database
from shared.errors import Unavailable
from shared.generation.product import BATCHES
from shared.queue import leases
from worker.models.gateway import Call, GatewayError, Timing
from worker.models.learning import Patience

log = structlog.get_logger(__name__)

TICK_SECONDS = 0.25


class Verdict(Enum):
    """Why a prompt was ended from outside; the value is what people read."""

    LOST = "the batch is no longer ours: cancelled, or taken back"
    STOPPING = "the worker is shutting down"
    REPEATING = "it says what others have said; its values are asked for elsewhere"
    NO_ANSWER = "the model server took the prompt and did not begin to answer"
    STALLED = "the model server went silent in the middle of its answer"


#: Verdicts that say nothing of the server.
FOR_OUR_SAKE = frozenset({Verdict.LOST, Verdict.STOPPING, Verdict.REPEATING})


class Pulse:
    """The signs of life of one prompt."""

    def __init__(
        self,
        batch_id: int,
        *,
        operation_number: int,
        patience: Patience,
        blind_in_cell: int | None = None,
    ) -> None:
        """See to a batch of an operation.

        :param blind_in_cell: its cell, where it knows nothing of what others say in it.
        """
        self.batch_id = batch_id
        self.operation_number = operation_number
        self.blind_in_cell = blind_in_cell
        self.call = Call()
        self.verdict: Verdict | None = None
        self._patience = patience
        #: When the prompt was sent; until then nothing is waited for.
        self.began: float | None = None
        self.timing: Timing | None = None
        #: What kept the answer from coming to its end, if anything did.
        self.error: GatewayError | None = None
        self._last_beat: float | None = None
        self._over = False

    @property
    def for_our_sake(self) -> bool:
        """Whether the prompt was ended for a reason that is not the model's."""
        return self.verdict in FOR_OUR_SAKE

    def begin(self) -> float:
        """Note that the prompt is sent now; return when that is."""
        self.began = monotonic()
        return self.began

    def beat(self) -> None:
        """Note that a piece of the answer came."""
        now = monotonic()
        if self._last_beat is not None:
            self._patience.learn_silence(now - self._last_beat)
        elif self.began is not None:
            self._patience.learn(now - self.began)
        self._last_beat = now

    def rest(self) -> None:
        """The answer is over: from now on only the lease is kept."""
        self._over = True

    def end(self, verdict: Verdict) -> None:
        """End the prompt; the first verdict stands."""
        if self.verdict is None:
            self.verdict = verdict
            self.call.interrupt(verdict.value)

    def check(self, now: float) -> None:
        """End the prompt when its server has been silent for too long."""
        if self.began is None or self._over:
            return
        if self._last_beat is None:
            if now - self.began > self._patience.first_token():
                self.end(Verdict.NO_ANSWER)
        elif now - self._last_beat > self._patience.stall():
            self.end(Verdict.STALLED)


class Heart:
    """Watches over the prompts of one process; see the module."""

    def __init__(
        self,
        database: Database,
        *,
        lease_seconds: float,
        heartbeat_seconds: float,
    ) -> None:
        self._database = database
        self._lease_seconds = lease_seconds
        self._lock = threading.Lock()
        self._pulses: dict[int, Pulse] = {}
        self._stop = threading.Event()
        # Apart, so that a database that hangs keeps nobody from noticing a server that does.
        self._threads = [
            threading.Thread(target=self._every, args=(TICK_SECONDS, self._check), daemon=True),
            threading.Thread(
                target=self._every, args=(heartbeat_seconds, self._renew), daemon=True
            ),
        ]

    def start(self) -> None:
        """Begin to beat."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Beat no more; the leases of prompts still under way run out."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=5)

    def watch(self, pulse: Pulse) -> None:
        """Keep the lease of a prompt from now on."""
        with self._lock:
            self._pulses[pulse.batch_id] = pulse

    def release(self, batch_id: int) -> None:
        """Let go of a prompt: its batch is settled, or given back."""
        with self._lock:
            self._pulses.pop(batch_id, None)

    def end_all(self, verdict: Verdict) -> None:
        """End every prompt under way."""
        for pulse in self._watched():
            pulse.end(verdict)

    def end_operation(self, number: int) -> None:
        """End the prompts of an operation that has come to its end."""
        for pulse in self._watched():
            if pulse.operation_number == number:
                pulse.end(Verdict.LOST)

    def end_blind(self, number: int, cell: int) -> None:
        """End the prompts of a cell that were sent before anything was known of it."""
        for pulse in self._watched():
            if (pulse.operation_number, pulse.blind_in_cell) == (number, cell):
                pulse.end(Verdict.REPEATING)

    def _watched(self) -> list[Pulse]:
        with self._lock:
            return list(self._pulses.values())

    def _every(self, seconds: float, act: Callable[[], None]) -> None:
        while not self._stop.wait(seconds):
            act()

    def _check(self) -> None:
        now = monotonic()
        for pulse in self._watched():
            pulse.check(now)

    def _renew(self) -> None:
        pulses = self._watched()
        if not pulses:
            return
        try:
            with self._database.transaction() as connection:
                ours = leases.heartbeat(
                    connection,
                    BATCHES,
                    ids=[pulse.batch_id for pulse in pulses],
                    lease_seconds=self._lease_seconds,
                )
        except Unavailable as error:
            log.warning("leases not renewed; will try again", error=str(error))
        except Exception:
            # The thread keeps every lease of the process: nothing may end it.
            log.exception("leases not renewed; will try again")
        else:
            for pulse in pulses:
                if pulse.batch_id not in ours:
                    pulse.end(Verdict.LOST)
