"""Keeps the parts alive: starts them when what they need is ready, restarts them when they die.

All of it happens in one thread, which lives as long as the stack: the kernel ties the children's
lives to the thread that started them (see ``launch``). Other threads read, and leave wishes in
plain attributes.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from signal import Signals

from deploy.local.errors import LocalStackError, PartFailed, PortTaken
from deploy.local.files import tail
from deploy.local.part import Part
from deploy.local.process import Process, State, describe_exit

FAILURES_ALLOWED = 5
TICK = 0.02
CALM_TICK = 0.1
#: Of the log of a part that ended by itself, the lines that are shown; and bytes that a disk must
#: have free for a log to be whole.
LAST_WORDS = 3
LEAST_FREE = 64 * 1024
PORT_TAKEN = "address already in use"


class Supervisor:
    """The parts of one stack.

    :param report: told what happens, a line at a time.
    :param launched: called after every launch, when process ids have changed.
    """

    def __init__(self, *, report: Callable[[str], None], launched: Callable[[], None]) -> None:
        self._report = report
        self._launched = launched
        self._processes: tuple[Process, ...] = ()
        self._failure: BaseException | None = None
        self._stopping = False
        self._hurry = False
        # Not Thread.is_alive: an interrupted join makes Python 3.11 and 3.12 forget a live thread.
        self._ended = True
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def start(self, parts: Iterable[Part]) -> None:
        """Begin to start them."""
        self._processes = tuple(Process(part) for part in parts)
        self._ended = False
        self._thread.start()

    def add(self, part: Part) -> None:
        """Begin to start one more."""
        self._processes = (*self._processes, Process(part))
        self._wake.set()

    def wait_ready(self) -> None:
        """Return once every part is ready.

        :raises LocalStackError: when one does not start; all are stopped by then.
        """
        while not all(process.proven for process in self._processes):
            if self._ended:
                raise self._failure or LocalStackError("The stack was stopped while it started.")
            time.sleep(TICK)

    def stop(self) -> None:
        """Stop all parts, the needed after the needing, and return when all have ended.

        A KeyboardInterrupt in the meantime hurries.
        """
        began = time.monotonic()
        self._stopping = True
        self._wake.set()
        while not self._ended:
            with suppress(KeyboardInterrupt):
                time.sleep(TICK)
                continue
            # Half a second: some senders signal twice, once to us and once to our group.
            if time.monotonic() - began > 0.5:
                self._hurry = True

    def is_alive(self) -> bool:
        """Whether it still supervises.

        :raises LocalStackError: what ended it, other than ``stop``.
        """
        if self._ended and self._failure:
            raise self._failure
        return not self._ended

    def pids(self) -> dict[str, int]:
        """The process id of each part that runs now."""
        return {
            process.part.name: pid
            for process in self._processes
            if not process.part.once and (pid := process.pid) is not None
        }

    def kill(self, name: str, wish: Signals) -> None:
        """Send a signal to a part, as an accident would."""
        self._process(name).send(wish)

    def restart(self, name: str) -> None:
        """End a part gently, start it again, and return when it is ready."""
        process = self._process(name)
        process.restart_wanted = True
        self._wake.set()
        while process.restart_wanted or process.state is not State.READY:
            if self._ended:
                raise LocalStackError(f"The stack was stopped while {name} restarted.")
            time.sleep(TICK)

    def _process(self, name: str) -> Process:
        for process in self._processes:
            if process.part.name == name:
                return process
        known = ", ".join(process.part.name for process in self._processes)
        raise LocalStackError(f"There is no part {name!r}; there are {known}.")

    # What follows runs in the supervising thread.

    def _run(self) -> None:
        try:
            while not self._stopping:
                for process in self._processes:
                    self._advance(process)
                calm = all(p.state in (State.READY, State.DONE) for p in self._processes)
                self._wake.wait(CALM_TICK if calm else TICK)
                self._wake.clear()
        except Exception as error:
            self._failure = error
        finally:
            self._stop_all()
            self._ended = True

    def _advance(self, process: Process) -> None:
        match process.state:
            case State.WAITING if self._has_its_needs(process):
                process.begin()
            case State.PAUSING if time.monotonic() >= process.retry_at:
                process.begin()
            case State.PREPARING if process.is_prepared():
                self._launch(process)
            case State.STARTING:
                self._watch_start(process)
            case State.READY if process.restart_wanted:
                process.state = State.RESTARTING
                process.ask_to_end()
            case State.READY:
                self._watch(process)
            case State.RESTARTING:
                process.kill_if_late()
                if process.ended() is not None:
                    process.begin()
                    process.restart_wanted = False

    def _has_its_needs(self, process: Process) -> bool:
        needs = process.part.needs
        return all(
            other.state in (State.READY, State.DONE)
            for other in self._processes
            if other.part.name in needs
        )

    def _launch(self, process: Process) -> None:
        try:
            process.launch()
        except (OSError, LocalStackError) as error:
            if not process.proven:
                raise
            delay = process.pause()
            self._report(f"{process.part.name} cannot start ({error}); again in {delay:g} s")
        self._launched()

    def _watch_start(self, process: Process) -> None:
        part = process.part
        code = process.ended()
        if code == 0 and part.once:
            self._note_success(process)
        elif code is not None:
            self._handle_end(process, code)
        elif not part.once and process.is_ready():
            self._note_success(process)
        elif process.running_for > part.start_timeout:
            self._handle_late(process)

    def _watch(self, process: Process) -> None:
        code = process.ended()
        if code is not None:
            self._handle_end(process, code)

    def _note_success(self, process: Process) -> None:
        part = process.part
        process.note_success()
        self._report(f"{part.name:<14} {part.address:<34} {process.running_for:5.2f} s")

    def _handle_end(self, process: Process, code: int) -> None:
        part = process.part
        delay = process.pause()
        if not process.proven and (part.once or process.failures >= FAILURES_ALLOWED):
            raise _start_failure(part, describe_exit(code))
        self._report(f"{part.name} ended ({describe_exit(code)}); starting it again in {delay:g} s")
        if code > 0:
            # What it died of; whoever has killed it need not be told.
            self._report(f"the end of {part.log}:\n{_last_words(part, lines=LAST_WORDS)}")

    def _handle_late(self, process: Process) -> None:
        part = process.part
        awaited = part.ready.expectation if part.ready else "end"
        late = f"it should {awaited}, and has not for {part.start_timeout:g} s"
        if not process.proven:
            raise _start_failure(part, late)
        self._report(f"{part.name} hangs: {late}; starting it again")
        process.state = State.RESTARTING
        process.ask_to_end()

    def _stop_all(self) -> None:
        asked: set[str] = set()
        hurried: set[str] = set()
        while running := [process for process in self._processes if process.ended() is None]:
            needed = self._all_needs(running)
            for process in running:
                name = process.part.name
                if self._hurry and name not in hurried:
                    hurried.add(name)
                    asked.add(name)
                    process.ask_to_end(hurry=True)
                elif name not in asked and name not in needed:
                    asked.add(name)
                    process.ask_to_end()
                elif name in asked:
                    process.kill_if_late()
            time.sleep(TICK)

    def _all_needs(self, processes: Iterable[Process]) -> set[str]:
        """What they need, directly or through others, also through those that have ended."""
        needs = {process.part.name: process.part.needs for process in self._processes}
        found: set[str] = set()
        open_names = [name for process in processes for name in process.part.needs]
        while open_names:
            name = open_names.pop()
            if name not in found:
                found.add(name)
                open_names += needs.get(name, ())
        return found


def _start_failure(part: Part, reason: str) -> PartFailed:
    words = _last_words(part)
    kind = PortTaken if PORT_TAKEN in words.lower() else PartFailed
    return kind(f"{part.name} did not start: {reason}. The end of {part.log}:\n{words}")


def _last_words(part: Part, *, lines: int = 20) -> str:
    """The end of a part's log, and that there is no more where the disk had no room for it."""
    words = tail(part.log, lines=lines) or "(the log is empty)"
    if shutil.disk_usage(part.log.parent).free < LEAST_FREE:
        words += f"\nThere is no room left on the disk of {part.log.parent}."
    return words
