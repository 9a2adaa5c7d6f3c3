"""How far a run is. Pure.

A *summary* is kept with the run: ``blocks`` and ``blocks_done``, and for each table by its name
``rows`` (of the source), ``written``, and whether it ``is_part`` of another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.synthesis.run import WAVES, StepKind

#: Percents that are done before the first block, and after the last one.
BEFORE, AFTER = 5, 90

#: Percents once a step of this kind is done.
_LATER = {
    StepKind.REBUILD: 95,
    StepKind.FINISH: 97,
    StepKind.VERIFY: 99,
    StepKind.REPORT: 100,
}


def percent(summary: Mapping[str, Any], *, done: StepKind) -> int:
    """How much of a run is done, after a step of this kind."""
    if done in _LATER:
        return _LATER[done]
    if WAVES[done] < WAVES[StepKind.GENERATE]:
        return min(BEFORE, 1 + WAVES[done])
    blocks, blocks_done = int(summary.get("blocks", 0)), int(summary.get("blocks_done", 0))
    return BEFORE + (AFTER - BEFORE) * blocks_done // max(1, blocks)


def with_block(summary: Mapping[str, Any], *, table: str, written: int) -> dict[str, Any]:
    """The summary after one more block of a table."""
    tables = dict(summary.get("tables", {}))
    known = dict(tables.get(table, {}))
    known["written"] = known.get("written", 0) + written
    tables[table] = known
    return {**summary, "blocks_done": summary.get("blocks_done", 0) + 1, "tables": tables}
