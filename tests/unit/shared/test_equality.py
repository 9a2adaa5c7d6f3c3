"""What counts as equal, and what is not seen."""

from __future__ import annotations

import unicodedata

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from shared.equality import compose, fold
from shared.generation.exports import LINE_BREAKS
from shared.unseen import BLANKS, BREAKS, IGNORABLE, trim

SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"

#: What is folded, what it stands beside, and what composes with it.
TRICKY = st.text(
    st.sampled_from(
        "ab  \t\n\r\x85\xa0\u3000\u2800\u034f\u200b\u200c\u200d\u200e\u2067\u2069\ufeff\ufe0f\xad"
        "e\u0301\u0308\u0323\xe9\u1ed9\uac00\u1100\u1161\u11a8\u212b\u0628\u062f\u064e\u0915\u094d"
        "\u0937\u0dd9\u0dca\u0ddd\u17c9\u17b8\u0d28\u0d4d👩💻🏽❤🔥\U0001f3f4\U000e0067\U000e007f"
        "\u1820\u180b\u180e\u115f\U00011131\U00011127\U00011133"
    ),
    max_size=12,
)
TEXT = TRICKY | st.text(max_size=12)

EQUAL = {
    "decomposed": ("Noël", "Noe\u0308l"),
    "marks in another order": ("a\u0323\u0302", "a\u0302\u0323"),
    "Hangul in jamo": ("한국", unicodedata.normalize("NFD", "한국")),
    "Ångström's sign": ("Å", "\u212b"),
    "zero width space behind": ("Anna", "Anna\u200b"),
    "zero width space within": ("Anna", "An\u200bna"),
    "byte order mark": ("Anna", "\ufeffAnna"),
    "soft hyphen": ("Anna", "An\xadna"),
    "word joiner": ("Anna", "An\u2060na"),
    "Hangul filler": ("Anna", "Anna\u3164"),
    "joiners where none belongs": ("Anna", "An\u200d\u200cna"),
    "tags that are no flag's": ("Anna", "Anna\U000e0041"),
    "marks of direction": ("דוד", "\u200fדוד\u200e"),
    "an embedding": ("Anna", "\u202aAnna\u202c"),
    "between a letter and its mark": ("é", "e\u200b\u0301"),
    "no-break space": ("Anna Maria", "Anna\xa0Maria"),
    "narrow and wide spaces": ("Anna Maria", "Anna\u202f\u3000Maria"),
    "two spaces": ("Anna Maria", "Anna  Maria"),
    "a tab": ("Anna Maria", "Anna\tMaria"),
    "line ends": ("Anna\nMaria", "Anna \r\nMaria"),
    "another line break": ("Anna\nMaria", "Anna\u2028Maria"),
    "how an emoji is shown": ("❤", "❤\ufe0f"),
    "a variant of a character": ("辻", "辻\U000e0100"),
    "a non-joiner where nothing joins": ("دا", "د\u200cا"),
    "a joiner where all is joined": ("بب", "ب\u200dب"),
    "a non-joiner at the end": ("کتاب", "کتاب\u200c"),
    "two non-joiners": ("می\u200cخواهم", "می\u200c\u200cخواهم"),
}

DIFFERENT = {
    "case": ("Anna", "anna"),
    "an accent": ("Noël", "Noel"),
    "width": ("AB", "ＡＢ"),
    "punctuation": ("Anna-Lena", "Anna–Lena"),
    "a blank where none is": ("Anna Lena", "AnnaLena"),
    "a blank at an end": ("Anna", "Anna "),
    "a line": ("a\nb", "a\n\nb"),
    "Persian non-joiner": ("می\u200cخواهم", "میخواهم"),
    "Arabic joiner at the end": ("ه\u200d", "ه"),
    "Devanagari joiner": ("क्\u200dष", "क्ष"),
    "Devanagari non-joiner": ("क्\u200cष", "क्ष"),
    "Bengali joiner before a virama": ("র\u200d্যাব", "র্যাব"),
    "Sinhala joiner": ("ශ්\u200dරී", "ශ්රී"),
    "Malayalam joiner at the end": ("അവന്\u200d", "അവന്"),
    "Khmer non-joiner": ("ប៊\u200cី", "ប៊ី"),
    "Mongolian selector": ("ᠠ\u180b", "ᠠ"),
    "a family": ("👨\u200d👩\u200d👧", "👨👩👧"),
    "a heart on fire": ("❤\ufe0f\u200d🔥", "❤\ufe0f🔥"),
    "a profession": ("👩🏽\u200d💻", "👩🏽💻"),
    "flags": (SCOTLAND, ENGLAND),
}


@pytest.mark.parametrize("case", EQUAL)
def test_field_c1_what_looks_the_same_is_equal(case: str) -> None:
    one, other = EQUAL[case]
    assert fold(one) == fold(other)


@pytest.mark.parametrize("case", DIFFERENT)
def test_field_c1_what_looks_different_is_not_equal(case: str) -> None:
    one, other = DIFFERENT[case]
    assert fold(one) != fold(other)


@given(TEXT)
def test_what_is_folded_stays_so(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXT)
@example("e\u200b\u0301")
def test_all_normal_forms_fold_to_one(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
    assert fold(text) == fold(compose(text))
    assert unicodedata.is_normalized("NFC", fold(text))


@given(st.from_regex(r"[!-~]+( [!-~]+)*", fullmatch=True))
def test_what_is_plain_folds_to_itself(text: str) -> None:
    assert fold(text) is text
    assert compose(text) is text
    assert trim(text) == text


@given(TEXT)
def test_nothing_that_is_seen_goes(text: str) -> None:
    def seen(of: str) -> str:
        composed = unicodedata.normalize("NFD", regex.sub(rf"[{IGNORABLE}]", "", of))
        return regex.sub(rf"[{BLANKS}{BREAKS}]", "", unicodedata.normalize("NFC", composed))

    assert seen(fold(text)) == seen(text)
    assert seen(trim(text)) == seen(text)


@given(TEXT)
def test_what_is_trimmed_is_trimmed_once(text: str) -> None:
    assert trim(trim(text)) == trim(text)
    assert trim(text) in text
    assert trim(text) == trim(text).strip()


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("\u200bAnna\u200b", "Anna"),
        ("\ufeffÄnna\u2060 \u200e", "Änna"),
        ("\u2800\u3164é\u3164", "é"),
        ("\u200b\u3164\u2800", ""),
        ("\u202bאבג\u202c", "אבג"),
        ("\u200fאבג\u200f", "אבג"),
        ("Anna\u200d", "Anna"),
        ("کتاب\u200c", "کتاب"),
    ],
)
def test_field_c1_what_is_not_seen_at_the_ends_is_trimmed(said: str, left: str) -> None:
    assert trim(said) == left


@pytest.mark.parametrize(
    "value",
    [
        "می\u200cخواهم",
        "אב\u200fגד",
        "അവന്\u200d",
        "ه\u200d",
        "❤\ufe0f",
        "辻\U000e0100",
        SCOTLAND,
        "abc \u2067אבג\u2069",
        "\u202bאבג\u202c abc",
        "👨\u200d👩\u200d👧",
    ],
)
def test_field_c1_what_belongs_to_a_word_stays(value: str) -> None:
    assert trim(value) == value
    assert trim(f"\u200b {value} \u200b") == value


def test_what_is_ignorable_is_as_unicode_has_it() -> None:
    ours = regex.compile(rf"[{IGNORABLE}]")
    theirs = regex.compile(r"\p{Default_Ignorable_Code_Point}")
    assert [
        hex(code)
        for code in range(0x110000)
        if bool(ours.match(chr(code))) != bool(theirs.match(chr(code)))
    ] == []


def test_what_is_blank_or_breaks_a_line_is_as_python_has_it() -> None:
    breaks = {c for c in map(chr, range(0x3100)) if regex.match(rf"[{BREAKS}]", c)}
    blanks = {c for c in map(chr, range(0x3100)) if regex.match(rf"[{BLANKS}]", c)}
    assert breaks == LINE_BREAKS
    assert blanks | breaks == {c for c in map(chr, range(0x110000)) if c.isspace()} | {"\u2800"}
