"""Processes that a worker has for steps of copies."""

from __future__ import annotations

from pathlib import Path


def step_processes(worker: int) -> list[int]:
    """Their ids, by that of the worker."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == worker and b"worker.synthesis.step" in command:
            found.append(int(folder.name))
    return found
