"""The heart: what keeps the leases of a worker process and ends prompts in time.

Once a second it renews the leases of all prompts under way, in one statement, and learns which
of them are no longer ours (cancelled, or swept). Four times a second it looks for model servers
that have gone silent. A prompt that must not go on has its connection shut.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from time import monotonic

import structlog

from shared.db import claims
from shared.db.engine import Database
from shared.errors import Unavailable
from worker.mill.gateway import Call

log = structlog.get_logger(__name__)

TICK_SECONDS = 0.25


class Verdict(Enum):
    """Why a prompt was ended from outside; the value is what people read."""

    LOST = "the batch is no longer ours: cancelled, or taken back"
    STOPPING = "the worker is shutting down"
    NO_ANSWER = "the model server took the prompt and did not begin to answer"
    STALLED = "the model server went silent in the middle of its answer"


class Pulse:
    """The signs of life of one prompt."""

    def __init__(self, batch_id: int, *, patience: Patience, stall_timeout: float) -> None:
        self.batch_id = batch_id
        self.call = Call()
        self.verdict: Verdict | None = None
        self._patience = patience
        self._stall_timeout = stall_timeout
        self._started = monotonic()
        self._last_beat: float | None = None

    @property
    def for_our_sake(self) -> bool:
        """Whether the prompt was ended for a reason that is not the model's."""
        return self.verdict in (Verdict.LOST, Verdict.STOPPING)

    def beat(self) -> None:
        """Note that a piece of the answer came."""
        now = monotonic()
        if self._last_beat is None:
            self._patience.learn(now - self._started)
        self._last_beat = now

    def end(self, verdict: Verdict) -> None:
        """End the prompt; the first verdict stands."""
        if self.verdict is None:
            self.verdict = verdict
            self.call.interrupt(verdict.value)

    def check(self, now: float) -> None:
        """End the prompt when its server has been silent for too long."""
        if self._last_beat is None:
            if now - self._started > self._patience.first_token():
                self.end(Verdict.NO_ANSWER)
        elif now - self._last_beat > self._stall_timeout:
            self.end(Verdict.STALLED)


class Patience:
    """How long to wait for a server's first token: several times what it has lately taken.

    Until it has answered once, long enough to load a model.
    """

    FACTOR = 8
    LEAST_SECONDS = 10.0

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self._recent: deque[float] = deque(maxlen=32)

    def learn(self, seconds: float) -> None:
        """Note how long a first token took."""
        self._recent.append(seconds)

    def stretch(self) -> None:
        """Wait twice as long for a while: a queue may have grown longer than it ever was."""
        self.learn(self.first_token() * 2 / self.FACTOR)

    def forget(self) -> None:
        """Start over, as after a restart of the server, when the model has to load again."""
        self._recent.clear()

    def first_token(self) -> float:
        """Seconds to wait for the first token of a prompt."""
        recent = list(self._recent)
        if not recent:
            return self._longest
        return min(self._longest, max(self.LEAST_SECONDS, self.FACTOR * max(recent)))


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

    @contextmanager
    def watching(self, pulse: Pulse) -> Iterator[Pulse]:
        """Keep the lease of a prompt for as long as the block runs."""
        with self._lock:
            self._pulses[pulse.batch_id] = pulse
        try:
            yield pulse
        finally:
            with self._lock:
                self._pulses.pop(pulse.batch_id, None)

    def end_all(self, verdict: Verdict) -> None:
        """End every prompt under way."""
        for pulse in self._watched():
            pulse.end(verdict)

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
                ours = claims.heartbeat(
                    connection,
                    batches=[pulse.batch_id for pulse in pulses],
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
