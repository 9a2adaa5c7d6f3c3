"""Models with favourites and no bad habits: new values for each value asked."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from dataclasses import replace

from tests.bench.simulation.course import Rungs, run
from tests.bench.simulation.models import Habits

LADDER = {
    "plain only": Rungs(probes=False, exclusions=False, regions=False),
    "and probes": Rungs(exclusions=False, regions=False),
    "and exclusions": Rungs(regions=False),
    "and regions": Rungs(),
}

#: Of up to 2,500 values so many runs are made with all rungs: the table has the mean of new per
#: asked and the worst of it, and the rest of the first.
SEEDS = 5

#: What is run: name, habits, rungs, values wanted, slots.
Case = tuple[str, Habits, Rungs, int, int]


def cases() -> list[Case]:
    """The table, the longest runs first."""
    half = Habits(obedience=0.5)
    rows: list[Case] = [("all rungs", half, Rungs(), wanted, 4) for wanted in (6_000, 4_500)]
    for obedience in (0.0, 0.5, 0.9):
        name = f"all rungs, obeys {obedience:.0%}"
        habits = Habits(obedience=obedience)
        rows += [(name, habits, Rungs(), wanted, 4) for wanted in (500, 2_500)]
        rows += [(name, habits, Rungs(), 500, slots) for slots in (1, 16)]
    for name, rungs in LADDER.items():
        rows += [(name, half, rungs, wanted, 4) for wanted in (500, 2_500)]
    for alphabet in ("cyrillic", "greek", "kana", "kanji", "digits", "email", "phone"):
        rows.append((alphabet, Habits(alphabet=alphabet), Rungs(), 500, 4))
    rows += [
        ("refuses patterns", replace(half, refuses_patterns=True), Rungs(), 500, 4),
        ("deaf to words too", Habits(refuses_patterns=True, hears_words=0.0), Rungs(), 500, 4),
        *(
            (f"ends {stops:.0%} early", Habits(stops=stops), Rungs(), wanted, 4)
            for stops in (0.2, 0.4)
            for wanted in (500, 2_500)
        ),
        *(
            ("invents when forced", Habits(invents=True), Rungs(), wanted, 4)
            for wanted in (2_500, 6_000)
        ),
        ("babbles, has 600", Habits(size=600, babbles=True), Rungs(), 800, 4),
        ("endless", Habits(endless=True), Rungs(), 2_000, 16),
    ]
    return rows


def _row(case: Case) -> str:
    name, habits, rungs, wanted, slots = case
    seeds = SEEDS if rungs == Rungs() and wanted <= 2_500 else 1
    courses = [
        run(habits, quota=wanted, slots=slots, rungs=rungs, seed=seed)
        for seed in range(1, seeds + 1)
    ]
    course = courses[0]
    last = course.estimates[max(course.estimates)]
    unique = [each.unique for each in courses]
    return (
        f"| {name} | {wanted} | {slots} | {sum(unique) / seeds:.2f} | {min(unique):.2f} | "
        f"{course.found} | "
        f"{course.asked - course.found} | {course.prompts} | {course.junk} | {last or 'no limit'} |"
    )


def table() -> Iterator[str]:
    """The table, in Markdown."""
    yield (
        "| model | wanted | slots | new per asked | worst | found | wasted | prompts | junk "
        "| reachable |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    with multiprocessing.Pool() as pool:
        yield from pool.imap(_row, cases(), chunksize=1)
