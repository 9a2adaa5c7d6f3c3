"""Code points that are not seen, and where they matter all the same. Pure.

Some change how their neighbours look, and are a part of how a word is written: joiners in the
scripts that need them (RFC 5892, appendix A, and what it leaves out) and between emoji, the tags of
a region's flag, Mongolian's selectors. All others make no difference to the eye.
"""

from __future__ import annotations

from unicodedata import combining

import idna
import regex

#: Unicode's ``Default_Ignorable_Code_Point``, as the inside of a character class. The test of this
#: module holds it against the property.
IGNORABLE = (
    r"\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e0fff"
)
#: What breaks a line for any reader of a file; see ``shared.generation.exports``.
BREAKS = r"\n\v\f\r\x1c-\x1e\x85\u2028\u2029"
#: What looks like a space: white space that breaks no line, and the blank of Braille.
BLANKS = r" \t\x1f\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\u2800"

_NON_JOINER, _JOINER = "\u200c", "\u200d"

_FLAG_TAGS = r"(?<=\U0001f3f4)[\U000e0020-\U000e007e]+\U000e007f"
_MONGOLIAN = r"(?<=\p{Script=Mongolian})[\u180b-\u180f]"
_UNSEEN = regex.compile(
    rf"(?:{_FLAG_TAGS}|{_MONGOLIAN})(*SKIP)(*FAIL)|[[{IGNORABLE}]--[{_NON_JOINER}{_JOINER}]]",
    regex.V1,
)
_JOINERS = regex.compile(f"[{_NON_JOINER}{_JOINER}]+")

_SEEN = regex.compile(rf"[^{IGNORABLE}{BREAKS}{BLANKS}]")
_LAST_SEEN = regex.compile(rf"(?r)[^{IGNORABLE}{BREAKS}{BLANKS}]")
#: Behind the last character that is seen: what chooses how it looks.
_BELONGS = regex.compile(rf"[\ufe00-\ufe0f\U000e0100-\U000e01ef]|{_FLAG_TAGS}|{_MONGOLIAN}")

_OPENS = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
_CLOSES = "\u202c\u2069"

_EMOJI = regex.compile(r"\p{Extended_Pictographic}")
_AFTER_EMOJI = regex.compile(r"[\p{Extended_Pictographic}\p{Emoji_Modifier}]\p{Mn}*\Z")
_KHMER_SIGN = regex.compile(r"[\p{Script=Khmer}&&\p{M}]", regex.V1)
_IN_WORD = regex.compile(r"[\p{L}\p{M}]")

#: The combining class of a virama, which takes a consonant's vowel away.
_VIRAMA = 9
#: A letter that joins on both sides (BEH), to ask of another whether it would join it.
_JOINING = "\u0628"
#: No letter carries more marks; so far the neighbours of a joiner are looked at.
_REACH = 16


def without_unseen(text: str) -> str:
    """``text`` without code points that nobody sees, but with those that change what is seen.

    :param text: in NFC.
    """
    text = _UNSEEN.sub("", text)
    return _JOINERS.sub(lambda found: _joiner(text, found.start(), found.end()), text)


def trim(text: str) -> str:
    """``text`` without what is not seen at its ends: blanks, line breaks, ignorable code points."""
    if text.isascii():
        return text.strip()
    if _SEEN.match(text) and _SEEN.match(text, len(text) - 1):
        return text
    first, last = _SEEN.search(text), _LAST_SEEN.search(text)
    if first is None or last is None:
        return ""
    start, end = first.start(), last.end()
    if belongs := _BELONGS.match(text, end):
        end = belongs.end()
    if text[end : end + 1] == _JOINER and _is_needed(_JOINER, text[:end], ""):
        end += 1
    if text[start - 1 : start] == _JOINER and _is_needed(_JOINER, "", text[start:]):
        start -= 1
    if _is_open(text[start:end]) and not _is_open(text):
        # One of a pair that sets a direction stands at an end, and the other within.
        start = min([start, *(text.index(mark) for mark in _OPENS if mark in text)])
        end = max([end, *(text.rfind(mark) + 1 for mark in _CLOSES)])
    return text[start:end]


def _is_open(text: str) -> bool:
    return sum(map(text.count, _OPENS)) != sum(map(text.count, _CLOSES))


def _joiner(text: str, start: int, end: int) -> str:
    """What is left of joiners in a row: the first, where it changes how its neighbours look."""
    before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    return text[start] if _is_needed(text[start], before, after) else ""


def _is_needed(joiner: str, before: str, after: str) -> bool:
    if _is_sign(before[-1:]) or _is_sign(after[:1]):
        # At the end of a word a consonant has no vowel either way; joined it has another shape.
        return joiner == _JOINER or _IN_WORD.match(after) is not None
    before, after = before[-_REACH:], after[:_REACH]
    joins_before = _joins(before + _NON_JOINER + _JOINING, len(before))
    joins_after = _joins(_JOINING + _NON_JOINER + after, 1)
    if joiner == _NON_JOINER:
        return joins_before and joins_after
    if _EMOJI.match(after) and _AFTER_EMOJI.search(before):
        return True
    # Letters that join each other do so by themselves.
    return joins_before != joins_after


def _is_sign(character: str) -> bool:
    return character != "" and (
        combining(character) == _VIRAMA or _KHMER_SIGN.match(character) is not None
    )


def _joins(text: str, at: int) -> bool:
    """Whether the letters on both sides of a non-joiner would join without it."""
    try:
        return idna.valid_contextj(text, at)
    except ValueError:
        # Of a code point without a name: no letter that joins.
        return False
