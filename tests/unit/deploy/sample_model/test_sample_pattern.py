"""The generator of strings from patterns, against `re` itself."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.sample_model.pattern import BadPattern, Pattern

CLASSES = ["[a-z]", "[A-Z0-9]", r"[^\"\\\x00-\x1F\x7F]", "[^a-y]", "[äöü]", r"\d", r"\w", ".", "x"]
ATOMS = st.sampled_from(
    [*CLASSES, "K", r"\.", r"\-", "é", "(ab|c)", "((?:de)?)", "((f|(g|h)i){2})"]
)
QUANTIFIERS = st.sampled_from(["", "", "*", "+", "?", "{3}", "{0,4}", "{2,}"])
SEQUENCES = st.lists(st.tuples(ATOMS, QUANTIFIERS).map("".join), max_size=5).map("".join)


@given(
    st.lists(SEQUENCES, min_size=1, max_size=3).map(lambda options: f"^({'|'.join(options)})$"),
    st.integers(),
)
def test_what_it_draws_matches_the_pattern(pattern: str, seed: int) -> None:
    drawn = Pattern(pattern).draw(random.Random(seed))
    assert re.fullmatch(pattern, drawn), (pattern, drawn)


@given(st.integers())
def test_a_forced_first_letter_comes_first(seed: int) -> None:
    assert re.fullmatch("K[a-z]{1,10}", Pattern("^K[a-z]{1,10}$").draw(random.Random(seed)))


@pytest.mark.parametrize(
    "pattern",
    [
        "K[a-z]+",
        "^K[a-z]+",
        "K[a-z]+$",
        "^(?=K).*$",
        "^(?!K).*$",
        r"^\p{Lu}+$",
        "^(?i)k$",
        r"^(a)\1$",
        "^a{2000}$",
        "^a{0,2000}$",
        "^(a$",
        "^a)$",
        "^[a$",
        "^*a$",
        "^a{3,2}$",
        "^[z-a]$",
    ],
)
def test_what_no_grammar_takes_is_refused(pattern: str) -> None:
    with pytest.raises(BadPattern):
        Pattern(pattern)
