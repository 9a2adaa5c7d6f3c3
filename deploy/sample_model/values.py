"""The values of one answer: new ones first, favourites when so turned, repeats when it runs dry."""

from __future__ import annotations

import random
import re

from deploy.sample_model.catalogue import Draw, Kind
from deploy.sample_model.kinds import kind_of_field
from deploy.sample_model.pattern import Pattern
from deploy.sample_model.pools import (
    DEFAULT_VOCABULARY,
    PATIENCE,
    PLAIN_REACH,
    PoolKey,
    Pools,
    pick_rank,
    zipf_ranks,
)
from deploy.sample_model.reading import Wish

AVOIDANCE = 0.9
PATTERN_VOCABULARY = 3000
FIT_TRIES = 12


class Values:
    """A `grammar.Source` that draws from the catalogue as a wish and the knobs say.

    `favourites` is the Zipf exponent (0: off), `vocabulary` bounds the pool (0: unbounded),
    `greedy` (temperature 0) takes the favourites in their order.
    """

    def __init__(
        self,
        wish: Wish,
        rng: random.Random,
        pools: Pools,
        *,
        favourites: float = 0.0,
        vocabulary: int = 0,
        seed: int = 0,
        greedy: bool = False,
    ) -> None:
        self._wish = wish
        self._rng = rng
        self._pools = pools
        self._favourites = favourites
        self._vocabulary = vocabulary
        self._seed = seed
        self._greedy = greedy
        self._draws: dict[str, Draw] = {}
        self._given: set[str] = set()
        self._order: list[str] = []
        self._ranks: list[float] | None = None
        self._next_rank = 0
        self._matching: dict[str, tuple[list[str], Pattern]] = {}

    @property
    def given(self) -> list[str]:
        """The values given so far, in their order."""
        return self._order

    def count(self, least: int, most: int | None) -> int:
        """As many as the text asks for, within the bounds; `most` where they leave no choice."""
        wanted = max(self._wish.count, least)
        return wanted if most is None else min(wanted, most)

    def text(self, *, field: str, pattern: str | None, new: bool) -> str | None:
        """One value; see `grammar.Source`."""
        own = kind_of_field(field) if field and not new else None
        if own is not None and own is not self._wish.kind and pattern is None:
            return self._finish(self._make(own))
        value = self._new(pattern) if new or not self._given else None
        if value is None and new and self._given:
            return None
        if value is None:
            value = self._any(pattern)
        self._given.add(value)
        self._order.append(value)
        return value

    def fresh(self, count: int) -> list[str]:
        """Up to `count` distinct values; fewer when it runs dry."""
        values: list[str] = []
        while len(values) < count:
            value = self.text(field="", pattern=None, new=True)
            if value is None:
                break
            values.append(value)
        return values

    # --- new values --------------------------------------------------------------------------

    def _new(self, pattern: str | None) -> str | None:
        """A value that this answer does not have and that is not unwanted (mostly), or None."""
        if pattern is not None:
            return self._new_matching(pattern)
        if self._greedy:
            return self._next_favourite()
        if self._favourites > 0 or self._vocabulary > 0:
            return self._new_from_pool()
        return self._new_drawn()

    def _accepts(self, value: str) -> bool:
        if value in self._given:
            return False
        return value.casefold() not in self._wish.avoid or self._rng.random() > AVOIDANCE

    def _new_drawn(self) -> str | None:
        draw = self._draw(self._wish.kind)
        while True:
            for _ in range(PATIENCE):
                value = self._finish(self._fitting(self._wish.kind))
                if self._accepts(value):
                    return value
            if draw.reach >= 1:
                return None
            draw.reach = min(1.0, draw.reach + 0.3)

    def _pool(self, size: int) -> tuple[str, ...]:
        wish = self._wish
        return self._pools.get(PoolKey(wish.kind, wish.locale, wish.gender, size, self._seed))

    def _new_from_pool(self) -> str | None:
        pool = self._pool(self._vocabulary or DEFAULT_VOCABULARY)
        if self._ranks is None:
            self._ranks = zipf_ranks(len(pool), self._favourites)
        for _ in range(PATIENCE):
            value = self._finish(pool[pick_rank(self._ranks, self._rng)])
            if self._accepts(value):
                return value
        left = [i for i, value in enumerate(pool) if self._accepts(self._finish(value))]
        if not left:
            return None
        weights = [1 / (index + 1) ** self._favourites for index in left]
        return self._finish(pool[self._rng.choices(left, weights)[0]])

    def _next_favourite(self) -> str | None:
        pool = self._pool(self._vocabulary or DEFAULT_VOCABULARY)
        while self._next_rank < len(pool):
            value = self._finish(pool[self._next_rank])
            self._next_rank += 1
            if value not in self._given and value.casefold() not in self._wish.avoid:
                return value
        return None

    def _new_matching(self, pattern: str) -> str | None:
        """A value of the catalogue that matches, else a string made from the pattern."""
        candidates, maker = self._match(pattern)
        while candidates:
            value = candidates.pop(0 if self._greedy else -1)
            if self._accepts(value):
                return value
        for _ in range(PATIENCE):
            value = maker.draw(self._rng)
            if self._accepts(value):
                return value
        return None

    def _match(self, pattern: str) -> tuple[list[str], Pattern]:
        if pattern not in self._matching:
            whole = re.compile(pattern)
            pool = self._pool(self._vocabulary or PATTERN_VOCABULARY)
            # The grammar speaks of the raw JSON text, where these would stand escaped.
            found = [v for v in pool if whole.fullmatch(v) and not re.search(r'["\\\x00-\x1f]', v)]
            if not self._greedy:
                self._rng.shuffle(found)
            self._matching[pattern] = (found, Pattern(pattern))
        return self._matching[pattern]

    # --- any values --------------------------------------------------------------------------

    def _any(self, pattern: str | None) -> str:
        """A value that may be a repeat: babble."""
        if pattern is not None:
            whole = re.compile(pattern)
            known = [value for value in self._order if whole.fullmatch(value)]
            return self._rng.choice(known) if known else Pattern(pattern).draw(self._rng)
        if self._order:
            return self._rng.choice(self._order)
        return self._finish(self._make(self._wish.kind))

    def _draw(self, kind: Kind) -> Draw:
        if kind.name not in self._draws:
            self._draws[kind.name] = Draw(
                self._rng, self._wish.locale, self._wish.gender, PLAIN_REACH
            )
        return self._draws[kind.name]

    def _make(self, kind: Kind) -> str:
        return kind.make(self._draw(kind))

    def _fitting(self, kind: Kind) -> str:
        """A value within the length that the text asks for, if one comes up soon."""
        value = self._make(kind)
        for _ in range(FIT_TRIES if self._wish.longest else 0):
            if len(value) <= (self._wish.longest or 0):
                break
            value = self._make(kind)
        return value

    def _finish(self, value: str) -> str:
        """Line breaks as the text wishes them."""
        if self._wish.one_line:
            return " ".join(value.split())
        if self._wish.one_line is False and "\n" not in value:
            head, comma, rest = value.partition(", ")
            if comma:
                return f"{head},\n{rest}"
            head, stop, rest = value.partition(". ")
            return f"{head}.\n{rest}" if stop else value
        return value
