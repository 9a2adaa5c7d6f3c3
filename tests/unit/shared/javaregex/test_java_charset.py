"""Sets of code points, and how they are written down for the engine."""

from __future__ import annotations

import regex
from hypothesis import given
from hypothesis import strategies as st

from shared.javaregex import charset
from shared.javaregex.codepoints import LAST_CODE_POINT, CodePointSet

code_points = st.one_of(
    st.integers(0, 0x7F),
    st.integers(0xD7F0, 0xE010),
    st.integers(0xFFF0, 0x10010),
    st.integers(0x103F0, 0x10810),
    st.integers(0, LAST_CODE_POINT),
)
ranges = st.tuples(code_points, st.integers(0, 40)).map(
    lambda pair: (pair[0], min(pair[0] + pair[1], LAST_CODE_POINT))
)
sets = st.lists(ranges, max_size=300).map(CodePointSet.from_ranges)


def edges(*of: CodePointSet) -> set[int]:
    """The code points where something may change, and their neighbours."""
    ends = {end for members in of for span in members.ranges for end in span}
    near = {end + step for end in ends for step in (-1, 0, 1)} | {0, LAST_CODE_POINT}
    return {c for c in near if 0 <= c <= LAST_CODE_POINT}


@given(sets, sets)
def test_sets_behave_like_sets(left: CodePointSet, right: CodePointSet) -> None:
    for c in edges(left, right):
        assert (c in left | right) == (c in left or c in right)
        assert (c in left & right) == (c in left and c in right)
        assert (c in left - right) == (c in left and c not in right)
        assert (c in ~left) == (c not in left)
    assert ~~left == left
    assert len(left) + len(~left) == LAST_CODE_POINT + 1


@given(sets)
def test_code_points_match_exactly_the_set(members: CodePointSet) -> None:
    pattern = regex.compile(charset.in_points(members), regex.V1, cache_pattern=False)

    for c in edges(members):
        assert bool(pattern.fullmatch(chr(c))) == (c in members)


@given(sets)
def test_units_match_exactly_the_set(members: CodePointSet) -> None:
    pattern = regex.compile(charset.in_units(members), regex.V1, cache_pattern=False)

    for c in edges(members):
        units = chr(c).encode("utf-16-le", "surrogatepass")
        text = "".join(map(chr, memoryview(units).cast("H")))
        assert bool(pattern.fullmatch(text)) == (c in members)
