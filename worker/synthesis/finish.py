"""Finish: sequences go on behind what was written, and the database learns how much there is."""

from __future__ import annotations

from typing import Any

from worker.synthesis.work import Work


def finish(work: Work) -> dict[str, Any]:
    """See ``Target.finish``."""
    work.session.target().finish(work.session.schema)
    return {}
