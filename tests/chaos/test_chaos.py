"""A short chaos run; ``make chaos`` makes long ones."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.run import run


def test_whatever_dies_nothing_is_lost_and_nothing_counted_twice(tmp_path: Path) -> None:
    """The faults of a seed; what held and what did not is in ``tests/chaos/checks.py``."""
    result = run(seed=5, seconds=18, var=tmp_path / "stack", report=print)
    assert result.violations == []
    # It was no picnic, and there was work all the while.
    assert result.totals["SIGKILL"] >= 4
    assert result.totals["PostgreSQL restart"] >= 1
    assert result.totals["Redis wipe"] >= 1
    assert result.totals["values"] > 100
    assert result.totals["looks"] > 5
