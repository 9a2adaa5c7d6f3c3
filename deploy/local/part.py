"""What a part of the stack is: a command and how to live with it."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals
from typing import Protocol

from deploy.local.unprivileged import OURSELVES, Account


class Check(Protocol):
    """Tells whether a part is ready. Asked often, by one thread, so it answers at once."""

    @property
    def expectation(self) -> str:
        """What is awaited, to follow "it should"."""

    def __call__(self, pid: int) -> bool:
        """True when the part that runs as ``pid`` is ready."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One program of the stack.

    :param needs: parts that must be ready before this one starts, and that stop after it.
    :param once: it ends by itself, and is ready when it ended with exit code 0.
    :param prepare: called before every start; may raise ``LocalStackError``.
    :param output: where standard output goes; the log, where errors go, unless it is given.
    :param stop_signal: asks it to end; after ``grace`` seconds its process group is killed.
    :param hurry_signal: asks it to end when a person is waiting for it to.
    :param orphan_signal: sent by the kernel when the supervisor is gone.
    :param address: what people are shown.
    """

    name: str
    argv: tuple[str, ...]
    log: Path
    ready: Check | None = None
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    folder: Path = Path("/")
    needs: tuple[str, ...] = ()
    once: bool = False
    prepare: Callable[[], None] | None = None
    output: Path | None = None
    account: Account = OURSELVES
    start_timeout: float = 60.0
    stop_signal: Signals = Signals.SIGTERM
    grace: float = 10.0
    hurry_signal: Signals = Signals.SIGKILL
    orphan_signal: Signals = Signals.SIGKILL
    address: str = ""


@dataclass(frozen=True)
class Listens:
    """Ready when it accepts connections on a loopback port."""

    port: int

    @property
    def expectation(self) -> str:
        return f"accept connections on 127.0.0.1:{self.port}"

    def __call__(self, pid: int) -> bool:  # noqa: ARG002
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


@dataclass(frozen=True)
class Answers:
    """Ready when it answers a GET on a loopback port with a status."""

    port: int
    path: str
    status: int = 200

    @property
    def expectation(self) -> str:
        return f"answer {self.status} at http://127.0.0.1:{self.port}{self.path}"

    def __call__(self, pid: int) -> bool:  # noqa: ARG002
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
        try:
            connection.request("GET", self.path)
            return connection.getresponse().status == self.status
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@dataclass(frozen=True)
class WritesFile:
    """Ready when it has made a file that its ``prepare`` removed."""

    path: Path

    @property
    def expectation(self) -> str:
        return f"make the file that VALUEMILL_READY_FILE names ({self.path})"

    def __call__(self, pid: int) -> bool:  # noqa: ARG002
        return self.path.exists()
