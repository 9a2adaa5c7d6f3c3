from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from deploy.sample_model.pattern import Pattern
from worker.mill.regions import EVERYTHING, Region, join, partition

#: Few letters, so that beginnings are shared; some that JSON or patterns treat in their own way.
LETTERS = st.sampled_from('aAbBßçЯЖ漢字1-^]["\\.( \n\x7f\u2028😀')
TEXT = st.text(LETTERS, max_size=5)
REGIONS = st.builds(
    Region,
    st.lists(TEXT, min_size=1, max_size=5, unique=True).map(tuple),
    st.lists(TEXT, max_size=5, unique=True).map(tuple),
)
KNOWN = st.lists(TEXT, max_size=60, unique=True)


@given(known=KNOWN, size=st.integers(1, 20), value=TEXT)
def test_a_partition_has_every_string_in_one_part(known: list[str], size: int, value: str) -> None:
    parts = partition(known, size=size)
    for text in [*known, value]:
        assert sum(text in part.region for part in parts) == 1
    for part in parts:
        assert all(text in part.region for text in part.values)
    assert sorted(text for part in parts for text in part.values) == sorted(known)


@given(known=KNOWN, size=st.integers(1, 5), value=TEXT, data=st.data())
def test_joined_parts_hold_what_the_parts_hold(
    known: list[str], size: int, value: str, data: st.DataObject
) -> None:
    parts = [part.region for part in partition(known, size=size)]
    chosen = data.draw(st.lists(st.sampled_from(parts), min_size=1, unique=True))
    whole = join(chosen)
    for text in [*known, value]:
        assert (text in whole) == any(text in part for part in chosen)


@given(region=REGIONS, value=TEXT)
def test_a_pattern_lets_only_the_region_through(region: Region, value: str) -> None:
    pattern = region.pattern(30)
    if pattern is not None and re.fullmatch(pattern, value):
        assert value in region
        assert json.dumps(value, ensure_ascii=False) == f'"{value}"'


@given(
    known=st.lists(st.text(st.sampled_from("ABCaЯ漢1. -"), min_size=1, max_size=5), min_size=1),
    size=st.integers(1, 9),
)
def test_a_pattern_lets_the_known_values_of_its_region_through(known: list[str], size: int) -> None:
    for part in partition(known, size=size):
        pattern = part.region.pattern(30)
        for value in part.values:
            assert pattern is not None
            assert re.fullmatch(pattern, value)


@given(region=REGIONS, length=st.integers(1, 5_000))
def test_a_pattern_is_one_that_servers_take(region: Region, length: int) -> None:
    pattern = region.pattern(length)
    if pattern is not None:
        assert Pattern(pattern)
        assert all(int(n) < 2_000 for n in re.findall(r"\{0,(\d+)\}", pattern))


def test_patterns_are_plain_to_read() -> None:
    assert Region(("Ka", "Ke", "L")).pattern(20) == r'^(K[ae]|L)[^"\\\x00-\x1F\x7F]{0,19}$'
    assert Region(("",), ("A", "7")).pattern(9) == (
        r'^([^7Aa"\\\x00-\x1F\x7F])[^"\\\x00-\x1F\x7F]{0,8}$'
    )
    assert Region(('"',)).pattern(9) is None


def test_words_quote_what_came_from_outside() -> None:
    assert Region(("Ka", 'L"')).words() == 'beginning with "Ka" or "L\\""'
    assert Region(("",), ("A", "B")).words() == 'not beginning with "A" or "B"'
    assert Region(("A",), ("Al",)).words() == 'beginning with "A", but not with "Al",'
    assert EVERYTHING.words() == ""


@given(region=REGIONS)
def test_a_region_survives_the_database(region: Region) -> None:
    assert Region.load(region.dump()) == region


def test_beginnings_of_a_single_value_speak_for_little() -> None:
    scattered = partition([f"{chr(0xAC00 + 28 * n)}a" for n in range(30)], size=4)
    gathered = partition([f"{a}{b}{c}" for a in "ABC" for b in "ei" for c in "nrstl"], size=10)
    for parts, least, most in ((scattered, 0, 2), (gathered, 30, 30)):
        known = sum(len(part.values) for part in parts)
        assert known == 30
        assert least <= sum(part.solid for part in parts) <= most
