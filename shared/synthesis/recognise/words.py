"""The words that an identifier is made of, however it is written. Pure.

``EmailAddress``, ``email_addr``, ``EMAILADDR`` and ``customer.e-mail`` are taken apart alike; where
words run together without a mark, a vocabulary tells where one ends.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence

#: What NFKD does not take apart.
_LATIN = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"}
)

_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_a-zA-Z]+")

#: Shorter pieces of words that run together are chance: ``no`` and ``id`` begin many a word.
SHORTEST_PIECE = 3

#: Short words that may yet end one: ``handynr``, ``telno``.
_ENDINGS = ("nr", "no", "id")

#: A longer identifier is not taken apart: databases end names at 63 or 128.
LONGEST_WORD = 64


def listed(text: str, separator: str | None = None) -> list[str]:
    """What a text lists, between blanks or another separator."""
    return [each for each in text.split(separator) if each]


def fold(text: str) -> str:
    """In lower case, without accents: ``Prénom`` is ``prenom``, and ``Straße`` ``strasse``."""
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFKD", text.lower().translate(_LATIN))
    return "".join(each for each in bare if not unicodedata.combining(each))


def words_of(identifier: str, vocabulary: Collection[str] = ()) -> tuple[str, ...]:
    """The words of an identifier, folded, without numbers.

    :param vocabulary: folded words; one that is made of these alone is taken apart.
    """
    bare = "".join(
        each
        for each in unicodedata.normalize("NFKD", identifier.translate(_LATIN))
        if not unicodedata.combining(each)
    )
    pieces = [each.lower() for each in _PIECE.findall(bare) if not each.isdigit()]
    return tuple(word for piece in pieces for word in _apart(piece, vocabulary))


def singular(word: str) -> str:
    """About what one of them is called: ``customers``, ``companies``, ``addresses``."""
    for ending, other in (("ies", "y"), ("sses", "ss"), ("s", "")):
        if len(word) > len(ending) + 2 and word.endswith(ending) and not word.endswith("ss"):
            return word.removesuffix(ending) + other
    return word


def without(words: Sequence[str], others: Iterable[str]) -> tuple[str, ...]:
    """Words without those at the beginning that only say a table's name, or its initials.

    ``customer_name`` in ``customers``, and ``c_name`` there.
    """
    named = [singular(each) for each in others]
    initials = "".join(each[0] for each in named)
    rest = tuple(words)
    while len(rest) > 1 and (
        singular(rest[0]) in named
        or (len(rest[0]) <= 3 and named and _abbreviates(rest[0], named[-1], initials))
    ):
        rest = rest[1:]
    return rest


def _abbreviates(word: str, name: str, initials: str) -> bool:
    return word in {name[: len(word)], initials} and len(word) < len(name)


def _apart(word: str, vocabulary: Collection[str]) -> Sequence[str]:
    """Fewest words that make up the whole one; itself, where that cannot be."""
    if word in vocabulary or not SHORTEST_PIECE < len(word) <= LONGEST_WORD:
        return (word,)
    best: list[tuple[str, ...] | None] = [()]
    for end in range(1, len(word) + 1):
        found: tuple[str, ...] | None = None
        for start in range(max(0, end - 24), end - SHORTEST_PIECE + 1):
            before = best[start]
            if (
                before is not None
                and word[start:end] in vocabulary
                and (found is None or len(before) + 1 < len(found))
            ):
                found = (*before, word[start:end])
        best.append(found)
    if best[-1]:
        return best[-1]
    ended = best[-3] if word.endswith(_ENDINGS) else None
    return (*ended, word[-2:]) if ended else (word,)
