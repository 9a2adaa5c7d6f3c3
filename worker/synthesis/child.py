"""The process of a step, as its worker has it; see ``step`` for the other side.

It is started clean: with an environment of its own, in a group of its own, and with nothing open
but two pipes. It ends when the first of them is closed, so it never outlives its worker.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from worker.synthesis import wire

#: Between SIGTERM, at which it has its databases end what they do for it, and SIGKILL.
KILL_SECONDS = 10.0

#: Where our packages are.
ROOT = Path(__file__).resolve().parents[2]

#: What it may know of its surroundings.
_INHERITED = (
    "PATH",
    "LD_LIBRARY_PATH",
    "TMPDIR",
    "LANG",
    "PYTHONPATH",
    "KRB5_CONFIG",
    "SSL_CERT_FILE",
)

#: How a task ends that no message told of.
LOST = "lost"


class Child:
    """One process, that does tasks one after another."""

    def __init__(self) -> None:
        environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "worker.synthesis.step"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            # A number of threads for each would take the cores from the other processes.
            env={**environment, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            start_new_session=True,
        )
        #: The run that it knows, and of which version; see ``RunFacts``.
        self.run_number: int | None = None
        self.version: str | None = None
        self._stopping = threading.Lock()

    @property
    def pid(self) -> int:
        """Of the process, and of its group."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it can do one more task."""
        return self._process.poll() is None

    def do(
        self, message: Mapping[str, Any], *, hear: Callable[[dict[str, Any]], None]
    ) -> dict[str, Any]:
        """Give it a task, and return the message that this ended with.

        :param hear: gets those before.
        """
        assert self._process.stdin is not None  # noqa: S101 - narrows the type for mypy
        assert self._process.stdout is not None  # noqa: S101
        with suppress(BrokenPipeError, wire.BadFrame):
            wire.write(self._process.stdin, message)  # type: ignore[arg-type]
            for answer in wire.read(self._process.stdout):  # type: ignore[arg-type]
                if answer["type"] in wire.ENDS:
                    return answer
                hear(answer)
        self.kill()
        return {"type": LOST, "reason": self._how_it_ended()}

    def stop(self) -> None:
        """Have it end what it does, and see to it that it does; does not wait."""
        if not self._stopping.acquire(blocking=False):
            return
        self._signal(signal.SIGTERM)
        timer = threading.Timer(KILL_SECONDS, self.kill)
        timer.daemon = True
        timer.start()

    def kill(self) -> None:
        """End it now, with all that it has started."""
        self._signal(signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=KILL_SECONDS)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError, ValueError):
                    pipe.close()

    def _signal(self, number: signal.Signals) -> None:
        # Until it was waited for, its number is nobody else's.
        if self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    def _how_it_ended(self) -> str:
        code = self._process.returncode
        if code is not None and code < 0:
            name = signal.Signals(-code).name
            return f"its process was ended by {name}" + (
                ", as the system does when it has no memory left" if name == "SIGKILL" else ""
            )
        return f"its process ended with the status {code}"
