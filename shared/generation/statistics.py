"""What an operation has cost, how fast it is, and how far it will come. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shared.generation.operation import Operation

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
    "filter_timeout",
    "echo",
    "markup",
    "counting",
    "cut_off",
    "run_away",
    "off_shape",
    "refusal",
    "failed_prompts",
    "broken_prompts",
    "refused_prompts",
    "cut_prompts",
    "lost_prompts",
    "prompt_tokens",
    "output_tokens",
)


def statistics_of(operation: Operation) -> dict[str, Any]:
    """The statistics of an operation; what is not known yet is None.

    Nothing here changes by the mere passing of time, or nobody who polls could be spared an
    answer that says what the last one said.
    """
    done, asked = operation.generated_count, operation.asked
    until = operation.end_time or operation.update_time
    waiting, since = operation.waiting_seconds, operation.waiting_since
    if since is not None and operation.end_time is not None:
        waiting += _seconds(since, operation.end_time)
        since = None
    working = _seconds(operation.start_time, until) if operation.start_time is not None else 0.0
    rate = done / working if working and done else None
    left = operation.requested_count - done
    return {
        **{name: getattr(operation, name) for name in COUNTERS},
        "waiting_seconds": round(waiting, 3),
        "waiting_since": since,
        "values_per_second": None if rate is None else round(rate, 3),
        "unique_per_asked": round(done / asked, 4) if asked else None,
        "seconds_left": round(left / rate, 1) if rate and operation.end_time is None else None,
        "reachable": operation.reachable,
    }


def _seconds(since: datetime, until: datetime) -> float:
    return max(0.0, (until - since).total_seconds())
