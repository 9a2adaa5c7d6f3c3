"""What a prompt asks for: kind, number, locale, gender and what to avoid. Pure functions.

No wording is expected. Kinds are looked for by their aliases in the sentence that makes the
request; everything else by loose patterns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from deploy.sample_model.avoiding import split_avoided
from deploy.sample_model.catalogue import Gender, Kind
from deploy.sample_model.kinds import find_kind
from deploy.sample_model.locales import find_locale_words, nearest_locale

DEFAULT_COUNT = 10
LARGEST_COUNT = 1999
Layout = Literal["json", "numbered", "plain", "commas"]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the text asks for."""

    kind: Kind
    locale: str
    gender: Gender | None
    count: int
    avoid: frozenset[str]
    longest: int | None
    one_line: bool | None
    layout: Layout
    key: str


def read_wish(text: str) -> Wish:
    """Understand a request. Raises `UnknownKind` when no kind of the catalogue is in it."""
    rest, avoid = split_avoided(text)
    # How a value shall begin tells no country: "Jo" is no Jordan, nor is "Chad".
    rest = _BEGINNINGS.sub(" ", rest)
    places = find_locale_words(_without_reply_language(rest))
    return Wish(
        kind=find_kind(rest),
        locale=_locale(places),
        gender=find_gender(rest),
        count=_count(rest),
        avoid=avoid,
        longest=_longest(rest),
        one_line=_one_line(rest),
        layout=_layout(rest),
        key=_key(rest),
    )


_GENDER_WORDS: dict[str, Gender] = {
    **dict.fromkeys(("female", "woman", "women", "girl", "feminine", "lady"), "female"),
    **dict.fromkeys(("male", "man", "men", "boy", "masculine", "gentleman"), "male"),
    **dict.fromkeys(("unisex", "neutral", "nonbinary", "androgynous"), "unisex"),
}
_GENDER = re.compile(
    r"\b(female|woman|women|girl|feminine|lad(?:y|ies)|male|man|men|boy|masculine|gentlem[ae]n|"
    r"unisex|(?:gender[- ])?neutral|non-?binary|androgynous)(?:s|'s|’s)?\b",
    re.IGNORECASE,
)
_REPLY_LANGUAGE = re.compile(
    r"\b(?:answer|reply|respond|explain|instructions?|prompt|written|write)\b[^.\n]{0,30}?\bin "
    r"English\b",
    re.IGNORECASE,
)


_QUOTED = r'"(?:[^"\\\n]|\\.)*"(?:\s*,\s*(?:or\s+|nor\s+)?|\s+(?:or|nor)\s+)?'
_BEGINNINGS = re.compile(
    rf"\b(?:begin|start)\w*\s+with\s+(?:{_QUOTED})+(?:,?\s*but\s+not\s+with\s+(?:{_QUOTED})+)?",
    re.IGNORECASE,
)


def _without_reply_language(text: str) -> str:
    return _REPLY_LANGUAGE.sub(" ", text)


def find_gender(text: str) -> Gender | None:
    """The gender that a text asks for; None when it names none, or several."""
    found: set[Gender] = set()
    for match in _GENDER.finditer(re.sub(r"\bIsle of Man\b", "", text)):
        word = match.group(1).lower().replace("gender", "").strip(" -").replace("-", "")
        word = {"ladies": "lady", "gentlemen": "gentleman"}.get(word, word)
        found.add(_GENDER_WORDS[word])
    return found.pop() if len(found) == 1 else None


def _locale(found: list[tuple[int, int, str, str]]) -> str:
    language = next((each[2] for each in found if each[2]), "")
    territory = next((each[3] for each in found if each[3]), "")
    return nearest_locale(language, territory)


_NUMBER = re.compile(r"(?<![\w.,-])(\d{1,3}(?:,\d{3})+|\d+)(?![\w.]|,\d)")
_NOT_A_COUNT = re.compile(
    r"\s*(?:-|–|to\s)?\s*(?:unicode\s+)?(?:characters?|chars?|letters?|words?|digits?|bytes?|"
    r"lines?|sentences?\s+each|code\s?points?|years?|%|percent|symbols?|tokens?)",
    re.IGNORECASE,
)
_LONGEST = re.compile(
    r"(?:at most|up to|no (?:more|longer) than|not (?:be )?longer than|max(?:imum)?(?: length)?"
    r"(?: of)?:?|within|under|less than|fewer than|limit(?: of)?:?|≤|<=)\s*(\d+)"
    r"(?=\s*(?:unicode )?(?:characters?|chars?|letters?|code ?points?))|"
    r"\bmax(?:imum)?[ _]?length\b\D{0,12}(\d+)",
    re.IGNORECASE,
)


def _count(text: str) -> int:
    for match in _NUMBER.finditer(text):
        if not _NOT_A_COUNT.match(text, match.end()):
            number = int(match.group(1).replace(",", ""))
            if number:
                return min(number, LARGEST_COUNT)
    return DEFAULT_COUNT


def _longest(text: str) -> int | None:
    limits = [int(match.group(1) or match.group(2)) for match in _LONGEST.finditer(text)]
    return min((limit for limit in limits if limit), default=None)


_SINGLE = re.compile(
    r"\b(?:single|one)[- ]lines?\b(?!\s+each)|"
    r"\b(?:no|without|never)\s+(?:any\s+)?(?:line\s?breaks?|new\s?lines?)|"
    r"\bnot?\s+multi-?\s?line|\bmust not contain (?:any )?(?:line|new)",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"\bmulti-?\s?lines?\b|\b(?:several|multiple|more) lines\b|\bline\s?breaks?\b", re.IGNORECASE
)


def _one_line(text: str) -> bool | None:
    if _SINGLE.search(text):
        return True
    return False if _SEVERAL.search(text) else None


def _layout(text: str) -> Layout:
    lower = text.lower()
    if re.search(r"\bjson\b", lower):
        return "json"
    if re.search(r"comma[- ]separated|\bcsv\b|separated by commas", lower):
        return "commas"
    if re.search(
        r"one (?:value |item |name )?(?:per|each|on each|a) line|plain|no number|"
        r"without number|not number",
        lower,
    ):
        return "plain"
    return "numbered"


def _key(text: str) -> str:
    """The key under which a prompt shows the array that it wants."""
    match = re.search(r"[\"'](\w{1,40})[\"']\s*:\s*\[", text)
    return match.group(1) if match else "values"
