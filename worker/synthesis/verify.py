"""Verify: look whether all holds in the target that has to."""

from __future__ import annotations

from typing import Any

from worker.synthesis.work import Work


def verify(work: Work) -> dict[str, Any]:
    """Constraints, and the number of rows of every table.

    :returns: ``tables``, the rows of each by its name; ``problems``, a sentence for each.
    """
    target = work.session.target()
    problems = list(target.verify(work.session.schema))
    counts = {
        str(table.name): target.count(table)
        for table in work.session.included()
        if not table.partitioned
    }
    return {"tables": counts, "problems": problems}
