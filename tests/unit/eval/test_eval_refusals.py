"""Whether the service's rules let true values pass."""

from __future__ import annotations

from dataclasses import replace

from tests.eval.kinds import KINDS
from tests.eval.refusals import false_refusals

KIND = KINDS["countries"]


def test_true_values_pass() -> None:
    found = false_refusals(KIND)
    assert found.values > 100
    assert found.share <= 0.01, found.refused


def test_a_rule_that_refuses_them_shows() -> None:
    found = false_refusals(replace(KINDS["postal_addresses"], multiline_values=False))
    assert found.refused["several_lines"] == found.values
    assert found.share == 1
