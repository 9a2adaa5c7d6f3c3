"""How many different values there are, judged by those that came.

Three views of one thing. None knows anything of a particular model; each says in what case it
holds. All functions are pure.

Good, I. J. (1953), "The population frequencies of species and the estimation of population
parameters", Biometrika 40. Chao, A. (1984), "Nonparametric estimation of the number of classes in
a population", Scandinavian Journal of Statistics 11. Leslie, P. H. and Davis, D. H. S. (1939),
"An attempt to determine the absolute number of rats on a given area", Journal of Animal Ecology 8;
DeLury, D. B. (1947), "On the estimation of biological populations", Biometrics 3.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

#: Values asked for over which a trend forgets half of what was before. Shorter follows a bend
#: sooner, longer is steadier.
HALF_LIFE = 400.0

#: Evidence that a trend needs before it says anything, in values asked for.
ENOUGH = 150.0

#: A yield that falls by less than this many standard errors does not fall.
CERTAINTY = 2.0

#: A yield below this is none.
BARREN = 0.02

#: A chance of new values below this shows that repeats come freely.
FREELY_DRAWN = 0.6

#: Unless the yield is below this part of it. Then repeats were kept away while there was something
#: else to say, and the values said just once are what that has left.
HELD_BACK = 0.8

#: A trend in the making: decayed sums of 1, x, y, x², xy and y², each weighted by values asked.
Trend = tuple[float, float, float, float, float, float]
NO_TREND: Trend = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def chance_of_new(*, said: int, once: int) -> float:
    """The chance that the next value is new (Good 1953): the share of values said just once.

    Holds for values drawn freely; where repeats are suppressed it is too high. 1 when nothing
    is known.

    :param said: values said so far, repeats included.
    :param once: of the distinct ones, those said once.
    """
    return min(1.0, max(0.0, once / said)) if said > 0 else 1.0


def chao1(*, distinct: int, once: int, twice: int) -> float:
    """A lower bound of how many values exist (Chao 1984, in its bias-corrected form).

    Holds for values drawn freely, whatever the favourites among them; where repeats are
    suppressed it is far too high.
    """
    return distinct + once * max(0, once - 1) / (2.0 * (twice + 1))


def update(trend: Sequence[float], *, found: int, asked: int, fresh: int) -> Trend:
    """Add one prompt to a trend.

    :param trend: as of before; anything but six numbers begins anew.
    :param found: values found before the prompt.
    :param asked: values asked for in it; at least as many as were ``fresh``, that is, new.
    """
    if asked <= 0:
        return _sums(trend)
    half_life = max(HALF_LIFE, found / 4)
    kept = 0.5 ** (asked / half_life)
    x = found + fresh / 2
    y = fresh / asked
    new = (1.0, x, y, x * x, x * y, y * y)
    w, sx, sy, sxx, sxy, syy = (
        kept * old + asked * part for old, part in zip(_sums(trend), new, strict=True)
    )
    return w, sx, sy, sxx, sxy, syy


def depletion(trend: Sequence[float], *, found: int) -> float | None:
    """How many values can be reached, by how the yield falls (Leslie and Davis 1939, DeLury 1947).

    Where values are removed as they are found, the yield of an effort falls in a straight line
    with the number found, and meets zero where there is nothing left. Exclusions and forced
    beginnings are that removal, so this holds where the other two do not. The line is fitted to
    the latest prompts, since every change of strategy bends it.

    :returns: None while the yield does not fall.
    """
    weight, sx, sy, sxx, sxy, syy = _sums(trend)
    if weight < ENOUGH:
        return None
    mean_x, mean_y = sx / weight, sy / weight
    spread = sxx / weight - mean_x * mean_x
    joint = sxy / weight - mean_x * mean_y
    if mean_y < BARREN:
        # So little comes that there is hardly a line to fit.
        return found * (1 + mean_y)
    if spread <= 0 or joint >= 0:
        return None
    slope = joint / spread
    # A value is new or not: the variance of a share, and at least what the residuals show.
    noise = max(syy / weight - mean_y * mean_y - slope * joint, 0.0) + mean_y * (1 - mean_y) / 20
    if -slope < CERTAINTY * math.sqrt(noise / (spread * weight / 20)):
        return None
    return max(float(found), mean_x - mean_y / slope)


def _sums(trend: Sequence[float]) -> Trend:
    if len(trend) != len(NO_TREND):
        return NO_TREND
    w, sx, sy, sxx, sxy, syy = trend
    return w, sx, sy, sxx, sxy, syy


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What is kept of a cell: values found, said with repeats, said again, and said just twice."""

    found: int
    said: int
    said_again: int
    said_twice: int


def reachable(tally: Tally, trend: Sequence[float]) -> int | None:
    """About how many values there are to be found; None when no limit is in sight.

    The trend of the yield says it best; before it falls, Chao's bound does, as long as enough
    values are said again to show that repeats are not suppressed. Where they were, the bound is
    no more than a line from a yield of 1 in the beginning says. Never less than was found.
    """
    line = depletion(trend, found=tally.found)
    if line is not None:
        return max(tally.found, round(line))
    once = max(0, tally.found - tally.said_again)
    chance = chance_of_new(said=tally.said, once=once)
    if chance >= FREELY_DRAWN:
        return None
    bound = chao1(distinct=tally.found, once=once, twice=tally.said_twice)
    weight, _, fresh, *_ = _sums(trend)
    if weight >= ENOUGH and fresh < HELD_BACK * chance * weight:
        bound = min(bound, tally.found / (1 - fresh / weight))
    return max(tally.found, round(bound))
