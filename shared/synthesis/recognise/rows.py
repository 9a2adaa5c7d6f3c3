"""Values of a row's other columns, found in its texts: what is replaced there must not stay here.

Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shared.synthesis.plans import Entity
from shared.synthesis.recognise import dictionaries
from shared.synthesis.recognise.spans import Span
from shared.synthesis.recognise.words import fold

#: Shorter numbers are found only as they are written.
SHORTEST_NUMBER = 6

#: Shorter parts of a name are words of every text.
SHORTEST_PART = 3

_NAMES = frozenset({Entity.PERSON, Entity.FIRST_NAME, Entity.LAST_NAME})
#: A part of a name.
NAME_PART = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NO_DIGITS = re.compile(r"\D+")


def find_row_values(text: str, row: Sequence[tuple[Entity, str]]) -> Iterator[Span]:
    """Where values stand in a text: in any case, and numbers with whatever is between digits.

    :param row: what the values are, and the values.
    """
    searched = _lower(text)
    digits = ""
    for entity, value in row:
        value = value.strip()
        if len(value) < 2:
            continue
        yield from _places(text, searched, entity, value)
        if entity in _NAMES:
            for part in NAME_PART.findall(value):
                folded = fold(part)
                if len(part) < SHORTEST_PART or folded in dictionaries.PARTICLES:
                    continue
                common = folded in dictionaries.common_words()
                yield from _places(text, text if common else searched, entity, part)
        bare = _NO_DIGITS.sub("", value)
        if len(bare) >= SHORTEST_NUMBER:
            digits = digits or _NO_DIGITS.sub("", text)
            if bare in digits:
                yield from _spread(text, entity, bare)


def _places(text: str, searched: str, entity: Entity, value: str) -> Iterator[Span]:
    wanted = value if searched is text else _lower(value)
    at = searched.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if _is_edge(text, at) and _is_edge(text, end):
            yield Span(at, end, entity, 1.0)
        at = searched.find(wanted, at + 1)


def _lower(text: str) -> str:
    """In lower case, at the same places: a letter that becomes two of them stays."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := each.lower()) == 1 else each for each in text)


def _is_edge(text: str, at: int) -> bool:
    """Whether a word begins or ends there."""
    if not 0 < at < len(text):
        return True
    return not (text[at - 1].isalnum() and text[at].isalnum())


def _spread(text: str, entity: Entity, bare: str) -> Iterator[Span]:
    """A number wherever its digits stand in a row, with other marks between them."""
    pattern = re.compile(r"(?<!\d)" + r"[^\w\n]{0,3}".join(bare) + r"(?!\d)")
    for match in pattern.finditer(text):
        yield Span(*match.span(), entity, 1.0)
