"""Timers: named actions of a worker process, each run again and again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

import structlog

from shared.guard import guarded

log = structlog.get_logger(__name__)


class Timers:
    """Runs each of its actions every so many seconds, from :meth:`start` to :meth:`stop`.

    Each has a thread of its own, so that one that hangs delays no other, and a guard, so that
    nothing an action meets ends its timer: a failure is logged under the action's name, and the
    next round comes as if there had been none.
    """

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def every(self, seconds: float, action: Callable[[], None], *, name: str) -> None:
        """Have ``action`` run, for the first time at the start.

        :param seconds: from the end of one round to the beginning of the next.
        """
        self._threads.append(
            threading.Thread(target=self._run, args=(seconds, action, name), name=name, daemon=True)
        )

    def start(self) -> None:
        """Begin; the first round of each action runs at once."""
        for thread in self._threads:
            thread.start()

    def stop(self, *, patience: float) -> None:
        """Begin no more rounds, and wait for those under way: all together so many seconds.

        Those that are later still are named in the log; they do not keep the process.
        """
        self._stopping.set()
        deadline = monotonic() + patience
        running = [thread for thread in self._threads if thread.is_alive()]
        for thread in running:
            thread.join(timeout=max(0.0, deadline - monotonic()))
        if late := [thread.name for thread in running if thread.is_alive()]:
            log.warning("timers left behind in a round that does not end", timers=late)

    def _run(self, seconds: float, action: Callable[[], None], name: str) -> None:
        while not self._stopping.is_set():
            with guarded(name):
                action()
            self._stopping.wait(seconds)
