"""Prepare: make the target ready to be filled.

In two steps, because what is taken away has to be written down, by whoever can, before it is.
"""

from __future__ import annotations

from typing import Any

from worker.synthesis.rebuild import repair
from worker.synthesis.work import Work


def prepare(work: Work) -> dict[str, Any]:
    """Make an empty target as the source is; put back what an earlier run has left undone.

    :returns: ``repairs``: what has to be put back once :func:`bare` has taken it away.
    """
    target = work.session.target()
    if target.is_empty():
        target.create(work.session.source())
        work.tells.log("target made")
    repair(work)
    return {
        "repairs": target.bare(
            work.session.schema, drop_indexes=work.session.run.settings["default_drop_indexes"]
        )
    }


def bare(work: Work) -> dict[str, Any]:
    """Take away what loading would stumble over, and all rows."""
    target = work.session.target()
    target.bare(work.session.schema, drop_indexes=work.session.run.settings["default_drop_indexes"])
    target.lay_bare()
    target.clear(work.session.schema)
    return {}
