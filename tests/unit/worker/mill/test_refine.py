from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.generation.exports import LINE_BREAKS
from shared.javaregex import compile_java
from worker.mill.filtering import Filter, Filters
from worker.mill.refine import Refined, Refiner, Rules


def without(pattern: str) -> Filter:
    return Filter(compile_java(pattern))


PLAIN = Rules(max_value_length=10, multiline=False, trim=True, unique=True, unwanted=None)

RULES = st.builds(
    Rules,
    max_value_length=st.integers(1, 12),
    multiline=st.booleans(),
    trim=st.booleans(),
    unique=st.booleans(),
    unwanted=st.sampled_from([None, without("[aeiou]"), without(r"\s")]),
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
    rules = replace(PLAIN, unwanted=without("[{}]"), max_value_length=4)
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
    rules = replace(PLAIN, unwanted=without("(a|a)*b"), max_value_length=100)
    refined = refine(["a" * 40 + "cb", "fine"], rules)
    assert refined.values == ["fine"]
    assert refined.rejected == {"filter_timeout": 1}


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


LONG = replace(PLAIN, max_value_length=100)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (["Noe\u0308l", "Noël"], ["Noël"]),
        (["Anna", "Anna\u200b"], ["Anna"]),
        (["\u200bAnna", "Anna"], ["Anna"]),
        (["An\u200bna", "Anna"], ["An\u200bna"]),
        (["Anna\xa0Maria", "Anna Maria", "Anna  Maria"], ["Anna\xa0Maria"]),
        (["می\u200cخواهم", "میخواهم"], ["می\u200cخواهم", "میخواهم"]),
        (["👨\u200d👩\u200d👧", "👨👩👧"], ["👨\u200d👩\u200d👧", "👨👩👧"]),
    ],
)
def test_field_c1_what_looks_the_same_is_kept_once(said: list[str], kept: list[str]) -> None:
    refined = refine(said, LONG)
    assert refined.values == kept
    assert refined.repeated == len(said) - len(kept)
    assert len(refine(said, replace(LONG, unique=False)).values) == len(said)


def test_field_c1_a_value_is_filtered_and_measured_as_it_is_stored() -> None:
    rules = replace(PLAIN, unwanted=without("[^a-zA-Zë]"), max_value_length=4)
    assert refine(["Noe\u0308l"], rules).values == ["Noël"]
    # What is taken out may bring together what composes.
    assert refine(["e-\u0301"], replace(PLAIN, unwanted=without("-"))).values == ["é"]
    assert refine(["Ä" * 10, unicodedata.normalize("NFD", "Ö" * 11)], PLAIN).rejected == {
        "too_long": 1
    }


@pytest.mark.parametrize("value", ["\u200b", "\u3164\u2800", "\u200e \u200f", "\ufeff"])
def test_field_c1_what_nobody_sees_is_empty(value: str) -> None:
    assert refine([value], PLAIN).rejected == {"empty": 1}
    untrimmed = replace(PLAIN, trim=False)
    assert refine([value.replace(" ", "").replace("\u2800", "")], untrimmed).rejected == {
        "empty": 1
    }


@pytest.mark.parametrize(
    "lost", ["\ufffd", "\ufffc", "\ufffe", "\uffff", "\ufdd0", "\U0001ffff", "\U0010fffe"]
)
def test_field_c2_what_stands_for_lost_text_is_unusable(lost: str) -> None:
    for value in (f"Anna {lost}", lost, f"{lost}é", "Anna \ud83d"):
        assert refine([value], PLAIN).rejected == {"unusable": 1}
    assert refine(["Anna 👍", "𠮷", "\ue000"], PLAIN).values == ["Anna 👍", "𠮷", "\ue000"]


@pytest.mark.parametrize("trim", [True, False])
@pytest.mark.parametrize("unwanted", [None, without("x")])
def test_field_c3_no_value_begins_with_a_byte_order_mark(
    trim: bool, unwanted: Filter | None
) -> None:
    rules = replace(PLAIN, trim=trim, unwanted=unwanted)
    said = ["\ufeffAnna", "\ufeff\ufeffx\ufeffBen" if unwanted else "\ufeff\ufeffBen"]
    assert refine(said, rules).values == ["Anna", "Ben"]


#: Patterns that take for ever where what they look for is not there.
ENDLESS = ["(a|a)*b", "(a|aa)+b", "(?:a|a|a)*b"]


@pytest.mark.parametrize("pattern", ENDLESS)
def test_field_e5_a_pattern_that_takes_for_ever_is_given_up(pattern: str) -> None:
    unwanted = without(pattern)
    rules = replace(PLAIN, unwanted=unwanted, max_value_length=100)
    refiner = Refiner(rules)
    refined = refiner.refine(["a" * 40 + f"cb{number}" for number in range(3)])
    assert refined.rejected == {"filter_timeout": 3}
    assert unwanted.is_given_up
    assert "of 3 values that it was tried on, it had to be stopped on 3" in unwanted.reason
    # Not tried any more, not even on what it would be quick with.
    assert refiner.refine(["b", "c"] * 20).rejected == {"filter_timeout": 40}


def test_field_e5_a_pattern_that_takes_long_on_few_values_goes_on() -> None:
    unwanted = without("(a|a)*b")
    rules = replace(PLAIN, unwanted=unwanted, max_value_length=100, unique=False)
    for _ in range(4):
        said = [*["fine"] * 25, "a" * 40 + "cb"]
        assert refine(said, rules).rejected == {"filter_timeout": 1}
    assert not unwanted.is_given_up


def test_field_e5_filters_are_each_operations_own_and_bounded() -> None:
    filters = Filters(most=2)
    one = filters.of(1, "x")
    assert filters.of(1, "x") is one
    assert filters.of(2, "x") is not one
    filters.of(1, "x")
    filters.of(3, "x")
    assert len(filters) == 2
    assert filters.of(1, "x") is one
