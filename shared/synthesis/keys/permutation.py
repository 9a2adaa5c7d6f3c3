"""Permutations of ranges of numbers: one to one, and keyed. Pure.

Of a range whose size is no power of two, a number is permuted within the next such power again and
again until it falls into the range (*cycle walking*; Black and Rogaway 2002), at most twice on
average. Within, halves of its bits are mixed into each other in turn (a Feistel network, with
halves that may differ by a bit). It hides which key is which in test data; it is no encryption.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

import numpy as np

from shared.synthesis.keys.chance import U64, derived, mixed, words

_ROUNDS: Final = 8
#: Up to here the whole permutation is drawn, and kept as a table.
_TABLE: Final = 4_096
_MOST: Final = 2**64


class Permutation:
    """Of the numbers from 0 to ``size - 1``; ``size`` is at most 2**64."""

    def __init__(self, size: int, secret: bytes, *names: str) -> None:
        if not 0 <= size <= _MOST:
            raise ValueError(f"no permutation of {size} numbers")
        self.size = size
        self._table: U64 | None = None
        if size <= _TABLE:
            # Mixed numbers are all different, so their order is a permutation.
            drawn = mixed(np.arange(size, dtype=np.uint64), words(secret, *names, count=1)[0])
            self._table = np.argsort(drawn, kind="stable").astype(np.uint64)
            self._back = np.argsort(self._table, kind="stable").astype(np.uint64)
            return
        bits = (size - 1).bit_length()
        self._keys = words(secret, *names, count=_ROUNDS)
        self._low = np.uint64(bits // 2)
        self._low_mask = np.uint64((1 << (bits // 2)) - 1)
        self._high_mask = np.uint64((1 << (bits - bits // 2)) - 1)
        self._is_whole = size == 1 << bits

    def __call__(self, numbers: U64) -> U64:
        """Each number's place in the permutation; all must be less than ``size``."""
        if self._table is not None:
            return self._table[numbers]
        return self._walk(numbers, forth=True)

    def inverse(self, numbers: U64) -> U64:
        """What :meth:`__call__` has made these of."""
        if self._table is not None:
            return self._back[numbers]
        return self._walk(numbers, forth=False)

    def _walk(self, numbers: U64, *, forth: bool) -> U64:
        drawn = self._once(numbers, forth)
        if self._is_whole:
            return drawn
        last = np.uint64(self.size - 1)
        outside = np.flatnonzero(drawn > last)
        while outside.size:
            again = self._once(drawn[outside], forth)
            drawn[outside] = again
            outside = outside[again > last]
        return drawn

    def _once(self, numbers: U64, forth: bool) -> U64:
        low, high = numbers & self._low_mask, numbers >> self._low
        rounds = range(_ROUNDS) if forth else reversed(range(_ROUNDS))
        for number in rounds:
            if number % 2:
                high ^= mixed(low, self._keys[number]) & self._high_mask
            else:
                low ^= mixed(high, self._keys[number]) & self._low_mask
        return (high << self._low) | low


class BigPermutation:
    """The same of a range of any size, one number at a time."""

    def __init__(self, size: int, secret: bytes, *names: str) -> None:
        self.size = size
        bits = max(2, (size - 1).bit_length())
        self._low = bits // 2
        self._high = bits - self._low
        self._keys = [derived(secret, *names, str(number)) for number in range(_ROUNDS)]

    def __call__(self, number: int) -> int:
        """The number's place in the permutation; it must be less than ``size``."""
        number = self._once(number)
        while number >= self.size:
            number = self._once(number)
        return number

    def _once(self, number: int) -> int:
        low, high = number & ((1 << self._low) - 1), number >> self._low
        for turn, key in enumerate(self._keys):
            if turn % 2:
                high ^= _drawn(key, low, self._high)
            else:
                low ^= _drawn(key, high, self._low)
        return (high << self._low) | low


def _drawn(key: bytes, number: int, bits: int) -> int:
    """A number of so many bits, made of a key and another number."""
    read = number.to_bytes((number.bit_length() + 7) // 8 + 1, "little")
    blocks = [
        blake2b(read, key=key, digest_size=64, salt=block.to_bytes(8, "little")).digest()
        for block in range((bits + 511) // 512)
    ]
    return int.from_bytes(b"".join(blocks), "little") & ((1 << bits) - 1)
