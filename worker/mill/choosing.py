"""Which way of asking to use next: every way is an arm whose yield is measured while it works.

The yield of an arm is the number of new, fit values for each token that the model writes. It has
three parts, learned apart because they change at different speeds:

- how many of the values said are *fit*, and how many *tokens* a value takes: a property of the
  model and the kind of value, learned by all operations together (a ``Book``, with a ``Record``
  for each);
- how likely a fit value is *new*: a property of one cell, which falls as the cell fills (a
  ``Cell``).

The arm is chosen by Thompson sampling (Thompson 1933, "On the likelihood that one unknown
probability exceeds another", Biometrika 25): each is drawn from what is believed of it, and the
best draw wins; how new its values are is drawn of the blind ones alone, or too many of a good
region's prompts would go to others. So an arm is tried the more often the likelier it is to be the
best, and one that works nearly always leaves the others nothing to win.

What is only believed may be wrong. So an arm that has not shown that it is as good as the best of
those that have is on trial, and all trials together may lose a small part of the cell (Wu, Shariff,
Lattimore and Szepesvári 2016, "Conservative bandits", ICML 33). Pure, but for the trials that are
noted in the cell.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from worker.mill.arms import BLIND, Arm
from worker.mill.book import Book
from worker.mill.cell import LEAST_RATE, Cell, Trial

#: Where many values are refused, many of the others are junk too that no gate knows: a share of fit
#: values counts to this power.
CAUTION = 2.0

#: What trials may lose of a cell, in parts of all values that it takes to fill it.
STAKES = 0.04

#: A trial asks for so many values at least; and at most as long as little is known.
LEAST_TRIAL, MOST_TRIAL = 4, 6

#: Trials under way in a cell, at most.
MOST_TRIALS = 200
#: Values to ask for as long as the trial of an arm that may well be better is under way.
WAITING = 3

#: What a trial of an arm that is not known is thought to lose, in parts of what it asks for. Blind
#: ones are the same request in other words; and where patterns help, many slots wait for one.
_AT_STAKE = {
    Arm.PLAIN: 0.0,
    Arm.REWORDED: 0.3,
    Arm.COOL: 0.3,
    Arm.HOT: 0.4,
    Arm.MORE: 0.7,
    Arm.NAMED: 1.0,
    Arm.WORDS: 1.0,
    Arm.PATTERN: 0.3,
}


@dataclass(frozen=True)
class Pull:
    """An arm, and the most values to ask for with it."""

    arm: Arm
    most: int


def choose(
    book: Book, cell: Cell, arms: Sequence[Arm], *, asked: int, left: int, rng: random.Random
) -> Pull:
    """The arm for the next prompt of a cell, which is taken note of as under way.

    One that has not shown that it is as good as the best of those that have is asked for as little
    as can be lost, or not tried: no trial begins that puts more than ``STAKES`` of the cell at
    risk.

    :param arms: those that can be used here, at least one.
    :param asked: values to ask for, if the arm is known.
    :param left: values that the cell lacks.
    """
    worth = {arm: _worth(book, cell, arm, book.fitness(arm)[0]) for arm in arms}
    sure = {arm: worth[arm] * book.trust(arm) for arm in arms}
    best = max(arms, key=sure.__getitem__)
    rate = max(LEAST_RATE, book.fitness(best)[0] * cell.freshness(best))
    purse = STAKES * (cell.said + left / rate) - cell.at_stake
    for arm in sorted(arms, key=lambda arm: -_drawn(book, cell, arm, rng)):
        risk = _AT_STAKE[arm] * max(0.0, 1.0 - sure[arm] / max(sure[best], 1e-9))
        if arm is best or risk <= 0.0:
            return Pull(arm, asked)
        most = min(asked, int(purse / risk), MOST_TRIAL if sure[arm] < sure[best] / 2 else asked)
        if most >= min(asked, LEAST_TRIAL) and len(cell.trials) < MOST_TRIALS:
            cell.trials.append(Trial(arm, stake=most * risk, rate=rate))
            return Pull(arm, most)
        if any(trial.arm is arm for trial in cell.trials):
            # It will soon be known whether this is better.
            asked = min(asked, WAITING)
    return Pull(best, asked)


def _drawn(book: Book, cell: Cell, arm: Arm, rng: random.Random) -> float:
    """The yield of an arm, drawn from what is believed of it."""
    fit = _draw(*book.fitness(arm), rng)
    mean, weight = cell.belief(arm)
    fresh = _draw(mean, weight, rng) if arm in BLIND else mean
    return math.pow(fit, CAUTION) * fresh / book.tokens(arm)


def _draw(mean: float, weight: float, rng: random.Random) -> float:
    mean = min(max(mean, 0.002), 0.998)
    return rng.betavariate(mean * weight, (1.0 - mean) * weight)


def _worth(book: Book, cell: Cell, arm: Arm, fit: float) -> float:
    return math.pow(fit, CAUTION) * cell.freshness(arm) / book.tokens(arm)
