"""One part as a process: launched, watched, ended, launched again. Used by one thread."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from enum import Enum, auto
from signal import Signals

from deploy.local.files import open_private
from deploy.local.part import Part
from deploy.local.unprivileged import launch_command
from shared.backoff import Backoff

RELAUNCH_BACKOFF = Backoff(first=0.2, longest=5.0)
#: A part that has run for so many seconds is well again.
WELL_AFTER = 30.0
HURRIED_GRACE = 2.0


class State(Enum):
    """Where a part stands. ``DONE``: it was to run once, and has."""

    WAITING = auto()
    PREPARING = auto()
    STARTING = auto()
    READY = auto()
    DONE = auto()
    PAUSING = auto()
    RESTARTING = auto()


class Process:
    """The process of one part, over all its lives."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.state = State.WAITING
        self.pid: int | None = None
        #: It has been ready once, so it can be.
        self.proven = False
        #: Ends in a row without having been ready in between.
        self.failures = 0
        self.launched_at = time.monotonic()
        self.retry_at = 0.0
        self.kill_at = 0.0
        self.restart_wanted = False
        self._popen: subprocess.Popen[bytes] | None = None
        self._preparation: Future[None] | None = None
        #: Ends in a row without having run for long in between.
        self._early_ends = 0

    @property
    def running_for(self) -> float:
        """Seconds since the last launch."""
        return time.monotonic() - self.launched_at

    def begin(self) -> None:
        """Start it: first its preparations, which may take a second, beside everything else."""
        self.launched_at = time.monotonic()
        self.state = State.PREPARING
        if self.part.prepare:
            helper = ThreadPoolExecutor(max_workers=1)
            self._preparation = helper.submit(self.part.prepare)
            helper.shutdown(wait=False)

    def is_prepared(self) -> bool:
        """Whether ``launch`` can follow."""
        return self._preparation is None or self._preparation.done()

    def launch(self) -> None:
        """Start the program.

        :raises LocalStackError: when its preparations have failed.
        """
        part = self.part
        preparation, self._preparation = self._preparation, None
        if preparation:
            preparation.result()
        log = open_private(part.log)
        output = open_private(part.output) if part.output else log
        try:
            self._popen = subprocess.Popen(
                launch_command(part.argv, account=part.account, death_signal=part.orphan_signal),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=log,
                env=dict(part.env),
                cwd=part.folder,
                # Ctrl-C at the terminal is for the stack alone, which stops parts in order.
                start_new_session=True,
            )
        finally:
            for descriptor in {log, output}:
                os.close(descriptor)
        self.pid = self._popen.pid
        self.state = State.STARTING

    def ended(self) -> int | None:
        """The exit code once the process has ended (below 0: minus the signal), else None.

        What it has started ends with it: a dead server's own workers would keep its port.
        """
        if self._popen is None:
            return 0 if self.is_prepared() else None
        code = self._popen.poll()
        if code is not None:
            self._signal_group(Signals.SIGKILL)
            self._popen = None
            self.pid = None
        return code

    def is_ready(self) -> bool:
        """Ask the part's own check."""
        check, pid = self.part.ready, self.pid
        return pid is not None and (check is None or check.is_met(pid))

    def note_success(self) -> None:
        """It is ready, or has done its work."""
        self.state = State.DONE if self.part.once else State.READY
        self.proven = True
        self.failures = 0

    def pause(self) -> float:
        """After an unwanted end: wait before the next launch; returns for how many seconds."""
        if self.running_for > WELL_AFTER:
            self._early_ends = 0
        delay = RELAUNCH_BACKOFF.pause(self._early_ends)
        self._early_ends += 1
        self.failures += 1
        self.retry_at = time.monotonic() + delay
        self.state = State.PAUSING
        return delay

    def ask_to_end(self, *, hurry: bool = False) -> None:
        """Send the stop signal; ``kill_if_late`` enforces it after the part's grace."""
        self.kill_at = time.monotonic() + (HURRIED_GRACE if hurry else self.part.grace)
        self.send(self.part.hurry_signal if hurry else self.part.stop_signal)

    def kill_if_late(self) -> None:
        """Kill the process and all that it started, once its time is up."""
        if self._popen is not None and time.monotonic() > self.kill_at:
            self._signal_group(Signals.SIGKILL)

    def send(self, wish: Signals) -> None:
        """Send a signal to the process alone; nothing happens when it has ended."""
        if self.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, wish)

    def _signal_group(self, wish: Signals) -> None:
        if self.pid is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, wish)


def describe_exit(code: int) -> str:
    """An exit code in words."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
