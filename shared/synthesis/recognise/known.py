"""Values of a database's personal columns, kept as keyed hashes, and found in any text. Pure.

Who holds the hashes without their key cannot tell the values. A text is looked through by its
words: each word is hashed once, and a value of several words is known by the hashes of these.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Self

import numpy as np

from shared.synthesis.plans import Entity
from shared.synthesis.recognise.dictionaries import common_words, last_names
from shared.synthesis.recognise.people import begins_sentence
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

#: Stored in place of an entity: the hash is of the first word of a value, told apart by the mark.
_HEAD, _HEAD_MARK = 255, 0x5851F42D4C957F2D

#: How a value is stored: its hash, and what it is.
_STORED = np.dtype([("hash", "<u8"), ("entity", "u1")])

#: So many bytes of what is stored make a part.
PART = 9 * (1 << 20)


class KnownValues:
    """A set of values that are found wherever they stand; of ten million it takes some 100 MB.

    :param key: secret, 16 to 64 bytes; the same wherever the set is read.
    :param stored: hashes in ascending order, none twice.
    """

    def __init__(self, key: bytes, stored: np.ndarray[Any, Any]) -> None:
        self._key = key
        self._stored = stored
        heads = stored["entity"] == _HEAD
        self._heads = np.ascontiguousarray(stored["hash"][heads])
        self._hashes = np.ascontiguousarray(stored["hash"][~heads])
        self._entities = np.ascontiguousarray(stored["entity"][~heads])
        self._hash = lru_cache(maxsize=1 << 16)(self._hash_word)

    def __len__(self) -> int:
        return len(self._hashes)

    @classmethod
    def build(cls, key: bytes, values: Iterable[tuple[Entity, str]]) -> Self:
        """A set of such values; of the same value the first entity counts."""
        hashes, entities = array("Q"), bytearray()
        empty = cls(key, np.empty(0, _STORED))
        for entity, value in values:
            for kind, words in _looked_for(entity, [fold(each) for each in _WORD.findall(value)]):
                hashes.extend((empty._of(words), empty._of(words[:1]) ^ _HEAD_MARK))
                entities.extend((_ENTITIES.index(kind), _HEAD))
        stored = np.empty(len(hashes), _STORED)
        stored["hash"] = np.frombuffer(hashes, dtype="u8") if hashes else ()
        stored["entity"] = np.frombuffer(entities, dtype="u1") if entities else ()
        return cls(key, _ordered(stored))

    def to_bytes(self) -> bytes:
        """Nine bytes a value and a first word, the same for the same values."""
        return self._stored.tobytes()

    def parts(self) -> Iterator[bytes]:
        """What :meth:`to_bytes` answers, in parts; at least one."""
        whole = self.to_bytes()
        for at in range(0, max(1, len(whole)), PART):
            yield whole[at : at + PART]

    @classmethod
    def from_bytes(cls, key: bytes, *parts: bytes) -> Self:
        """The union of what :meth:`to_bytes` wrote, under the same key."""
        return cls(key, _ordered(np.frombuffer(b"".join(parts), dtype=_STORED)))

    def begins(self, word: str) -> bool:
        """Whether a value begins with this word; rarely, also for a word that none begins with."""
        wanted = np.uint64(self._of((word,)) ^ _HEAD_MARK)
        place = int(np.searchsorted(self._heads, wanted))
        return place < len(self._heads) and bool(self._heads[place] == wanted)

    def find(self, text: str) -> Iterator[Span]:
        """Where values stand in a text, in any case and with any marks between their words."""
        if not len(self._hashes):
            return
        words = [(match.start(), match.end(), match[0]) for match in _WORD.finditer(text)]
        for at in range(0, len(words), _AT_ONCE):
            yield from self._find(text, words[at : at + _AT_ONCE + MOST_WORDS - 1], _AT_ONCE)

    def _find(
        self, text: str, words: Sequence[tuple[int, int, str]], begins: int
    ) -> Iterator[Span]:
        hashes = [self._hash(word) for _, _, word in words]
        runs: list[tuple[int, int]] = []
        numbers: list[int] = []
        for first in range(min(begins, len(words))):
            number = 0
            for last in range(first, min(first + MOST_WORDS, len(words))):
                number = ((number ^ hashes[last]) * _MULTIPLIER + 1) & _MASK
                runs.append((first, last))
                numbers.append(number)
        wanted = np.array(numbers, dtype="u8")
        places = np.minimum(np.searchsorted(self._hashes, wanted), len(self._hashes) - 1)
        for index in np.flatnonzero(self._hashes[places] == wanted).tolist():
            first, last = runs[index]
            entity = _ENTITIES[int(self._entities[places[index]])]
            if first == last and entity in _NAMES and not _is_written_as_name(text, words[first]):
                continue
            yield Span(words[first][0], words[last][1], entity, 0.95)

    def _of(self, words: Iterable[str]) -> int:
        number = 0
        for word in words:
            number = ((number ^ self._hash(word)) * _MULTIPLIER + 1) & _MASK
        return number

    def _hash_word(self, word: str) -> int:
        digest = hashlib.blake2b(fold(word).encode(), digest_size=8, key=self._key).digest()
        return int.from_bytes(digest, "little")


_NAMES = frozenset({Entity.PERSON, Entity.FIRST_NAME, Entity.LAST_NAME})


def _is_written_as_name(text: str, word: tuple[int, int, str]) -> bool:
    """Whether a word alone has a capital that tells something."""
    start, _, written = word
    if written[0].islower():
        return False
    return fold(written) not in common_words() or not begins_sentence(text, start)


def _looked_for(entity: Entity, words: Sequence[str]) -> Iterator[tuple[Entity, Sequence[str]]]:
    """What of a value is looked for: all of it, and each name of a person's."""
    if not 1 <= len(words) <= MOST_WORDS:
        return
    # A last name that is a word counts where it is written as a name.
    named = last_names() if entity in {Entity.PERSON, Entity.LAST_NAME} else frozenset()
    telling = [
        len(each) >= SHORTEST and (each not in common_words() or each in named) for each in words
    ]
    if len(words) > 1 or telling[0]:
        yield entity, words
    if entity is Entity.PERSON and 2 <= len(words) <= 3:
        for word, tells in zip(words, telling, strict=True):
            if tells:
                yield Entity.LAST_NAME, (word,)


#: So many words of a text are looked up together.
_AT_ONCE = 1_024


def _ordered(stored: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """In ascending order of the hashes; of the same ones the first stays."""
    _, first = np.unique(stored["hash"], return_index=True)
    ordered: np.ndarray[Any, Any] = stored[first]
    return ordered
