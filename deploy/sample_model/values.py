"""The values of one answer: new ones first, favourites when so turned, repeats when it runs dry."""

from __future__ import annotations

import json
import random

from deploy.sample_model.catalogue import Draw
from deploy.sample_model.lots import Drawing, LotKey, find_lot, matcher, shape
from deploy.sample_model.pattern import parse_pattern
from deploy.sample_model.pools import DEFAULT_VOCABULARY, PATIENCE, PLAIN_REACH, PoolKey
from deploy.sample_model.reading import Wish

OBEDIENCE = 0.9
STOPS_WHEN_DRY = 0.9
FIT_TRIES = 12
MATCH_TRIES = 400


class Values:
    """A `grammar.Source` that draws from the catalogue as a wish and the knobs say.

    `favourites` is the Zipf exponent (0: off), `vocabulary` bounds the pool (0: unbounded),
    `obedience` is how surely an unwanted value is passed over, `greedy` (temperature 0) takes
    the favourites in their order.

    A pattern changes none of the model's habits: the same values, as likely as ever in
    relation to each other, as long as there are any that match.
    """

    def __init__(
        self,
        wish: Wish,
        rng: random.Random,
        *,
        favourites: float = 0.0,
        vocabulary: int = 0,
        seed: int = 0,
        obedience: float = OBEDIENCE,
        greedy: bool = False,
    ) -> None:
        self._wish = wish
        self._rng = rng
        self._favourites = favourites
        self._vocabulary = vocabulary
        self._seed = seed
        self._obedience = obedience
        self._greedy = greedy
        self._from_pool = greedy or favourites > 0 or vocabulary > 0
        self._draw = Draw(rng, wish.locale, wish.gender, PLAIN_REACH)
        self._given: set[str] = set()
        self._order: list[str] = []
        self._drawings: dict[str | None, Drawing] = {}

    @property
    def given(self) -> list[str]:
        """The values given so far, in their order."""
        return self._order

    def count(self, least: int, most: int | None) -> int:
        """As many as the text asks for, within the bounds; `most` where they leave no choice."""
        wanted = max(self._wish.count, least)
        return wanted if most is None else min(wanted, most)

    def text(self, *, pattern: str | None, new: bool) -> str | None:
        """One value; see `grammar.Source`."""
        if pattern is not None:
            value = self._new(pattern)
            if value is None and new and self._rng.random() < STOPS_WHEN_DRY:
                return None
            return self._give(self._babble(pattern) if value is None else value)
        value = self._new(None) if new or not self._given else None
        if value is None and new and self._given:
            return None
        return self._give(self._any() if value is None else value)

    def fresh(self, count: int) -> list[str]:
        """Up to `count` distinct values; fewer when it runs dry."""
        values: list[str] = []
        while len(values) < count:
            value = self.text(pattern=None, new=True)
            if value is None:
                break
            values.append(value)
        return values

    def _give(self, value: str) -> str:
        self._given.add(value)
        self._order.append(value)
        return value

    # --- new values --------------------------------------------------------------------------

    def _new(self, pattern: str | None) -> str | None:
        """A value that this answer does not have and that is not unwanted (mostly), or None."""
        if not self._from_pool and pattern not in self._drawings:
            value = self._new_drawn(pattern)
            if value is not None or pattern is None:
                return value
        drawing = self._drawing(pattern)
        return drawing.next_favourite() if self._greedy else drawing.draw()

    def _accepts(self, value: str) -> bool:
        if value in self._given:
            return False
        return value.casefold() not in self._wish.avoid or self._rng.random() >= self._obedience

    def _new_drawn(self, pattern: str | None) -> str | None:
        """Draw until one is new; reach further when most are not, give up when few match."""
        fits = matcher(pattern) if pattern is not None else None
        repeats = strangers = 0
        while strangers < MATCH_TRIES:
            value = self._shape(self._fitting())
            if fits is not None and not fits(value):
                strangers += 1
                continue
            if self._accepts(value):
                return value
            repeats += 1
            if repeats == PATIENCE:
                if self._draw.reach >= 1:
                    break
                self._draw.reach = min(1.0, self._draw.reach + 0.3)
                repeats = 0
        return None

    def _drawing(self, pattern: str | None) -> Drawing:
        if pattern not in self._drawings:
            wish = self._wish
            size = self._vocabulary or DEFAULT_VOCABULARY
            key = LotKey(
                pool=PoolKey(wish.kind, wish.locale, wish.gender, size, self._seed),
                favourites=self._favourites,
                lines=wish.one_line,
                pattern=pattern,
            )
            self._drawings[pattern] = Drawing(
                find_lot(key),
                self._rng,
                given=self._given,
                avoided=wish.avoid,
                obedience=self._obedience,
            )
        return self._drawings[pattern]

    # --- any values --------------------------------------------------------------------------

    def _any(self) -> str:
        """A value that may be a repeat."""
        if self._order:
            return self._rng.choice(self._order)
        return self._shape(self._make())

    def _babble(self, pattern: str) -> str:
        """A string that only the grammar could want; a new one if one comes up soon."""
        maker = parse_pattern(pattern)
        for _ in range(PATIENCE):
            value = _unescaped(maker.draw(self._rng))
            if self._accepts(value):
                break
        return value

    def _make(self) -> str:
        return self._wish.kind.make(self._draw)

    def _fitting(self) -> str:
        """A value within the length that the text asks for, if one comes up soon."""
        value = self._make()
        for _ in range(FIT_TRIES if self._wish.longest else 0):
            if len(value) <= (self._wish.longest or 0):
                break
            value = self._make()
        return value

    def _shape(self, value: str) -> str:
        return shape(value, lines=self._wish.one_line)


def _unescaped(raw: str) -> str:
    """The value that raw JSON text stands for; the text itself where it is no JSON."""
    try:
        return str(json.loads(f'"{raw}"'))
    except ValueError:
        return raw
