"""A glance at a text never overlooks what a look finds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.synthesis.plans import Entity
from shared.synthesis.recognise.known import KnownValues
from shared.synthesis.recognise.plainness import Glance
from shared.synthesis.recognise.texts import find_in_text

KEY = b"k" * 32
KNOWN = KnownValues.from_bytes(
    KEY,
    KnownValues.build(
        KEY,
        [
            (Entity.COMPANY, "Quiet Meadow Holdings"),
            (Entity.PERSON, "Zebulon Quixworth"),
            (Entity.STREET_ADDRESS, "harbour road"),
        ],
    ).to_bytes(),
)
ROW = [(Entity.PERSON, "Tamsin Okoro"), (Entity.CITY, "Nether Wallop")]

WORDS = (
    *("the", "order", "was", "late", "and", "customer", "called", "password", "is", "secret"),
    *("maria", "garcia", "mark", "smith", "john", "will", "rose", "dr", "mrs", "de", "van"),
    *("quiet", "meadow", "holdings", "zebulon", "quixworth", "harbour", "road", "paris"),
    *("tamsin", "okoro", "nether", "wallop", "grundle", "fizzwick", "berlin", "Hello", "kunde"),
)
TEXTS = st.lists(
    st.tuples(
        st.sampled_from(WORDS),
        st.sampled_from([str, str, str, str.capitalize, str.upper]),
        st.sampled_from([" ", " ", " ", ", ", ". ", ".", "? ", "\n", " (", ") ", "  "]),
    ),
    max_size=8,
).map(lambda parts: "".join(write(word) + gap for word, write, gap in parts))


@settings(max_examples=1_500)
@given(text=TEXTS, language=st.sampled_from(["en", "de", "fr"]), row=st.sampled_from([[], ROW]))
def test_nothing_is_found_in_what_is_plain_at_a_glance(
    text: str, language: str, row: list[tuple[Entity, str]]
) -> None:
    if Glance(language, KNOWN).is_plain(text, row):
        assert find_in_text(text, locale=language, row=row, known=KNOWN) == []


@pytest.mark.parametrize(
    "text",
    ["", "the order was late", "Delivered to the wrong door. Sent again, without a bill."],
)
def test_most_texts_are_plain(text: str) -> None:
    assert Glance("en", KNOWN).is_plain(text, ROW)


@pytest.mark.parametrize(
    "text",
    [
        *("call 0171 555", "a@b", "john smith was here", "seen by Okoro", "near nether wallop"),
        *("at Quiet Meadow Holdings", "my password is swordfish", "Grundle Fizzwick asked"),
        *("l'ami", "naïve", "<b>bold</b>", '{"a": "b"}', "well-known"),
    ],
)
def test_what_has_to_be_looked_at(text: str) -> None:
    assert not Glance("en", KNOWN).is_plain(text, ROW)
