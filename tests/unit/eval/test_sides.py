"""What is read from the service's own account of a list."""

from __future__ import annotations

from tests.eval.sides import refused_by_reason
from valuemill import Statistics


def test_values_refused_are_told_by_the_reasons_that_the_service_counts() -> None:
    counts = {"too_long": 2, "empty": 0, "several_lines": 1, "prompts": 5, "rejected": 4}
    assert refused_by_reason(Statistics.from_json(counts)) == {"too_long": 2, "several_lines": 1}
    assert refused_by_reason(Statistics()) == {}
