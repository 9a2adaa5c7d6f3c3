"""The steps of one worker process whose leases are to be kept, and what ends them from outside."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic


class StepUnderWay:
    """One step, from its claim until it is settled or given back."""

    def __init__(self, claim_id: int) -> None:
        self.claim_id = claim_id
        #: When its lease was renewed last.
        self.renewed = monotonic()
        self._lock = threading.Lock()
        self._ended = False
        self._stop: Callable[[], None] | None = None

    @property
    def ended(self) -> bool:
        """Whether it was ended from outside: what it still says is of no use."""
        return self._ended

    def end(self) -> None:
        """End its process; harmless when it was ended before."""
        with self._lock:
            self._ended = True
            stop = self._stop
        if stop is not None:
            stop()

    def runs_in(self, stop: Callable[[], None] | None) -> None:
        """From now on it is ended by ``stop``; at once, where it was ended before."""
        with self._lock:
            self._stop = stop
            ended = self._ended
        if ended and stop is not None:
            stop()


class StepsUnderWay:
    """All of one process; used by many threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._steps: dict[int, StepUnderWay] = {}

    def all(self) -> list[StepUnderWay]:
        """Those that there are now."""
        with self._lock:
            return list(self._steps.values())

    def watch(self, claim_id: int) -> StepUnderWay:
        """Keep the lease of a step from now on."""
        step = StepUnderWay(claim_id)
        with self._lock:
            self._steps[claim_id] = step
        return step

    def release(self, claim_id: int) -> None:
        """Let go of a step: it is settled, or given back."""
        with self._lock:
            self._steps.pop(claim_id, None)

    def end_all(self) -> None:
        """End every step under way."""
        for step in self.all():
            step.end()
