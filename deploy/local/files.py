"""Files of the stack: written whole or not at all, readable by their owner alone."""

from __future__ import annotations

import os
from pathlib import Path

TAIL_BYTES = 16_384


def write_private(path: Path, text: str) -> None:
    """Write ``text`` with mode 0600 so that a reader sees the old file or the new one, whole."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def open_private(path: Path) -> int:
    """Open ``path`` for appending, made with mode 0600; returns the file descriptor."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def set_aside(path: Path) -> None:
    """Keep the last run's log as ``<name>.1``, in place of the one before it."""
    if path.exists():
        path.replace(path.with_name(f"{path.name}.1"))


def tail(path: Path, *, lines: int = 20) -> str:
    """The last lines of a text file; empty when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL_BYTES))
            text = file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.rstrip().splitlines()[-lines:])
