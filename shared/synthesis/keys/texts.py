"""Texts in the form of others: letters for letters and digits for digits, one to one. Pure.

The shape is that of FF1 (NIST SP 800-38G): the letters of a text are two halves, and each half in
turn is moved on by a keyed function of the other, each letter within its own alphabet. Everything
else stays where it is. It is meant for test data, and is no encryption: rounds are fewer, and the
function is a fast mix of numbers.

Texts that are written in hexadecimal digits, as UUIDs and digests are, stay so. A UUID keeps its
version and its variant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from shared.synthesis.keys.alphabets import ascii_only, everything, hexadecimal
from shared.synthesis.keys.chance import U64, mixed, words
from shared.synthesis.keys.permutation import Permutation

_ROUNDS: Final = 10
#: So many letters, of alphabets of at most 128, are one number of 64 bits.
_GROUP: Final = 8
#: Characters that are worked on at once.
_CELLS: Final = 2_000_000

_HEX_LENGTHS: Final = frozenset({24, 32, 36, 40, 64})
_HEX: Final = re.compile(
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9A-F]{8}-(?:[0-9A-F]{4}-){3}[0-9A-F]{12}"
    r"|(?:[0-9a-f]{24}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})"
    r"|(?:[0-9A-F]{24}|[0-9A-F]{32}|[0-9A-F]{40}|[0-9A-F]{64})"
)
#: Where a UUID says of which version and variant it is.
_MARKS: Final = (14, 19)

_Points = npt.NDArray[np.uint32]


class FormPreserving:
    """A permutation of all texts, which keeps length and classes of characters.

    :param keep: texts that stay as they are.
    """

    def __init__(self, secret: bytes, *names: str, keep: Collection[str] = ()) -> None:
        self._secret, self._names = secret, names
        self._keep = frozenset(keep)
        self._keys = words(secret, *names, count=_ROUNDS)
        self._singles: dict[int, Permutation] = {}

    def __call__(self, texts: Sequence[str]) -> list[str]:
        """New texts for old ones, in their order."""
        drawn = list(texts)
        for places, is_hex in self._kinds(texts):
            self._walk(drawn, places, is_hex)
        return drawn

    def _kinds(self, texts: Sequence[str]) -> Iterator[tuple[list[int], bool]]:
        """The places of texts that are treated alike, and whether they are hexadecimal."""
        plain: list[int] = []
        hexadecimals: list[int] = []
        for place, text in enumerate(texts):
            if text not in self._keep:
                (hexadecimals if _is_hex(text) else plain).append(place)
        yield plain, False
        yield hexadecimals, True

    def _walk(self, texts: list[str], places: list[int], is_hex: bool) -> None:
        """Write new texts over those of some places, until none is of the other kind or kept."""
        while places:
            capital = [is_hex and texts[place] != texts[place].lower() for place in places]
            for place, text in zip(
                places, self._once([texts[p] for p in places], is_hex), strict=True
            ):
                texts[place] = text
            if is_hex:
                for place, large in zip(places, capital, strict=True):
                    if large:
                        texts[place] = texts[place].upper()
            places = [
                place
                for place, large in zip(places, capital, strict=True)
                if texts[place] in self._keep
                or _is_hex(texts[place]) != is_hex
                # Digits alone have no case: they belong to the small ones.
                or (large and texts[place] == texts[place].lower())
            ]

    def _once(self, texts: list[str], is_hex: bool) -> list[str]:
        drawn: list[str] = [""] * len(texts)
        for places in _batches(texts):
            chosen = [texts[place] for place in places]
            for place, text in zip(places, self._batch(chosen, is_hex), strict=True):
                drawn[place] = text
        return drawn

    def _batch(self, texts: list[str], is_hex: bool) -> list[str]:
        longest = max(map(len, texts))
        if not longest:
            return texts
        points: _Points = np.array(texts, dtype=f"U{longest}").view(np.uint32)
        points = points.reshape(len(texts), longest)
        if is_hex:
            alphabets = hexadecimal()
        else:
            alphabets = ascii_only() if points.max() < 128 else everything()
        sizes = alphabets.sizes[points].astype(np.uint64)
        if is_hex and longest == 36:
            sizes[:, _MARKS] = 1
        drawn = self._letters(alphabets.numbers[points].astype(np.uint64), sizes)
        moves = sizes > 1
        places = alphabets.starts[points] + drawn.astype(np.int32)
        places[~moves] = 0
        large = alphabets.is_large[points] & (not is_hex)
        letters = np.where(large, alphabets.large[places], alphabets.small[places])
        made = np.ascontiguousarray(np.where(moves, letters, points).astype(np.uint32))
        # A character of code 0 at the end would be lost on the way back.
        return [
            str(text).ljust(len(old), "\0")
            for text, old in zip(made.view(f"U{longest}").ravel().tolist(), texts, strict=True)
        ]

    def _letters(self, numbers: U64, sizes: U64) -> U64:
        """New letters within alphabets of these sizes; one row for each text."""
        order = np.cumsum(sizes > 1, axis=1)
        count = order[:, -1]
        half = (count + 1) // 2
        is_right = order > half[:, None]
        group = np.where(is_right, order - half[:, None] - 1, np.maximum(order - 1, 0)) // _GROUP
        groups = max(1, int(half.max() + _GROUP - 1) // _GROUP)
        group += is_right * groups
        rows = np.arange(len(numbers))
        value = np.zeros((len(numbers), 2 * groups), dtype=np.uint64)
        size = np.ones_like(value)
        for column in range(numbers.shape[1]):
            at = (rows, group[:, column])
            value[at] += np.where(sizes[:, column] > 1, numbers[:, column], 0) * size[at]
            size[at] *= sizes[:, column]
        self._rounds(value, size, count.astype(np.uint64), groups)
        self._alone(value, size, count)
        drawn = np.zeros_like(numbers)
        for column in range(numbers.shape[1]):
            at = (rows, group[:, column])
            value[at], drawn[:, column] = np.divmod(value[at], sizes[:, column])
        return drawn

    def _rounds(self, value: U64, size: U64, count: U64, groups: int) -> None:
        for turn, key in enumerate(self._keys):
            this, other = (0, groups) if turn % 2 else (groups, 0)
            state = mixed(count, key)
            for group in range(groups):
                at = other + group
                # Groups that only longer texts have make no difference.
                state = np.where(size[:, at] > 1, mixed(state ^ value[:, at], key), state)
            for group in range(groups):
                move = mixed(state, key + group + 1 & 0xFFFFFFFFFFFFFFFF)
                at = this + group
                # Less than 2**56 each, so the sum is no more than 64 bits hold.
                value[:, at] = (value[:, at] + move % size[:, at]) % size[:, at]

    def _alone(self, value: U64, size: U64, count: npt.NDArray[Any]) -> None:
        """A single letter has no other half: it is permuted within its alphabet."""
        for letters in np.unique(size[count == 1, 0]).tolist():
            if letters not in self._singles:
                self._singles[letters] = Permutation(letters, self._secret, *self._names, "single")
            chosen = (count == 1) & (size[:, 0] == letters)
            value[chosen, 0] = self._singles[letters](value[chosen, 0])


def _is_hex(text: str) -> bool:
    return len(text) in _HEX_LENGTHS and _HEX.fullmatch(text) is not None


def _batches(texts: list[str]) -> Iterator[list[int]]:
    """Places of texts of about one length, so that few cells are empty."""
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    batch: list[int] = []
    for place in order:
        length = len(texts[place])
        if batch and (length > 2 * len(texts[batch[0]]) + 16 or (len(batch) + 1) * length > _CELLS):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
