"""Models with bad habits: what a plausible value costs, beside a plain loop on the same model."""

from __future__ import annotations

import multiprocessing
import random
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tests.bench.simulation.course import loop, run
from tests.bench.simulation.models import Habits

#: Values wanted.
WANTED = (30, 200, 1_000)

#: A list has no more than this part of what the model knows.
LARGEST_PART = 0.7

#: Models by chance that the worst is looked for among, and the lists that are asked of them.
SEARCHED = 80
SEARCHED_WANTED = (30, 200)

SMALL, LARGE = 135e6, 8e9

BASE = Habits(size=2_000, warms=True)

#: Bad habits by their names.
NAMED: dict[str, Habits] = {
    "none": BASE,
    "none, knows 300": replace(BASE, size=300),
    "slips": replace(BASE, slips=0.3, recognised=0.7),
    "slips, less in other words": replace(BASE, slips=0.4, list_slips=0.4, recognised=0.7),
    "parrots what is named": replace(BASE, parrots=0.45, obedience=0.2),
    "recites one list": replace(BASE, recites=True, obedience=0.3),
    "invents under a pattern": replace(BASE, pattern_junk=0.9, recognised=0.8),
    "likewise, and nobody sees it": replace(BASE, pattern_junk=0.9, recognised=0.0),
    "hears no words": replace(BASE, refuses_patterns=True, hears_words=0.0),
    "echoes": replace(BASE, slips=0.4, echoes=0.7, words_junk=0.4, pattern_junk=0.4),
    "counts": replace(BASE, counts=0.5),
    "runs away after 5": replace(BASE, lasts=5, recognised=0.6),
    "runs away after 12": replace(BASE, lasts=12, recognised=0.6),
    "all of them, small": Habits(
        size=600,
        warms=True,
        slips=0.3,
        echoes=0.4,
        counts=0.2,
        parrots=0.4,
        obedience=0.1,
        pattern_junk=0.7,
        words_junk=0.5,
        hears_words=0.3,
        lasts=8,
        recognised=0.7,
        weights=SMALL,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Tokens and plausible values of some courses, and of the loop's."""

    tokens: float
    plausible: int
    loop_tokens: float
    loop_plausible: int

    @property
    def yielded(self) -> float:
        """Plausible new values for 100 tokens."""
        return 100 * self.plausible / max(1.0, self.tokens)

    @property
    def loop_yielded(self) -> float:
        """Likewise of the loop."""
        return 100 * self.loop_plausible / max(1.0, self.loop_tokens)

    @property
    def ratio(self) -> float:
        """What a plausible value costs, in parts of what it costs the loop."""
        return self.loop_yielded / max(1e-9, self.yielded)


def habits_by_chance(rng: random.Random) -> Habits:
    """Each bad habit is there with even odds."""

    def perhaps(low: float, high: float) -> float:
        return rng.uniform(low, high) if rng.random() < 0.5 else 0.0

    return Habits(
        size=rng.choice((60, 300, 2_000)),
        zipf=rng.uniform(0.5, 1.3),
        obedience=rng.uniform(0.0, 0.9),
        hears_words=rng.uniform(0.0, 1.0),
        refuses_patterns=rng.random() < 0.15,
        invents=rng.random() < 0.3,
        stops=perhaps(0.0, 0.4),
        warms=rng.random() < 0.7,
        recites=rng.random() < 0.2,
        slips=perhaps(0.05, 0.6),
        pattern_junk=perhaps(0.1, 1.0),
        words_junk=perhaps(0.1, 0.8),
        list_slips=rng.uniform(0.5, 1.5),
        echoes=perhaps(0.2, 0.9),
        counts=perhaps(0.1, 0.6),
        parrots=perhaps(0.33, 0.5),
        lasts=rng.choice((5, 8, 12, 20)) if rng.random() < 0.4 else None,
        recognised=rng.uniform(0.5, 1.0),
        weights=rng.choice((None, SMALL, LARGE)),
    )


def wanted_of(habits: Habits) -> Sequence[int]:
    """The lists that a model can fill."""
    return [wanted for wanted in WANTED if wanted <= LARGEST_PART * habits.size]


def cost(habits: Habits, *, wanted: int, seeds: Sequence[int], slots: int = 1) -> Cost:
    """Run the mill and the loop on the same models."""
    mill = [run(habits, quota=wanted, slots=slots, stalls=True, seed=seed) for seed in seeds]
    plain = [loop(habits, quota=wanted, seed=seed) for seed in seeds]
    return Cost(
        tokens=sum(each.tokens for each in mill),
        plausible=sum(each.plausible for each in mill),
        loop_tokens=sum(each.tokens for each in plain),
        loop_plausible=sum(each.plausible for each in plain),
    )


def named_table() -> Iterator[str]:
    """What a plausible value costs on the models with names, in Markdown."""
    yield "| model | wanted | loop | 1 slot | its cost | 4 slots | its cost |"
    yield "|---|---|---|---|---|---|---|"
    cases = [(name, wanted) for name, habits in NAMED.items() for wanted in wanted_of(habits)]
    with multiprocessing.Pool() as pool:
        yield from pool.imap(_named_row, cases, chunksize=1)


def _named_row(case: tuple[str, int]) -> str:
    name, wanted = case
    seeds = range(1, 9 if wanted < 1_000 else 4)
    one, four = (cost(NAMED[name], wanted=wanted, seeds=seeds, slots=slots) for slots in (1, 4))
    return (
        f"| {name} | {wanted} | {one.loop_yielded:.1f} | {one.yielded:.1f} | {one.ratio:.2f} "
        f"| {four.yielded:.1f} | {four.ratio:.2f} |"
    )


def searched_table() -> Iterator[str]:
    """The worst of many models by chance, measured anew with other seeds, in Markdown."""
    yield "| wanted | models | median cost | dearer by 5% | worst | anew, 24 seeds | noise |"
    yield "|---|---|---|---|---|---|---|"
    models = [habits_by_chance(random.Random(number)) for number in range(SEARCHED)]
    with multiprocessing.Pool() as pool:
        for wanted in SEARCHED_WANTED:
            able = [habits for habits in models if wanted in wanted_of(habits)]
            found = pool.map(_ratio, [(habits, wanted, 1, 5) for habits in able], chunksize=1)
            worst = able[max(range(len(found)), key=found.__getitem__)]
            anew = pool.map(_ratio, [(worst, wanted, seed, 4) for seed in range(101, 125, 4)])
            noise = statistics.stdev(anew) / len(anew) ** 0.5
            yield (
                f"| {wanted} | {len(able)} | {statistics.median(found):.2f} "
                f"| {sum(each > 1.05 for each in found)} | {max(found):.2f} "
                f"| {statistics.mean(anew):.2f} | {noise:.2f} |"
            )


def _ratio(case: tuple[Habits, int, int, int]) -> float:
    habits, wanted, first, seeds = case
    return cost(habits, wanted=wanted, seeds=range(first, first + seeds)).ratio
