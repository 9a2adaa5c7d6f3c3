from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.generation.operation import Operation
from shared.generation.statistics import COUNTERS, statistics_of

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def operation(**changes: Any) -> Operation:
    """Half way after 10 seconds: 50 of 100 values, of 80 asked."""
    facts: dict[str, Any] = {
        **dict.fromkeys((field.name for field in fields(Operation)), None),
        **dict.fromkeys(COUNTERS, 0),
        "requested_count": 100,
        "generated_count": 50,
        "asked": 80,
        "start_time": NOON - timedelta(seconds=10),
        "update_time": NOON,
        "waiting_seconds": 1.5,
    }
    return Operation(**facts | changes)


def test_half_way() -> None:
    found = statistics_of(operation())
    assert found["values_per_second"] == 5.0
    assert found["seconds_left"] == 10.0
    assert found["unique_per_asked"] == 0.625
    assert found["waiting_seconds"] == 1.5


def test_before_the_first_prompt_nothing_is_known() -> None:
    fresh = operation(generated_count=0, asked=0, start_time=None, waiting_since=NOON)
    found = statistics_of(fresh)
    assert found["values_per_second"] is found["seconds_left"] is None
    assert found["unique_per_asked"] is None
    assert (found["waiting_seconds"], found["waiting_since"]) == (1.5, NOON)


def test_after_the_end_all_waiting_is_counted() -> None:
    ended = operation(end_time=NOON, waiting_since=NOON - timedelta(seconds=2))
    found = statistics_of(ended)
    assert found["values_per_second"] == 5.0
    assert found["seconds_left"] is None
    assert (found["waiting_seconds"], found["waiting_since"]) == (3.5, None)


def test_times_of_clocks_that_were_set_back_make_nothing_negative() -> None:
    odd = operation(update_time=NOON - timedelta(minutes=5), waiting_seconds=0.0)
    found = statistics_of(odd)
    assert found["values_per_second"] is None
    assert found["seconds_left"] is None
