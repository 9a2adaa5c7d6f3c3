from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.generation.exports import LINE_BREAKS
from shared.javaregex import compile_java
from worker.mill.refine import Refined, Refiner, Rules

PLAIN = Rules(max_value_length=10, multiline=False, trim=True, unique=True, unwanted=None)

RULES = st.builds(
    Rules,
    max_value_length=st.integers(1, 12),
    multiline=st.booleans(),
    trim=st.booleans(),
    unique=st.booleans(),
    unwanted=st.sampled_from([None, compile_java("[aeiou]"), compile_java(r"\s")]),
)
SAID = st.lists(st.text(alphabet=st.sampled_from("abe \n\u2028\r\0\ud800é𝒳"), max_size=15))


def refine(said: list[str], rules: Rules) -> Refined:
    return Refiner(rules).refine(said)


@given(said=SAID, rules=RULES)
def test_every_value_kept_is_fit(said: list[str], rules: Rules) -> None:
    refined = refine(said, rules)
    for value in refined.values:
        assert 0 < len(value) <= rules.max_value_length
        assert rules.multiline or LINE_BREAKS.isdisjoint(value)
        assert not rules.trim or value == value.strip()
        assert "\0" not in value
        assert value.encode()
    if rules.unique:
        assert len(set(refined.values)) == len(refined.values)


@given(said=SAID, rules=RULES)
def test_every_value_said_is_accounted_for(said: list[str], rules: Rules) -> None:
    refined = refine(said, rules)
    assert len(refined.values) + refined.repeated + refined.rejected.total() == len(said)


@given(said=SAID, rules=RULES)
def test_refining_twice_changes_nothing(said: list[str], rules: Rules) -> None:
    once = refine(said, rules).values
    again = refine(once, rules)
    assert again.values == once
    assert again.rejected.total() == again.repeated == 0


def test_the_order_is_filter_trim_reject_deduplicate() -> None:
    rules = replace(PLAIN, unwanted=compile_java("[{}]"), max_value_length=4)
    # Only the filter makes room for the trim, and only both make it short enough and a repeat.
    refined = refine(["{ Anna }", "Anna", "{}", " "], rules)
    assert refined.values == ["Anna"]
    assert refined.repeated == 1
    assert refined.rejected == {"empty": 2}


@pytest.mark.parametrize("line_break", sorted(LINE_BREAKS))
def test_no_line_break_gets_into_a_single_line_value(line_break: str) -> None:
    refined = refine([f"a{line_break}b"], PLAIN)
    assert refined.values == []
    assert refine([f"a{line_break}b"], replace(PLAIN, multiline=True)).values != []


def test_length_counts_code_points() -> None:
    assert refine(["𝒳" * 10, "𝒳" * 11], PLAIN).values == ["𝒳" * 10]


def test_a_filter_that_never_ends_costs_the_value_and_not_the_worker() -> None:
    rules = replace(PLAIN, unwanted=compile_java("(a|a)*b"), max_value_length=100)
    refined = refine(["a" * 40 + "cb", "fine"], rules)
    assert refined.values == ["fine"]
    assert refined.rejected.total() == 1


def test_duplicates_stay_where_they_are_allowed() -> None:
    assert refine(["a", "a"], replace(PLAIN, unique=False)).values == ["a", "a"]


@given(said=SAID, rules=RULES, at=st.integers(0, 8))
def test_an_answer_in_parts_is_the_same_answer(said: list[str], rules: Rules, at: int) -> None:
    whole = refine(said, rules)
    refiner = Refiner(rules)
    parts = [refiner.refine(said[:at]), refiner.refine(said[at:])]
    assert parts[0].values + parts[1].values == whole.values
    assert parts[0].repeated + parts[1].repeated == whole.repeated
    assert parts[0].rejected + parts[1].rejected == whole.rejected


@pytest.mark.parametrize("control", ["\0", "\x07", "\x1b", "\x7f", "\x9b"])
def test_control_characters_are_no_text(control: str) -> None:
    for rules in (PLAIN, replace(PLAIN, multiline=True)):
        assert refine([f"a{control}b"], rules).rejected == {"unusable": 1}


def test_tabs_and_directions_are_text() -> None:
    assert refine(["a\tb", "a\u202eb"], PLAIN).values == ["a\tb", "a\u202eb"]
