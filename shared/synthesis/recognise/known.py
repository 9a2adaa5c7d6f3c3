"""Values of a database's personal columns, kept as keyed hashes, and found in any text. Pure.

Who holds the hashes without their key cannot tell the values. A text is looked through by its
words: each word is hashed once, and a value of several words is known by the hashes of these.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Self

import numpy as np

from shared.synthesis.plans import Entity
from shared.synthesis.recognise.dictionaries import common_words
from shared.synthesis.recognise.spans import Span
from shared.synthesis.recognise.words import fold

_WORD = re.compile(r"\w+")

#: Longer values are texts, and not looked for.
MOST_WORDS = 6

#: A word alone has to have so many characters, and be no common one.
SHORTEST = 4

_MULTIPLIER = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1

#: In this order in what is stored.
_ENTITIES = tuple(Entity)


class KnownValues:
    """A set of values that are found wherever they stand.

    :ivar longest: words of the longest value.
    """

    def __init__(self, key: bytes, hashes: Mapping[int, Entity]) -> None:
        self._key = key
        self._hashes = dict(hashes)
        self._hash = lru_cache(maxsize=1 << 16)(self._hash_word)
        self.longest = MOST_WORDS

    def __len__(self) -> int:
        return len(self._hashes)

    @classmethod
    def build(cls, key: bytes, values: Iterable[tuple[Entity, str]]) -> Self:
        """A set of such values.

        :param key: secret, 16 to 64 bytes; the same wherever the set is read.
        """
        empty = cls(key, {})
        hashes: dict[int, Entity] = {}
        for entity, value in values:
            words = [fold(each) for each in _WORD.findall(value)]
            if not 1 <= len(words) <= MOST_WORDS:
                continue
            if len(words) == 1 and (len(words[0]) < SHORTEST or words[0] in common_words()):
                continue
            hashes.setdefault(empty._of(words), entity)
        return cls(key, hashes)

    def to_bytes(self) -> bytes:
        """Nine bytes a value: its hash, and what it is; sorted, so the same for the same values."""
        pairs = sorted((each, _ENTITIES.index(entity)) for each, entity in self._hashes.items())
        hashes = np.array([each for each, _ in pairs], dtype="<u8")
        entities = np.array([each for _, each in pairs], dtype="u1")
        return hashes.tobytes() + entities.tobytes()

    @classmethod
    def from_bytes(cls, key: bytes, *parts: bytes) -> Self:
        """The union of what :meth:`to_bytes` wrote, under the same key."""
        hashes: dict[int, Entity] = {}
        for part in parts:
            count = len(part) // 9
            numbers = np.frombuffer(part[: 8 * count], dtype="<u8").tolist()
            for number, entity in zip(numbers, part[8 * count :], strict=True):
                hashes.setdefault(number, _ENTITIES[entity])
        return cls(key, hashes)

    def find(self, text: str) -> Iterator[Span]:
        """Where values stand in a text, in any case and with any marks between their words."""
        words = [(match.start(), match.end(), match[0]) for match in _WORD.finditer(text)]
        hashes = [self._hash(word) for _, _, word in words]
        for first in range(len(words)):
            number = 0
            for last in range(first, min(first + self.longest, len(words))):
                number = ((number ^ hashes[last]) * _MULTIPLIER + 1) & _MASK
                entity = self._hashes.get(number)
                if entity is not None:
                    yield Span(words[first][0], words[last][1], entity, 0.95)

    def _of(self, words: Iterable[str]) -> int:
        number = 0
        for word in words:
            number = ((number ^ self._hash(word)) * _MULTIPLIER + 1) & _MASK
        return number

    def _hash_word(self, word: str) -> int:
        digest = hashlib.blake2b(fold(word).encode(), digest_size=8, key=self._key).digest()
        return int.from_bytes(digest, "little")
