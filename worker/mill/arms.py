"""Which way of asking to use next: every way is an arm whose yield is measured while it works.

The yield of an arm is the number of new, fit values for each token that the model writes. It has
three parts, learned apart because they change at different speeds:

- how many of the values said are *fit*, and how many *tokens* a value takes: a property of the
  model and the kind of value, learned by all operations together (a ``Record``);
- how likely a fit value is *new*: a property of one cell, which falls as the cell fills (a
  ``Cell``).

The arm is chosen by Thompson sampling (Thompson 1933, "On the likelihood that one unknown
probability exceeds another", Biometrika 25): each is drawn from what is believed of it, and the
best draw wins. So an arm is tried the more often the likelier it is to be the best, and one that
works nearly always leaves the others nothing to win.

What is only believed may be wrong. So an arm that has not shown that it is as good as the best of
those that have is on trial, and all trials together may lose a small part of the cell (Wu, Shariff,
Lattimore and Szepesvári 2016, "Conservative bandits", ICML 33). Pure, but for the trials that are
noted in the cell.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Arm(StrEnum):
    """A way of asking."""

    #: The request, and nothing else.
    PLAIN = "plain"
    #: In other words.
    LIST = "list"
    #: With a lower temperature: fewer slips, more repeats.
    COOL = "cool"
    #: With a higher temperature: more of what is rare.
    HOT = "hot"
    #: Known values stand as the model's own earlier answer, and it is asked for more.
    MORE = "more"
    #: Known values are named, not to be said again.
    NAMED = "named"
    #: A region, in words.
    WORDS = "words"
    #: A region, in words and forced by a pattern of the schema; its known values are named.
    PATTERN = "pattern"


#: Arms that know nothing of the values that are there.
BLIND = (Arm.PLAIN, Arm.LIST, Arm.COOL, Arm.HOT)
#: Arms that are steered by them.
STEERED = (Arm.PATTERN, Arm.WORDS, Arm.MORE, Arm.NAMED)

#: What is believed of an arm before it was tried: the share of its values that are fit, in parts
#: of what plain prompts give, for models of a billion weights and more, and for smaller ones. A
#: small model under a pattern fills it with anything.
_PRIOR = {
    Arm.PLAIN: (1.0, 1.0),
    Arm.LIST: (0.97, 0.95),
    Arm.COOL: (0.97, 1.0),
    Arm.HOT: (0.9, 0.75),
    Arm.MORE: (0.95, 0.85),
    Arm.NAMED: (0.9, 0.6),
    Arm.WORDS: (0.93, 0.55),
    Arm.PATTERN: (0.985, 0.35),
}
#: And how likely its values are to be new, in a cell where it was not tried: the part of what
#: comes again in plain prompts that does not come again in it.
_AVOIDS = {
    Arm.PLAIN: 0.0,
    Arm.LIST: 0.0,
    Arm.COOL: -0.2,
    Arm.HOT: 0.15,
    Arm.MORE: 0.4,
    Arm.NAMED: 0.3,
    Arm.WORDS: 0.6,
    Arm.PATTERN: 0.97,
}

#: A small model has fewer weights than this.
SMALL_MODEL = 1_000_000_000

#: Values that what is believed beforehand counts for.
PRIOR_VALUES = 12.0
#: Values that are remembered of an arm: a model may be replaced by another of its name.
MEMORY_VALUES = 2_000.0

#: Likewise of a cell, where things change fast: half of what an arm has shown is forgotten with so
#: many values that it says thereafter, and three quarters when the cell has twice the values.
PRIOR_FRESH = 16.0
HALF_LIFE = 80.0

#: Where many values are refused, many of the others are junk too that no gate knows: a share of fit
#: values counts to this power.
CAUTION = 2.0

#: What trials may lose of a cell, in parts of all values that it takes to fill it.
STAKES = 0.04
#: Values that an arm has to have said to be believed by half.
TRUST = 8.0
#: A share of new values is no less than this, whatever was seen.
LEAST_RATE = 0.01
#: A trial asks for so many values at least; and at most as long as little is known.
LEAST_TRIAL, MOST_TRIAL = 4, 6
#: Trials under way in a cell, at most.
MOST_TRIALS = 200
#: Values to ask for as long as the trial of an arm that may well be better is under way.
WAITING = 3
#: Answers in a cell after which a trial is given up that was never heard of again.
PATIENCE = 64

#: What a trial of an arm that is not known is thought to lose, in parts of what it asks for. Blind
#: ones are the same request in other words; and where patterns help, many slots wait for one.
_AT_STAKE = {
    Arm.PLAIN: 0.0,
    Arm.LIST: 0.3,
    Arm.COOL: 0.3,
    Arm.HOT: 0.4,
    Arm.MORE: 0.7,
    Arm.NAMED: 1.0,
    Arm.WORDS: 1.0,
    Arm.PATTERN: 0.3,
}

#: A value may be so many times as long as the longest that was seen.
ROOMY = 3
MOST_STRETCH = 32

#: Fewer values than this in a cell tell nothing of how much is left.
FEW_VALUES = 20

#: Where an arm gives this share of fit values, there is nothing to win in the same words said
#: otherwise.
GOOD_ENOUGH = 0.93


@dataclass(slots=True)
class Record:
    """What one arm has shown with a model and a kind: values said, those that were fit, tokens."""

    said: float = 0.0
    fit: float = 0.0
    tokens: float = 0.0

    def add(self, other: Record) -> None:
        """Take note of more."""
        self.said += other.said
        self.fit += other.fit
        self.tokens += other.tokens
        if self.said > MEMORY_VALUES:
            share = MEMORY_VALUES / self.said
            self.said, self.fit, self.tokens = (
                self.said * share,
                self.fit * share,
                self.tokens * share,
            )


@dataclass(slots=True)
class Freshness:
    """How many of an arm's fit values were new in a cell lately."""

    fit: float = 0.0
    fresh: float = 0.0

    def learn(self, *, fit: int, fresh: int) -> None:
        """Take note of one answer."""
        self.fade(0.5 ** (fit / HALF_LIFE))
        self.fit += fit
        self.fresh += min(fit, fresh)

    def fade(self, kept: float) -> None:
        """Forget a part."""
        self.fit *= kept
        self.fresh *= kept


@dataclass(slots=True)
class Trial:
    """A prompt under way whose arm may turn out to be worse than the best that is known."""

    arm: Arm
    #: Values that may be lost by it.
    stake: float
    #: New values for each value said, as the best known arm would have brought them.
    rate: float
    #: Answers that it is waited for.
    patience: int = PATIENCE


@dataclass
class Cell:
    """What the arms have shown in one cell."""

    #: How likely a value of a plain prompt was new, at the least: this only falls as a cell fills,
    #: but its estimate rises with each value that a steered prompt brings.
    plain: float = 1.0
    shown: dict[Arm, Freshness] = field(default_factory=dict)
    #: New values that blind prompts have brought, and all others.
    blind: int = 0
    steered: int = 0
    #: Values said, and those of them that the best known arm would have saved.
    said: int = 0
    lost: float = 0.0
    trials: list[Trial] = field(default_factory=list)

    def learn(self, arm: Arm, *, said: int, fit: int, fresh: int) -> None:
        """Take note of an answer that is over."""
        before = FEW_VALUES + self.blind + self.steered
        for each in list(self.shown.values()):
            each.fade((before / (before + fresh)) ** 2)
        self.shown.setdefault(arm, Freshness()).learn(fit=fit, fresh=fresh)
        if arm in BLIND:
            self.blind += fresh
        else:
            self.steered += fresh
        self.said += said
        self._settle(arm, said=said, fresh=fresh)

    def _settle(self, arm: Arm, *, said: int, fresh: int) -> None:
        """Put the loss of a trial in the place of what was at stake."""
        trial = next((each for each in self.trials if each.arm is arm), None)
        waiting: list[Trial] = []
        for each in self.trials:
            each.patience -= 1
            if each is trial:
                self.lost = max(0.0, self.lost + said - fresh / max(each.rate, LEAST_RATE))
            elif each.patience > 0:
                waiting.append(each)
            else:
                self.lost += each.stake
        self.trials = waiting

    @property
    def at_stake(self) -> float:
        """Values lost, and those that may be by what is under way."""
        return self.lost + sum(each.stake for each in self.trials)

    def freshness(self, arm: Arm) -> float:
        """How likely a fit value of an arm is new."""
        return self.belief(arm)[0]

    def belief(self, arm: Arm) -> tuple[float, float]:
        """What is believed of how likely a fit value is new: its mean, and the values behind it."""
        avoids = _AVOIDS[arm]
        # What steered prompts have found, plain ones cannot find any more: their estimate, which
        # counts it as if they had, falls by the square root of their part (Heaps 1978, with a
        # usual exponent).
        taken = (FEW_VALUES + self.blind) / (FEW_VALUES + self.blind + self.steered)
        plain = self.plain * math.sqrt(taken)
        expected = plain + (1.0 - plain) * avoids if avoids >= 0 else plain * (1.0 + avoids)
        shown = self.shown.get(arm, Freshness())
        weight = PRIOR_FRESH + shown.fit
        return (PRIOR_FRESH * expected + shown.fresh) / weight, weight


@dataclass
class Book:
    """What is known of all arms, for one model and one kind of value."""

    #: Weights of the model; None: not known.
    size: float | None = None
    records: dict[Arm, Record] = field(default_factory=dict)
    #: What was learned here and is not shared yet.
    unshared: dict[Arm, Record] = field(default_factory=dict)
    #: The longest fit value, in characters; and by how much values were longer than was believed.
    longest: int = 0
    stretch: int = 1

    def learn(self, arm: Arm, *, said: int, fit: int, tokens: int) -> None:
        """Take note of an answer that is over."""
        for records in (self.records, self.unshared):
            records.setdefault(arm, Record()).add(
                Record(float(said), float(min(said, fit)), float(tokens))
            )

    def learn_length(self, values: Sequence[str], *, said: int) -> None:
        """Take note of the fit values among so many of an answer."""
        self.longest = max(self.longest, max(map(len, values), default=0))
        if said and not values:
            # Nothing was fit: perhaps each ended where the schema ended it.
            self.stretch = min(MOST_STRETCH, 2 * self.stretch)

    def believed_length(self, first_guess: int) -> int:
        """Characters that a value has at most, as far as can be told.

        :param first_guess: where nothing is known.
        """
        return max(first_guess, ROOMY * self.longest) * self.stretch

    def fitness(self, arm: Arm) -> tuple[float, float]:
        """What is believed of the share of fit values: its mean, and the values behind it."""
        record = self.records.get(arm, Record())
        plain = self.records.get(Arm.PLAIN, Record())
        base = 1.0
        if arm is not Arm.PLAIN:
            base = (PRIOR_VALUES + plain.fit) / (PRIOR_VALUES + plain.said)
        prior = base * _PRIOR[arm][self.size is not None and 0 < self.size < SMALL_MODEL]
        weight = PRIOR_VALUES + record.said
        return (PRIOR_VALUES * prior + record.fit) / weight, weight

    def tokens(self, arm: Arm) -> float:
        """Tokens of a value, compared with others of the same kind; 1 where nothing is known."""
        record = self.records.get(arm, Record())
        total = Record()
        for each in self.records.values():
            total.add(each)
        usual = (total.tokens + 1.0) / (total.said + 1.0)
        return (PRIOR_VALUES * usual + record.tokens) / (PRIOR_VALUES + record.said)

    def trust(self, arm: Arm) -> float:
        """How far what is believed of an arm was shown: of plain prompts, all of it."""
        said = self.records.get(arm, Record()).said
        return 1.0 if arm is Arm.PLAIN else said / (TRUST + said)

    @property
    def is_new(self) -> bool:
        """Whether too little was seen of plain prompts to look for anything better."""
        plain = self.records.get(Arm.PLAIN)
        return plain is None or plain.said < PRIOR_VALUES

    def is_good(self, arm: Arm) -> bool:
        """Whether an arm has shown that nearly all that it says is fit."""
        record = self.records.get(arm)
        return (
            record is not None
            and record.said >= PRIOR_VALUES
            and (record.fit >= GOOD_ENOUGH * record.said)
        )


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
