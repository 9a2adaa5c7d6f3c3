from __future__ import annotations

from typing import Any

import pytest

from shared.generation import refusals

NOTHING = dict.fromkeys(
    (
        *("generated_count", "duplicates", "rejected", "too_long", "several_lines", "empty"),
        *("echo", "markup", "counting", "cut_off", "run_away", "off_shape", "refusal"),
        "filter_timeout",
    ),
    0,
)


def operation(**counts: int) -> dict[str, Any]:
    return {**NOTHING, **counts}


def test_the_commonest_reason_comes_first() -> None:
    found = operation(
        generated_count=40, duplicates=30, rejected=250, echo=190, run_away=59, too_long=1
    )
    assert refusals.explain(found) == (
        "Of 320 values that the model said, 190 were echoes of the request, 59 were run-aways "
        "that repeat themselves, 30 were repeats, 1 was too long and 40 could be used."
    )
    assert "too small" in str(refusals.hint(found))


def test_what_has_no_count_of_its_own_is_unusable() -> None:
    found = operation(generated_count=1, rejected=2, empty=1)
    assert refusals.explain(found) == (
        "Of 3 values that the model said, 1 was empty, 1 was unusable and 1 could be used."
    )
    assert "filter_characters" in str(refusals.hint(found))


def test_a_model_that_says_nothing_wrong_needs_no_hint() -> None:
    assert refusals.explain(operation(generated_count=3)) == "The model said 3 values."
    assert refusals.hint(operation(generated_count=3)) is None


def test_each_reason_of_a_look_has_its_words() -> None:
    for name in ("echo", "markup", "counting", "cut_off", "run_away", "off_shape", "refusal"):
        found = operation(rejected=2, **{name: 2})
        assert "unusable" not in refusals.explain(found)
        assert refusals.hint(found) is not None


def test_field_a15_values_that_take_too_long_to_filter_have_their_words() -> None:
    found = operation(rejected=3, filter_timeout=3)
    assert refusals.explain(found) == (
        "Of 3 values that the model said, 3 were too slow to filter."
    )
    assert refusals.hint(found) == "Write filter_characters so that it takes less time."


@pytest.mark.parametrize(
    ("counts", "warned"),
    [
        ({"generated_count": 10, "rejected": 9, "echo": 9}, False),
        ({"generated_count": 80, "rejected": 20, "echo": 20}, False),
        ({"generated_count": 10, "duplicates": 90}, False),
        ({"generated_count": 60, "rejected": 40, "echo": 30, "too_long": 10}, True),
    ],
)
def test_much_that_is_refused_is_warned_of(counts: dict[str, int], warned: bool) -> None:
    told = refusals.warning(operation(**counts))
    assert (told is not None) is warned
    if told:
        assert "30 were echoes of the request" in told
        assert "too small" in told
