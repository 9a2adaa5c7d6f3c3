"""Whole numbers, permuted within the range of their type. Pure.

The sign is kept, and 0 stays 0. A range is cut into *tiers* at the edges of the types of all
columns of the domain, so that a key that fits the narrowest of them goes on to fit it. Two further
edges keep keys usable that programs hold in 32 bits or as floating point: 2**31 and 2**53.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from shared.synthesis.keys.chance import I64, U64
from shared.synthesis.keys.permutation import BigPermutation, Permutation

_EDGES: Final = (2**31 - 1, 2**53 - 1, 2**63 - 1)
_INT8: Final = 2**63 - 1


class Tiers:
    """A permutation of all whole numbers that the columns of a domain can hold.

    :param lowest: the least number of each column's type, and ``highest`` the largest; an empty
        list: no limit is known, and numbers of any size are permuted among those of their length.
    :param keep: numbers that stay as they are.
    """

    def __init__(
        self,
        secret: bytes,
        *names: str,
        lowest: Sequence[int] = (),
        highest: Sequence[int] = (),
        keep: Iterable[int] = (),
    ) -> None:
        self._secret, self._names = secret, names
        self._keep = np.array(
            sorted({0, *(each for each in keep if -_INT8 - 1 <= each <= _INT8)}), dtype=np.int64
        )
        self._kept = {0, *keep}
        self._up = _edges(highest)
        self._down = _edges([-each for each in lowest], 1)
        self._positive = self._permutations("up", self._up)
        self._negative = self._permutations("down", self._down)

    def __call__(self, numbers: I64) -> I64:
        """New numbers for old ones."""
        drawn = self._once(numbers)
        held = np.isin(numbers, self._keep)
        if held.any():
            drawn[held] = numbers[held]
        if self._keep.size > 1:
            # Whoever comes upon a number that another keeps, goes on from there.
            astray = np.flatnonzero(np.isin(drawn, self._keep) & ~held)
            while astray.size:
                again = self._once(drawn[astray])
                drawn[astray] = again
                astray = astray[np.isin(again, self._keep)]
        return drawn

    def one(self, number: int) -> int:
        """A new number for one of any size."""
        if number in self._kept:
            return number
        drawn = self._one(number)
        while drawn in self._kept:
            drawn = self._one(drawn)
        return drawn

    def _permutations(self, side: str, edges: Sequence[int]) -> list[Permutation]:
        sizes = [high - low for low, high in zip((0, *edges), edges, strict=False)]
        return [
            Permutation(size, self._secret, *self._names, side, str(edge))
            for size, edge in zip(sizes, edges, strict=True)
            if edge <= _INT8 + 1
        ]

    def _once(self, numbers: I64) -> I64:
        drawn = numbers.copy()
        for positive, edges, permutations in (
            (True, self._up, self._positive),
            (False, self._down, self._negative),
        ):
            # The least number of 64 bits has no positive counterpart, but its bits are 2**63.
            sizes = (numbers if positive else -numbers).view(np.uint64)
            on_side = numbers > 0 if positive else numbers < 0
            below = 0
            for edge, permutation in zip(edges, permutations, strict=False):
                chosen = np.flatnonzero(
                    on_side & (sizes > np.uint64(below)) & (sizes <= np.uint64(edge))
                )
                if chosen.size:
                    first = np.uint64(below + 1)
                    moved: U64 = permutation(sizes[chosen] - first) + first
                    signed = moved.view(np.int64)
                    drawn[chosen] = signed if positive else -signed
                below = edge
        return drawn

    def _one(self, number: int) -> int:
        if -_INT8 - 1 <= number <= _INT8:
            return int(self._once(np.array([number], dtype=np.int64))[0])
        size, edges = (number, self._up) if number > 0 else (-number, self._down)
        # Beyond 64 bits, numbers of one length are permuted, within what their type can hold.
        low = max(10 ** (len(str(size)) - 1), (_INT8 if number > 0 else _INT8 + 1) + 1)
        high = 10 ** len(str(size)) - 1
        if edges and size <= edges[-1]:
            high = min(high, edges[-1])
        side = "up" if number > 0 else "down"
        far = BigPermutation(high - low + 1, self._secret, *self._names, side, str(high))
        moved: int = far(size - low) + low
        return moved if number > 0 else -moved


def _edges(limits: Sequence[int], more: int = 0) -> list[int]:
    """Where tiers end, of one side of 0; types hold one more number on the negative side."""
    further = [edge + more for edge in _EDGES]
    most = max(limits, default=further[-1])
    return sorted({each for each in (*limits, *further) if 0 < each <= most})
