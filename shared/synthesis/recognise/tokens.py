"""The words of a text, once for all that look at them. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from shared.synthesis.recognise.words import fold

_WORD = re.compile(r"(?<![\d_])[^\W\d_]++(?:['’-][^\W\d_]++)*+(?![\d_])")


class Token(NamedTuple):
    """A word: ``text[start:end]``.

    :param key: the word, folded.
    :param capital: it begins with no small letter.
    """

    text: str
    start: int
    end: int
    key: str
    capital: bool


def tokens_of(text: str) -> list[Token]:
    """The words of a text, without numbers; with hyphens and apostrophes within."""
    found = []
    for match in _WORD.finditer(text):
        word = match[0]
        found.append(Token(word, match.start(), match.end(), *_read(word)))
    return found


@lru_cache(maxsize=1 << 16)
def _read(word: str) -> tuple[str, bool]:
    return fold(word), not word[0].islower()
