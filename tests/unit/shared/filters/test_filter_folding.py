"""Same but for case."""

from __future__ import annotations

import sys

import pytest

from shared.filters.folding import fold, variants


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *[("STRASSE", "strasse"), ("MÜLLER", "müller"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("ẞ", "ß")],
        *[("\u212a", "k"), ("ſ", "S"), ("Ǆ", "ǅ"), ("ᾈ", "ᾀ"), ("𐐀", "𐐨"), ("Ꭰ", "ꭰ")],
    ],
)
def test_the_same_but_for_case(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("ß", "ss"), ("İ", "i"), ("ı", "i"), ("ü", "u")])
def test_not_the_same(one: str, other: str) -> None:
    assert fold(one) != fold(other)


#: All letters with case, as a test below holds, and much else.
PLANES = "".join(map(chr, range(0x20000)))


def test_folding_is_one_for_one_and_final() -> None:
    folded = fold(PLANES)
    assert len(folded) == len(PLANES)
    assert fold(folded) == folded


def test_there_is_no_case_beyond_the_first_two_planes() -> None:
    beyond = "".join(map(chr, range(0x20000, sys.maxunicode + 1)))
    assert beyond.casefold() == beyond == beyond.lower()


def test_lowering_ascii_and_replacing_variants_is_folding() -> None:
    special, plain = variants(fold(PLANES))
    lowered = "".join(c.lower() if c.isascii() else c for c in PLANES)
    assert lowered.translate(str.maketrans(special, plain)) == fold(PLANES)
    assert variants("kiss") == ("\u212aſ", "ks")
