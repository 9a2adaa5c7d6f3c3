"""What the ways of asking have shown in one cell: how new is what they say, and what trials of them
have cost. Pure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from worker.mill.arms import BLIND, Arm

#: How likely the values of an arm are to be new, in a cell where it was not tried: the part of what
#: comes again in plain prompts that does not come again in it.
_AVOIDS = {
    Arm.PLAIN: 0.0,
    Arm.REWORDED: 0.0,
    Arm.COOL: -0.2,
    Arm.HOT: 0.15,
    Arm.MORE: 0.4,
    Arm.NAMED: 0.3,
    Arm.WORDS: 0.6,
    Arm.PATTERN: 0.97,
}

#: Values that what is believed beforehand counts for. Things change fast in a cell: half of what an
#: arm has shown is forgotten with so many values that it says thereafter, and three quarters when
#: the cell has twice the values.
PRIOR_FRESH = 16.0
HALF_LIFE = 80.0

#: A share of new values is no less than this, whatever was seen.
LEAST_RATE = 0.01

#: Answers in a cell after which a trial is given up that was never heard of again.
PATIENCE = 64

#: Fewer values than this in a cell tell nothing of how much is left.
FEW_VALUES = 20


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
