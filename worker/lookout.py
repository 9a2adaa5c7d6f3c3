"""The lookout: begins shifts by itself where work waits and no wake-up comes.

Wake-ups are quick and spread the work over hosts, but they pass through a broker. While it is
away, takes nothing, or has forgotten this worker, each process asks the database: first after a
second, then less often, as long as there is nothing to do.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

import structlog

from shared.backoff import Backoff
from shared.guard import guarded
from worker.shift import TIME_IS_UP, ShiftReport
from worker.timers import Timers

log = structlog.get_logger(__name__)

#: Between two looks: at first, and once several have found nothing that could be done.
PAUSES = Backoff(first=1.0, longest=4.0)

#: How often it is seen whether a look is due.
TICK_SECONDS = 0.5


class Lookout:
    """Looks for work from :meth:`start` to :meth:`stop`; see the module.

    :param wanted: how many threads could start on something now.
    :param run_shift: works until there is nothing to do, or its time is up.
    :param idle: how many more threads of this process may work.
    """

    def __init__(
        self,
        *,
        wanted: Callable[[], int],
        run_shift: Callable[[], ShiftReport],
        idle: Callable[[], int],
    ) -> None:
        self._wanted = wanted
        self._run_shift = run_shift
        self._idle = idle
        self._timers = Timers()
        self._timers.every(TICK_SECONDS, self._look, name="look for work")
        self._stopping = False
        self._due = 0.0
        #: Looks in a row that have led to nothing.
        self._vain = 0
        #: When the last wake-up came; since when work is seen to wait for one.
        self._woken = 0.0
        self._waiting_since: float | None = None
        self._shifts: list[threading.Thread] = []

    def note_wake_up(self) -> None:
        """A wake-up has come: leave the work to those that follow it."""
        self._woken = monotonic()

    def start(self) -> None:
        """Begin to look."""
        self._timers.start()

    def wind_down(self) -> None:
        """Begin no more shifts."""
        self._stopping = True

    def stop(self, *, patience: float) -> None:
        """End, after the shifts under way; whoever stops sees to it that these end."""
        self.wind_down()
        self._timers.stop(patience=patience)
        deadline = monotonic() + patience
        for thread in self._shifts:
            thread.join(timeout=max(0.0, deadline - monotonic()))

    def _look(self) -> None:
        now = monotonic()
        if self._stopping or now < self._due:
            return
        self._shifts = [thread for thread in self._shifts if thread.is_alive()]
        idle = self._idle()
        wanted = min(idle, self._wanted()) if idle > 0 else 0
        if not wanted:
            self._waiting_since = None
            self._rest()
        elif self._waiting_since is None or self._woken >= self._waiting_since:
            # Seen for the first time: a wake-up may be on its way.
            self._waiting_since = now
            self._due = now + PAUSES.first
        else:
            self._rest()
            self._begin(wanted)

    def _rest(self) -> None:
        self._due = monotonic() + PAUSES.pause(self._vain)
        self._vain += 1

    def _begin(self, count: int) -> None:
        log.info("work waits and no wake-up comes: begun without one", shifts=count)
        for _ in range(count):
            thread = threading.Thread(target=self._work, name="shift", daemon=True)
            self._shifts.append(thread)
            thread.start()

    def _work(self) -> None:
        """Work as a wake-up would have it, and go on where others would take over."""
        began = monotonic()
        with guarded("shift"):
            while True:
                report = self._run_shift()
                if report.prompts or report.steps:
                    self._vain, self._due = 0, 0.0
                if report.ended_because != TIME_IS_UP or self._woken > began:
                    return
