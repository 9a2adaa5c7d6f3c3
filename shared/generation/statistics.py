"""What an operation has cost, how fast it is, and how far it will come. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

#: Counters that are told as they stand in the table.
COUNTERS = (
    "prompts",
    "asked",
    "wasted",
    "duplicates",
    "rejected",
    "too_long",
    "several_lines",
    "empty",
    "failed_prompts",
    "broken_prompts",
    "refused_prompts",
    "cut_prompts",
    "lost_prompts",
    "prompt_tokens",
    "output_tokens",
)


def statistics_of(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The statistics of a row of ``operations``; what is not known yet is None.

    Nothing here changes by the mere passing of time, or nobody who polls could be spared an
    answer that says what the last one said.
    """
    done, asked = row["generated_count"], row["asked"]
    until = row["end_time"] or row["update_time"]
    waiting, since = row["waiting_seconds"], row["waiting_since"]
    if since is not None and row["end_time"] is not None:
        waiting += _seconds(since, row["end_time"])
        since = None
    working = _seconds(row["start_time"], until) if row["start_time"] is not None else 0.0
    rate = done / working if working and done else None
    left = row["requested_count"] - done
    return {
        **{name: row[name] for name in COUNTERS},
        "waiting_seconds": round(waiting, 3),
        "waiting_since": since,
        "values_per_second": None if rate is None else round(rate, 3),
        "unique_per_asked": round(done / asked, 4) if asked else None,
        "seconds_left": round(left / rate, 1) if rate and row["end_time"] is None else None,
        "reachable": row["reachable"],
    }


def _seconds(since: datetime, until: datetime) -> float:
    return max(0.0, (until - since).total_seconds())
