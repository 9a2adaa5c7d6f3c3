"""Read a list of values that is no JSON array: from models that keep to no schema. Pure.

People write lists in lines, behind numbers or bullets, or with commas between, and so do models.
What else they say is told from values by where it stands and how it begins; where that cannot be
told, there is no list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Any

Decode = Callable[[object], str | None]

#: Words of a line that is read as one value where nothing shows that it is; longer ones have to be
#: as many as values were asked for, or nearly.
SHORT_WORDS = 6

#: Between commas, in a line that ends as a sentence does.
TERSE_WORDS = 2

#: How talk begins, in the language in which it is asked.
_TALK = re.compile(
    r"(?:sure|certainly|of course|absolutely|ok(?:ay)?|great|here (?:is|are|you)|here's|below|"
    r"the following|i|i['’]\w+|as an? (?:ai|language)|sorry|apologies|unfortunately|please|let me|"
    r"note|there (?:is|are)|i hope|hope|enjoy|these (?:are|names|values)|feel free|"
    r"you can|this list|no (?:more|other)|if you|would you|do you)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"[(\[]?(\d{1,5})(?:[.)\]:]|\s[-–])\s+(\S.*)", re.DOTALL)
_BULLETED = re.compile(r"[-*+•‣▪●○◦·–—]\s+(\S.*)", re.DOTALL)
#: Of a list that is written on in one line.
_INLINE = re.compile(r"(?:^|\s)(\d{1,5})[.)]\s+")
_SEPARATOR = re.compile(r"\s*[,;、，；]\s*(?:(?:and|und|or)\s+)?")
_SEMICOLON = re.compile(r"\s*[;；]\s*(?:(?:and|und|or)\s+)?")
_SENTENCE_END = re.compile(r"[.!?]$")
_KEY_COUNTS = re.compile(r"\D*\d+$")
#: A list as Python writes it.
_QUOTED_ITEMS = re.compile(r"\[\s*('[^'\n]*'(?:\s*,\s*'[^'\n]*')*)\s*(?:,\s*)?\]")
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "„": "“", "«": "»", "`": "`", "「": "」"}


def read_list(text: str, *, as_text: Decode, asked: int | None = None) -> list[str]:
    """The items of a list in plain text; none where there is none.

    :param as_text: what an item counts as that is JSON; None: nothing.
    :param asked: how many there should be, where that is known.
    """
    lines = [line.strip() for line in text.split("\n")]
    lines = [line for line in lines if line and not line.startswith("```")]
    if not lines:
        return []
    if lines[0][0] in "[{":
        # JSON, or an attempt at it.
        return _objects(lines, as_text) or _as_python(text) or _marked(lines, asked)
    return (
        _objects(lines, as_text)
        or _inline(lines)
        or _marked(lines, asked)
        or _in_lines(lines, asked)
        or _between_commas(lines, asked)
    )


def _objects(lines: Sequence[str], as_text: Decode) -> list[str]:
    """Of JSON values, a line each or with commas between; or of one object that counts them."""
    found = [item for line in lines for item in _values(line)]
    # A bare number is JSON by chance: as a line, or between commas, it stands as it is written.
    told = [each for each in found if not isinstance(each, int | float)]
    texts = [text for each in told if (text := as_text(each)) is not None]
    if texts:
        return texts
    try:
        whole = json.loads("\n".join(lines))
    except (ValueError, RecursionError):
        return []
    return _counted(whole)


def _values(line: str) -> Iterator[Any]:
    """The JSON values that a line consists of; none where it is anything else besides."""
    decoder = json.JSONDecoder(strict=False)
    found: list[Any] = []
    at = 0
    while at < len(line):
        try:
            value, at = decoder.raw_decode(line, at)
        except (ValueError, RecursionError):
            return
        found.append(value)
        between = line[at:]
        at += len(between) - len(between.lstrip(" \t,;"))
        if between[:1] not in ("", " ", "\t", ",", ";"):
            return
    yield from found


def _counted(whole: object) -> list[str]:
    """The texts of an object whose keys count them: ``{"1": "Anna", "2": "Ben"}``."""
    if not isinstance(whole, dict) or not whole:
        return []
    if len(whole) == 1:
        return _counted(next(iter(whole.values())))
    values = list(whole.values())
    counts = all(_KEY_COUNTS.match(key) for key in whole)
    return values if counts and all(isinstance(value, str) for value in values) else []


def _as_python(text: str) -> list[str]:
    found = _QUOTED_ITEMS.search(text)
    return [] if found is None else re.findall(r"'([^'\n]*)'", found[1])


def _marked(lines: Sequence[str], asked: int | None) -> list[str]:
    """Of the lines behind numbers that count up, or behind bullets; others are talk."""
    numbered = [found for line in lines if (found := _NUMBERED.fullmatch(line))]
    counts = [int(found[1]) for found in numbered]
    is_counted = all(after == before + 1 for before, after in pairwise(counts))
    if is_counted and (len(numbered) > 1 or counts == [1] or (counts and asked == 1)):
        return [_bare(found[2]) for found in numbered]
    bulleted = [found for line in lines if (found := _BULLETED.fullmatch(line))]
    if len(bulleted) > 1 or (bulleted and asked == 1):
        return [_bare(found[1]) for found in bulleted]
    return []


def _inline(lines: Sequence[str]) -> list[str]:
    """Of one line in which numbers count up from one: ``1. Anna 2. Ben``."""
    for line in lines:
        marks = list(_INLINE.finditer(line))
        if len(marks) > 1 and [int(mark[1]) for mark in marks] == [*range(1, len(marks) + 1)]:
            ends = [*(mark.start() for mark in marks[1:]), len(line)]
            return [_bare(line[m.end() : end]) for m, end in zip(marks, ends, strict=True)]
    return []


def _in_lines(lines: Sequence[str], asked: int | None) -> list[str]:
    """Of the lines between what is said before and after them."""
    items = _without_talk(lines)
    long = [item for item in items if len(item.split()) > SHORT_WORDS]
    if len(items) == 1:
        is_value = asked == 1 and not long and not _SENTENCE_END.search(items[0])
        return [_bare(items[0])] if is_value else []
    if not items or (long and len(items) < max(2, (asked or 3) / 2)):
        return []
    return [_bare(item) for item in items]


def _between_commas(lines: Sequence[str], asked: int | None) -> list[str]:
    """Of a line with commas in it."""
    for line in lines:
        # What introduces them may stand in front: "Here are three: ...".
        introduction, colon, rest = " ".join(line.split()).partition(": ")
        said = rest if colon and _TALK.match(introduction) else f"{introduction}{colon}{rest}"
        if _TALK.match(said):
            continue
        between = _SEMICOLON if _SEMICOLON.search(said.rstrip(" ,;")) else _SEPARATOR
        items = [item for item in between.split(said.rstrip(" ,;")) if item]
        words = [len(item.split()) for item in items]
        if asked == 1 or len(items) < (2 if asked == 2 else 3) or max(words) > SHORT_WORDS:
            continue
        if _SENTENCE_END.search(said):
            if median(words) > TERSE_WORDS or any(_TALK.match(item) for item in items):
                continue
            items[-1] = _SENTENCE_END.sub("", items[-1])
        return [_bare(item) for item in items]
    return []


def _without_talk(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if not (_TALK.match(line) or line.endswith((":", "：")))]


def _bare(item: str) -> str:
    """An item without a comma behind it, and what it is set in."""
    item = item.strip().rstrip(",;").rstrip()
    for mark in ("**", "__"):
        if len(item) > 2 * len(mark) and item.startswith(mark) and item.endswith(mark):
            item = item[len(mark) : -len(mark)]
    if len(item) > 2 and _QUOTES.get(item[0]) == item[-1] and item[-1] not in item[1:-1]:
        item = item[1:-1]
    return item
