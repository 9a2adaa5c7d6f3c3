"""Snapshot: one view of the source for all that read it, held for as long as they do.

The process stays, with its connection, until its worker ends it: then every step that reads is
done. Where it is lost, another process takes a new view, and people are told.
"""

from __future__ import annotations

import time
from typing import Any

from worker.synthesis.work import Work

#: How often the connection is looked at, so that a lost one is noticed.
LOOK_SECONDS = 2.0


def snapshot(work: Work) -> dict[str, Any]:
    """Export a view, and hold it; where there is none, say so at once.

    :returns: only where the source has no such thing.
    :raises NotReachable: the connection is lost, and with it the view.
    """
    source = work.session.source()
    name = source.export_snapshot()
    if name is None:
        work.tells.warn(
            "This kind of source is read as it is at each moment: what is written to it meanwhile "
            "may be in the copy, or not."
        )
        return {"snapshot": None}
    if work.task.parameters.get("lost"):
        work.tells.warn(
            "The view of the source was lost while it was read, and a new one was taken: what was "
            "written to the source in between is in a part of the tables only. Orphans are counted "
            "at the end."
        )
    work.tells.hold({"snapshot": name})
    while True:
        time.sleep(LOOK_SECONDS)
        source.is_replica()
