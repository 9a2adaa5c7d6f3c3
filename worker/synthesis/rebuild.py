"""Rebuild: put back what was taken away from the target, whatever of it is there already."""

from __future__ import annotations

from typing import Any

from shared.connectors.errors import DataRefused
from worker.synthesis.work import Work


def rebuild(work: Work) -> dict[str, Any]:
    """Execute what was written down, once all rows are there."""
    if work.task.repairs:
        work.session.target().repair(work.task.repairs)
        work.tells.log("target put back", statements=len(work.task.repairs))
    return {"repaired": len(work.task.repairs)}


def repair(work: Work) -> dict[str, Any]:
    """The same for a run that has not come to its end.

    Where it has written the rows of some tables only, references lead to rows that there are not
    yet, and keys cannot be put back. A target is worth more with its keys than with such rows, so
    these go then.
    """
    statements = work.task.repairs
    if not statements:
        return {"repaired": 0}
    target = work.session.target()
    try:
        target.repair(statements)
    except DataRefused as error:
        work.tells.log("rows that do not meet constraints are removed", reason=str(error))
        target.clear(work.session.schema)
        target.repair(statements)
        work.tells.warn(
            "The target is empty: the rows that were written until then did not meet its "
            "constraints, which were put back."
        )
    work.tells.log("target put back", statements=len(statements))
    return {"repaired": len(statements)}
