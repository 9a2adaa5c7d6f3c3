"""One stack a folder: an advisory lock that the kernel drops when its holder dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from deploy.local.errors import AlreadyRunning


class FolderLock:
    """The lock file ``<var>/lock``; it holds the process id of the stack's process."""

    def __init__(self, var: Path) -> None:
        self._path = var / "lock"
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock.

        :raises AlreadyRunning: when another stack has it.
        """
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = _read_pid(descriptor)
            os.close(descriptor)
            raise AlreadyRunning(
                f"A stack is already running on {self._path.parent} "
                f"(process {pid or 'unknown'}). Stop it with `make down`, or run a second one "
                "beside it by setting VALUEMILL_VAR to another folder.",
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> int | None:
        """The process that holds the lock; None when nobody does, 0 when it has not said yet."""
        try:
            descriptor = os.open(self._path, os.O_RDWR)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read_pid(descriptor) or 0
        finally:
            os.close(descriptor)
        return None


def _read_pid(descriptor: int) -> int | None:
    text = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
    return int(text) if text.isdecimal() else None
