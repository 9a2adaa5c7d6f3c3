"""Where steps run: in processes of this host. Another runner would be another class of this kind.

A process is kept for the next step of the same run, for a while: it has both databases open, and
knows the run's plan.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol

from worker.synthesis.child import Child
from worker.synthesis.under_way import StepUnderWay

#: A process without a step ends after this.
IDLE_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Order:
    """A step to run; see ``worker.synthesis.task`` for what the mappings are.

    :param version: of the run's facts; a process that knows them is not told again.
    """

    run_number: int
    version: str
    run: Mapping[str, Any] = field(repr=False)
    task: Mapping[str, Any]
    memory_bytes: int


class Runner(Protocol):
    """Runs one step, and returns the message with which it ended."""

    def run(
        self, order: Order, *, hear: Callable[[dict[str, Any]], None], under_way: StepUnderWay
    ) -> dict[str, Any]:
        """Run a step to its end, or to that of its process.

        :param hear: gets what it says before.
        :param under_way: is told how the step can be ended.
        """


class Processes:
    """Runs steps in processes, of which there are at most so many at once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._taken = 0
        self._idle: list[tuple[float, Child]] = []

    @property
    def room(self) -> int:
        """How many more steps may be claimed."""
        return self._most - self._taken

    def take(self, count: int) -> None:
        """So many were claimed."""
        with self._lock:
            self._taken += count

    def give_back(self) -> None:
        """One of them is over."""
        with self._lock:
            self._taken -= 1

    def run(
        self, order: Order, *, hear: Callable[[dict[str, Any]], None], under_way: StepUnderWay
    ) -> dict[str, Any]:
        """See ``Runner``."""
        child = self._find(order)
        under_way.runs_in(child.stop)
        message: dict[str, Any] = {"task": order.task}
        if child.version != order.version:
            message |= {"run": order.run, "memory_bytes": order.memory_bytes}
            child.run_number, child.version = order.run_number, order.version
        try:
            end = child.do(message, hear=hear)
        except BaseException:
            # Who hears could not: nobody will ask it again.
            child.kill()
            raise
        finally:
            under_way.runs_in(None)
        if end["type"] == "done" and not under_way.ended:
            with self._lock:
                self._idle.append((monotonic(), child))
        else:
            child.kill()
        return end

    def tidy(self) -> None:
        """End processes that have had nothing to do for a while."""
        with self._lock:
            now = monotonic()
            late = [child for since, child in self._idle if now - since > IDLE_SECONDS]
            self._idle = [(since, child) for since, child in self._idle if child not in late]
        for child in late:
            child.kill()

    def stop(self) -> None:
        """End all processes that have nothing to do."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, child in idle:
            child.kill()

    def _find(self, order: Order) -> Child:
        """A process that knows the run, or a new one."""
        with self._lock:
            known = [each for each in self._idle if each[1].run_number == order.run_number]
            # Best one that knows all of it; one of another run would only hold what ours needs.
            known.sort(key=lambda each: each[1].version == order.version)
            chosen = known[-1] if known else self._idle[0] if self._idle else None
            if chosen is not None:
                self._idle.remove(chosen)
        if chosen is not None:
            child = chosen[1]
            if child.run_number == order.run_number and child.is_alive:
                return child
            child.kill()
        return Child()
