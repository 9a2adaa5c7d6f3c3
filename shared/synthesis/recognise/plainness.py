"""Texts of which a glance tells that nothing personal is in them. Pure.

Most texts of most tables are words alone: no digits, no signs, no names. To look such a text
through costs ten times what it costs to see that; what is seen at a glance is the same that
:func:`~shared.synthesis.recognise.texts.find_in_text` finds, which a test holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from shared.synthesis.plans import Entity
from shared.synthesis.recognise import dictionaries
from shared.synthesis.recognise.hints import Hint, hints_of
from shared.synthesis.recognise.known import KnownValues
from shared.synthesis.recognise.people import names_of
from shared.synthesis.recognise.rows import NAME_PART
from shared.synthesis.recognise.tokens import tokens_of

#: What has no other characters has no numbers, addresses, documents, or words in several parts.
_WORDS_ALONE = re.compile(r"[A-Za-z ,.;:!?()\n]*")
_WORD = re.compile(r"[A-Za-z]+")

#: What a word is, in bits; of no matter without one. It has a capital; it has to be looked at; in
#: small letters it is a first name and nothing else, or a last name, which tell together.
_CAPITAL, _MATTERS, _FIRST, _LAST = 1, 2, 4, 8

#: So many words are remembered.
_MOST = 100_000


class Glance(dict[str, int]):
    """What each word is that was met; asks once for each.

    :param language: two letters.
    """

    def __init__(self, language: str, known: KnownValues | None) -> None:
        super().__init__()
        self._names, self._known = names_of(language), known

    def is_plain(self, text: str, row: Sequence[tuple[Entity, str]]) -> bool:
        """Whether nothing personal is in a text; False where it has to be looked at.

        :param row: as in ``find_in_text``.
        """
        if _WORDS_ALONE.fullmatch(text) is None:
            return False
        kinds = [self[word] for word in _WORD.findall(text)]
        if any(kinds) and not _tell_nothing(kinds):
            return False
        return not row or not _stands(text.lower(), row)

    def __missing__(self, word: str) -> int:
        if len(self) > _MOST:
            self.clear()
        self[word] = kind = self._judge(word)
        return kind

    def _judge(self, word: str) -> int:
        [token] = tokens_of(word)
        names = self._names
        if (
            (token.capital and (token.key in names.firsts or token.key in names.lasts))
            or token.key in dictionaries.TITLES
            or hints_of([token]) & Hint.PASSWORD
            or (self._known is not None and self._known.begins(word))
        ):
            return _MATTERS
        if token.capital:
            return _CAPITAL
        return _FIRST * (token.key in names.plain_firsts) + _LAST * (token.key in names.lasts)


def _tell_nothing(kinds: Sequence[int]) -> bool:
    """Whether no word, and no two words side by side, have to be looked at."""
    return not any(kind & _MATTERS for kind in kinds) and not any(
        # Two words with capitals may be a name that no list has.
        (one & _CAPITAL and other & _CAPITAL) or (one & _FIRST and other & _LAST)
        for one, other in pairwise(kinds)
    )


def _stands(lower: str, row: Sequence[tuple[Entity, str]]) -> bool:
    """Whether a value of the row, or a part of a name, may stand in a text in lower case."""
    return any(
        part.lower() in lower
        for _, value in row
        for part in (value.strip(), *NAME_PART.findall(value))
        if len(part) > 1
    )
