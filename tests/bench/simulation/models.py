"""Simulated models: their values, their favourites, and their bad habits."""

from __future__ import annotations

import heapq
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tests.bench.simulation.values import invent
from worker.mill.arms import Arm
from worker.mill.strategy import Plan

#: By what temperature multiplies the exponent of the favourites, and the share of slips.
WARMTH = {Arm.COOL: (1.2, 0.7), Arm.HOT: (0.85, 1.6)}

#: Different echoes of the request that a model says.
ECHOES = 8


@dataclass(frozen=True, kw_only=True)
class Habits:
    """How a simulated model behaves; shares are between 0 and 1."""

    size: int = 5_000
    zipf: float = 1.0
    alphabet: str = "latin"
    #: The share of excluded values that it leaves out.
    obedience: float = 0.5
    #: The share of values that are in the region when that is only said in words.
    hears_words: float = 0.8
    #: Invents when it is forced to give more than it has; else it repeats itself.
    invents: bool = False
    #: Invents as many as it is asked for, forced or not.
    babbles: bool = False
    refuses_patterns: bool = False
    #: Never says anything twice.
    endless: bool = False
    #: The share of prompts that it ends anywhere, if the schema lets it, though it has more.
    stops: float = 0.0
    #: Whether temperature changes what it says.
    warms: bool = False
    #: Says its values always in the same order, from the first.
    recites: bool = False
    #: The share of values that are junk, in plain prompts; under a pattern; with a region in words.
    slips: float = 0.0
    pattern_junk: float = 0.0
    words_junk: float = 0.0
    #: The junk of the other phrasing, compared with the usual one's.
    list_slips: float = 1.0
    #: The share of its junk that echoes the request.
    echoes: float = 0.0
    #: The share of answers that go over to counting.
    counts: float = 0.0
    #: The share of an answer that is taken, in order, from what stands there as known.
    parrots: float = 0.0
    #: So many values of an answer are good; what comes later is junk, or has come already.
    lasts: int | None = None
    #: The share of junk that the mill refuses. The rest is off its kind, as only a person sees.
    recognised: float = 1.0
    #: Weights of the model, if known.
    weights: float | None = None


def vocabulary(habits: Habits, rng: random.Random) -> list[str]:
    """Distinct values, the greatest favourite first."""
    values: dict[str, None] = {}
    while len(values) < habits.size:
        values[invent(habits.alphabet, rng)] = None
    return list(values)


class Model:
    """A simulated model server."""

    def __init__(self, habits: Habits, *, seed: int) -> None:
        self.habits = habits
        self.rng = random.Random(seed)
        self.values = [] if habits.endless else vocabulary(habits, self.rng)
        self._weights = {1.0: self._weigh(1.0)}
        #: What it has said that is none of its values, and whether the mill refuses it.
        self.junk: dict[str, bool] = {}
        self._count = 0

    def _weigh(self, warmth: float) -> dict[str, float]:
        exponent = self.habits.zipf * warmth
        return {value: 1 / rank**exponent for rank, value in enumerate(self.values, start=1)}

    def is_fit(self, value: str) -> bool:
        """Whether the mill takes a value."""
        return not self.junk.get(value, False)

    def answer(self, asked: Plan) -> list[str]:
        """What it says; distinct as long as it has something to say, and no bad habits."""
        if self.habits.endless:
            self._count += asked.asked
            return [f"{self.rng.getrandbits(60):x}" for _ in range(asked.asked)]
        whole = replace(asked, asked=asked.asked + asked.spare)
        return self._soil(whole, self._say(whole))

    def _say(self, asked: Plan) -> list[str]:
        candidates = self._candidates(asked)
        ignored = self.habits.obedience
        gone = {v for v in (*asked.avoid, *asked.before) if self.rng.random() < ignored}
        weight = self._weight(asked.arm)
        if self.habits.recites:
            said = [value for value in candidates if value not in gone][: asked.asked]
        else:
            keyed = (
                (self.rng.expovariate(weight[value]), value)
                for value in candidates
                if value not in gone
            )
            said = [value for _, value in heapq.nsmallest(asked.asked, keyed)]
        least = asked.least if asked.loose else asked.asked
        if asked.loose and self.rng.random() < self.habits.stops:
            del said[self.rng.randint(min(least, len(said)), len(said)) :]
        if self.habits.babbles:
            least = asked.asked
        while len(said) < least:
            said.append(self._filler(asked, said))
        return said

    def _weight(self, arm: Arm) -> dict[str, float]:
        warmth, _ = WARMTH.get(arm, (1.0, 1.0)) if self.habits.warms else (1.0, 1.0)
        if warmth not in self._weights:
            self._weights[warmth] = self._weigh(warmth)
        return self._weights[warmth]

    def _candidates(self, asked: Plan) -> Sequence[str]:
        if asked.focus is None:
            return self.values
        if asked.forced:
            found = re.compile(asked.focus.pattern(40) or ".*").fullmatch
            return [value for value in self.values if found(value)]
        inside = [value for value in self.values if value in asked.focus]
        others = self.rng.sample(self.values, int(len(self.values) * (1 - self.habits.hears_words)))
        return list(dict.fromkeys(inside + others)) if self.habits.hears_words else self.values

    def _filler(self, asked: Plan, said: list[str]) -> str:
        if not (self.habits.babbles or self.habits.invents):
            return self.rng.choice(said or self.values)
        begin = asked.focus.prefixes[0] if asked.focus else ""
        value = begin + "".join(self.rng.choices("xqzwjv", k=6))
        self.junk.setdefault(value, False)
        return value

    def _soil(self, asked: Plan, said: list[str]) -> list[str]:
        """The answer with the model's bad habits."""
        habits = self.habits
        if named := [*asked.avoid, *asked.before]:
            parroted = named[: round(habits.parrots * len(said))]
            said = [*parroted, *said[len(parroted) :]]
        share = self._slips(asked)
        if share:
            said = [self._slip(asked) if self.rng.random() < share else v for v in said]
        if habits.counts and self.rng.random() < habits.counts:
            begin = self.rng.randrange(len(said) + 1)
            said[begin:] = self._refused_or_not(str(i + 1) for i in range(begin, len(said)))
        if habits.lasts is not None and len(said) > habits.lasts:
            said = self._run_away(asked, said, habits.lasts)
        return said

    def _slips(self, asked: Plan) -> float:
        habits = self.habits
        if asked.focus is not None:
            return habits.pattern_junk if asked.forced else habits.words_junk
        _, factor = WARMTH.get(asked.arm, (1.0, 1.0)) if habits.warms else (1.0, 1.0)
        if asked.arm is Arm.REWORDED:
            factor *= habits.list_slips
        return min(1.0, habits.slips * factor)

    def _slip(self, asked: Plan) -> str:
        if self.rng.random() < self.habits.echoes:
            value = f"Kind of data {self.rng.randrange(ECHOES)}"
        else:
            begin = asked.focus.prefixes[0] if asked.focus else ""
            value = begin + "".join(self.rng.choices("xqzwjv", k=8))
        return next(iter(self._refused_or_not([value])))

    def _run_away(self, asked: Plan, said: list[str], lasts: int) -> list[str]:
        """Held to a number it goes on; free to end it sometimes does."""
        if asked.loose and self.rng.random() < 0.5:
            return said[: max(asked.least, lasts)]
        good = said[:lasts]
        for _ in said[lasts:]:
            again = bool(good) and self.rng.random() < 0.5
            good.append(self.rng.choice(good) if again else self._slip(asked))
        return good

    def _refused_or_not(self, values: Iterable[str]) -> list[str]:
        said = list(values)
        for value in said:
            if value not in self.junk:
                self.junk[value] = self.rng.random() < self.habits.recognised
        return said
