"""What a part of the stack is: a command and how to live with it."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals

from deploy.local.unprivileged import OURSELVES, Account


@dataclass(frozen=True)
class Check:
    """Tells whether a part is ready."""

    #: What is awaited, to follow "it should".
    expectation: str
    #: True when the part that runs as this process id is ready. Asked often, by one thread, so it
    #: answers at once.
    is_met: Callable[[int], bool]


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


def listens(port: int) -> Check:
    """Ready when it accepts connections on a loopback port."""

    def is_met(_pid: int) -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return False
        return True

    return Check(f"accept connections on 127.0.0.1:{port}", is_met)


def answers(port: int, path: str, *, status: int = 200) -> Check:
    """Ready when it answers a GET on a loopback port with a status."""

    def is_met(_pid: int) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == status
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return Check(f"answer {status} at http://127.0.0.1:{port}{path}", is_met)


def writes_file(path: Path) -> Check:
    """Ready when it has made a file that its ``prepare`` removed."""
    expectation = f"make the file that VALUEMILL_READY_FILE names ({path})"
    return Check(expectation, lambda _pid: path.exists())
