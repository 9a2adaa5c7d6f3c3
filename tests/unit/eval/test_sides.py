"""What is read from the service's own account of a list."""

from __future__ import annotations

from tests.eval.sides import refused_by_reason
from valuemill import Operation


def test_values_refused_are_told_by_the_reasons_that_the_service_counts() -> None:
    statistics = {"too_long": 2, "empty": 0, "several_lines": 1, "prompts": 5, "rejected": 4}
    operation = Operation.from_json({"id": "1", "statistics": statistics})
    assert refused_by_reason(operation) == {"too_long": 2, "several_lines": 1}
    assert refused_by_reason(Operation(id="1")) == {}
