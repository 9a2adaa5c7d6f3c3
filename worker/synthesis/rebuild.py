"""Rebuild: put back what was taken away from the target, whatever of it is there already."""

from __future__ import annotations

from typing import Any

from worker.synthesis.work import Work


def rebuild(work: Work) -> dict[str, Any]:
    """Execute what was written down; nothing where there is nothing."""
    if work.task.repairs:
        work.session.target().repair(work.task.repairs)
        work.tells.log("target put back", statements=len(work.task.repairs))
    return {"repaired": len(work.task.repairs)}
