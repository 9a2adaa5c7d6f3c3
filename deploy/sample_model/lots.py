"""Values with weights, and drawing them without putting any back."""

from __future__ import annotations

import json
import math
import random
import re
from bisect import bisect_right
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from heapq import heapify, heappop
from itertools import accumulate

from deploy.sample_model.pools import PATIENCE, PoolKey, fill_pool

_ESCAPED = re.compile(r'["\\\x00-\x1f]')


@dataclass(frozen=True, kw_only=True)
class LotKey:
    """What settles a lot: the pool, the bias to its first values, and how a text wishes them.

    `lines` says what becomes of line breaks (see `shape`); `pattern` leaves only the values
    whose raw JSON text it matches. Neither changes the weight of a value that stays.
    """

    pool: PoolKey
    favourites: float
    lines: bool | None
    pattern: str | None


@dataclass(frozen=True)
class Lot:
    """Values, the greatest favourite first, with their weights added up from the first on."""

    values: Sequence[str]
    cumulated: Sequence[float]

    def weight(self, index: int) -> float:
        return self.cumulated[index] - (self.cumulated[index - 1] if index else 0.0)


@lru_cache(maxsize=200)
def find_lot(key: LotKey) -> Lot:
    """The lot of a key; rank r of its pool weighs 1 / r ** favourites."""
    values = [shape(value, lines=key.lines) for value in fill_pool(key.pool)]
    weights = [1 / rank**key.favourites for rank in range(1, len(values) + 1)]
    if key.pattern is not None:
        fits = matcher(key.pattern)
        kept = [index for index, value in enumerate(values) if fits(value)]
        values = [values[index] for index in kept]
        weights = [weights[index] for index in kept]
    return Lot(values, list(accumulate(weights)))


def shape(value: str, *, lines: bool | None) -> str:
    """A value with line breaks as wished: False breaks it somewhere, True nowhere, None leaves it.

    `lines` is `Wish.one_line`.
    """
    if lines:
        return " ".join(value.split())
    if lines is False and "\n" not in value:
        head, comma, rest = value.partition(", ")
        if comma:
            return f"{head},\n{rest}"
        head, stop, rest = value.partition(". ")
        return f"{head}.\n{rest}" if stop else value
    return value


def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a grammar lets a value pass: a pattern speaks of the raw JSON text of a string."""
    whole = re.compile(pattern)

    def fits(value: str) -> bool:
        if _ESCAPED.search(value):
            value = json.dumps(value, ensure_ascii=False)[1:-1]
        return whole.fullmatch(value) is not None

    return fits


class Drawing:
    """The draws of one answer from a lot: by weight, without replacement, exactly.

    `given` is what the answer already has, kept by the caller. A draw of one of the `avoided`
    (casefolded) is thrown away with the probability `obedience`. While most draws are good they
    are simply tried; when they are not, what is left is ordered once by exponential keys
    (Efraimidis and Spirakis 2006), whose order is that of repeated weighted draws.
    """

    def __init__(
        self,
        lot: Lot,
        rng: random.Random,
        *,
        given: Set[str],
        avoided: Set[str],
        obedience: float,
    ) -> None:
        self._lot = lot
        self._rng = rng
        self._given = given
        self._avoided = avoided
        self._defiance = 1 - obedience
        self._left: list[tuple[float, int]] | None = None
        self._wanted_left = 0
        self._next_rank = 0

    def next_favourite(self) -> str | None:
        """The first value that is neither given nor unwanted, or None."""
        values = self._lot.values
        while self._next_rank < len(values):
            value = values[self._next_rank]
            self._next_rank += 1
            if value not in self._given and value.casefold() not in self._avoided:
                return value
        return None

    def draw(self) -> str | None:
        """A value that is not given yet, or None when all that it would say has been said."""
        if self._left is None:
            value = self._try()
            if value is not None:
                return value
            self._order()
        return self._pop()

    def _try(self) -> str | None:
        values, cumulated = self._lot.values, self._lot.cumulated
        last = len(values) - 1
        if last < 0:
            return None
        for _ in range(PATIENCE):
            at = min(bisect_right(cumulated, self._rng.random() * cumulated[-1]), last)
            value = values[at]
            if value not in self._given and (
                value.casefold() not in self._avoided or self._rng.random() < self._defiance
            ):
                return value
        return None

    def _order(self) -> None:
        """Everything left, as a heap by keys -ln(u) / weight; the unwanted weigh less."""
        self._left = []
        for index, value in enumerate(self._lot.values):
            if value in self._given:
                continue
            weight = self._lot.weight(index)
            if value.casefold() in self._avoided:
                weight *= self._defiance
            else:
                self._wanted_left += 1
            if weight > 0:
                self._left.append((-math.log(1 - self._rng.random()) / weight, index))
        heapify(self._left)

    def _pop(self) -> str | None:
        while self._left:
            value = self._lot.values[heappop(self._left)[1]]
            unwanted = value.casefold() in self._avoided
            # With nothing else to say, each unwanted value is a temptation once.
            tempted = self._wanted_left > 0 or self._rng.random() < self._defiance
            self._wanted_left -= not unwanted
            if value not in self._given and (tempted or not unwanted):
                return value
        return None
