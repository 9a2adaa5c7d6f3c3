"""How much memory processes have, as Linux counts it."""

from __future__ import annotations

from pathlib import Path


def megabytes(pid: int) -> float:
    """The share of memory (PSS) of a process and its descendants, in MB.

    What several of them share is counted once, so the parts of a service can be added up. A
    descendant that ends while it is looked at counts nothing: PostgreSQL's come and go.

    :raises OSError: where there is no Linux, or the process itself has gone.
    """
    process = Path("/proc") / str(pid)
    rollup = (process / "smaps_rollup").read_text()
    pss = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
    children = "".join(
        (task / "children").read_text() for task in (process / "task").iterdir()
    ).split()
    return int(pss.split()[1]) / 1024 + sum(_of_child(int(child)) for child in children)


def _of_child(pid: int) -> float:
    try:
        return megabytes(pid)
    except (FileNotFoundError, ProcessLookupError, StopIteration):
        return 0.0
