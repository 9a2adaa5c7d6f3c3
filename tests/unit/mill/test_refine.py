from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.exports import LINE_BREAKS
from shared.javaregex import compile_java
from worker.mill.refine import Rules, refine

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
    assert len(refined.values) + refined.repeated + refined.rejected == len(said)


@given(said=SAID, rules=RULES)
def test_refining_twice_changes_nothing(said: list[str], rules: Rules) -> None:
    once = refine(said, rules).values
    again = refine(once, rules)
    assert again.values == once
    assert again.rejected == again.repeated == 0


def test_the_order_is_filter_trim_reject_deduplicate() -> None:
    rules = replace(PLAIN, unwanted=compile_java("[{}]"), max_value_length=4)
    # Only the filter makes room for the trim, and only both make it short enough and a repeat.
    refined = refine(["{ Anna }", "Anna", "{}", " "], rules)
    assert refined.values == ["Anna"]
    assert refined.repeated == 1
    assert refined.rejected == 2


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
    assert refined.rejected == 1


def test_duplicates_stay_where_they_are_allowed() -> None:
    assert refine(["a", "a"], replace(PLAIN, unique=False)).values == ["a", "a"]
