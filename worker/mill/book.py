"""What is known of the ways of asking, for one model and one kind of value. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from worker.mill.arms import Arm

#: What is believed of an arm before it was tried: the share of its values that are fit, in parts
#: of what plain prompts give, for models of a billion weights and more, and for smaller ones. A
#: small model under a pattern fills it with anything.
_PRIOR = {
    Arm.PLAIN: (1.0, 1.0),
    Arm.REWORDED: (0.97, 0.95),
    Arm.COOL: (0.97, 1.0),
    Arm.HOT: (0.9, 0.75),
    Arm.MORE: (0.95, 0.85),
    Arm.NAMED: (0.9, 0.6),
    Arm.WORDS: (0.93, 0.55),
    Arm.PATTERN: (0.985, 0.35),
}

#: A small model has fewer weights than this.
SMALL_MODEL = 1_000_000_000

#: Values that what is believed beforehand counts for.
PRIOR_VALUES = 12.0
#: Values that are remembered of an arm: a model may be replaced by another of its name.
MEMORY_VALUES = 2_000.0

#: Values that an arm has to have said to be believed by half.
TRUST = 8.0

#: A value may be so many times as long as the longest that was seen.
ROOMY = 3
MOST_STRETCH = 32

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
        prior = base * _PRIOR[arm][self.is_small]
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
    def is_small(self) -> bool:
        """Whether the model is known to be small."""
        return self.size is not None and 0 < self.size < SMALL_MODEL

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
