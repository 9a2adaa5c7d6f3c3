"""Knobs from the command line, the environment and while running; faults in their shares."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from deploy.sample_model.faults import draw_fault, parse_faults
from deploy.sample_model.knobs import BadKnob, Knobs, read_knobs


def test_the_command_line_beats_the_environment() -> None:
    environment = {
        "SAMPLE_MODEL_SLOTS": "9",
        "SAMPLE_MODEL_QUEUE": "3",
        "SAMPLE_MODEL_MODEL": "a, b",
    }
    knobs = read_knobs(
        ["--slots", "2", "--fault", "cut=0.1", "--fault", "hang_before=0.2"], environment
    )
    assert (knobs.slots, knobs.queue, knobs.model) == (2, 3, ("a", "b"))
    assert knobs.fault == {"cut": 0.1, "hang_before": 0.2}
    assert knobs.changed().keys() == {"slots", "queue", "model", "fault"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--slots", "0"],
        ["--slots", "many"],
        ["--tokens-per-second", "-1"],
        ["--tokens-per-second", "nan"],
        ["--model", ""],
        ["--fault", "nonsense=1"],
        ["--fault", "cut=1.5"],
        ["--fault", "cut=0.6", "--fault", "empty=0.6"],
        ["--fault", "cut"],
    ],
)
def test_bad_knobs_are_refused(arguments: list[str]) -> None:
    with pytest.raises(BadKnob):
        read_knobs(arguments, {})


def test_turning_changes_only_what_is_named() -> None:
    knobs = Knobs(slots=7).turn({"fault": {"cut": 1}, "tokens-per-second": 5})
    assert (knobs.slots, knobs.fault, knobs.tokens_per_second) == (7, {"cut": 1.0}, 5.0)
    assert knobs.turn({"fault": {}, "model": ["a", "b"]}).model == ("a", "b")
    assert knobs.turn({"fault": {}}).fault == {}


@pytest.mark.parametrize(
    "change", [{"port": 1}, {"slotz": 1}, {"slots": None}, {"fault": {"x": 1}}]
)
def test_turning_refuses_what_it_cannot_do(change: dict[str, Any]) -> None:
    with pytest.raises(BadKnob):
        Knobs().turn(change)


def test_faults_come_in_their_shares_and_repeat_with_their_seed() -> None:
    faults = parse_faults(["cut=0.2", "empty=0.3"])

    def drawn(seed: int) -> list[str | None]:
        rng = random.Random(seed)
        return [draw_fault(faults, rng) for _ in range(4000)]

    counts = Counter(drawn(1))
    assert drawn(1) == drawn(1)
    assert counts["cut"] == pytest.approx(800, rel=0.15)
    assert counts["empty"] == pytest.approx(1200, rel=0.15)
    assert draw_fault(parse_faults({"cut": 1}), random.Random(2)) == "cut"
    assert draw_fault({}, random.Random(2)) is None
