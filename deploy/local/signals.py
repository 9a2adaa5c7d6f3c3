"""Everything that asks a program in the foreground to end, as one thing: KeyboardInterrupt."""

from __future__ import annotations

import os
import select
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupting_signals(*, watch_stdin: bool = False) -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP raise KeyboardInterrupt in the main thread, each time.

    SIGHUP does not where it was ignored before (``nohup``). SIGINT does even then, because a
    shell makes every command that it puts into the background ignore it.

    :param watch_stdin: the end of the terminal or pipe on standard input does so too, because
        whoever held its other end has gone.
    """
    wanted = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        wanted.append(signal.SIGHUP)
        if watch_stdin:
            threading.Thread(target=_watch_stdin, name="stdin", daemon=True).start()
    previous = {number: signal.signal(number, _interrupt) for number in wanted}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _watch_stdin() -> None:
    """Wait for a hang-up; a file, or a pipe whose other end is closed already, tells nothing."""
    try:
        descriptor = sys.stdin.fileno()
        mode = os.fstat(descriptor).st_mode
    except (AttributeError, OSError, ValueError):
        return
    if not (os.isatty(descriptor) or stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return
    poller = select.poll()
    poller.register(descriptor, 0)  # hang-ups are always reported, and nothing else is wanted
    if not poller.poll(0):
        poller.poll()
        os.kill(os.getpid(), signal.SIGHUP)
