"""``python -m tests.bench.simulation``: what each rung of the ladder gives, on simulated models.

The models know nothing of ours, nor we of them: they draw distinct values with favourites, obey
exclusions more or less, and say what a pattern lets them. Prompts run at once and end as their
tokens do. The real ``plan``, ``Lore`` and estimates decide what is asked.
"""

from __future__ import annotations

import heapq
import math
import multiprocessing
import random
import re
from collections import Counter
from dataclasses import dataclass, field, replace

from shared.generation import estimates
from shared.generation.estimates import NO_TREND, Tally
from worker.mill.arms import Book, Cell
from worker.mill.lore import Lore
from worker.mill.strategy import Plan, View, plan, survey

LATIN = ("BCDFGHJKLMNPRSTVWZ", "aeiou", "bcdfghklmnprstvz")
CYRILLIC = ("БВГДЖЗКЛМНПРСТФХ", "аеиоуя", "бвгдзклмнпрст")
GREEK = ("ΒΓΔΖΘΚΛΜΝΠΡΣΤΦΧ", "αειουη", "βγδζθκλμνπρστφχ")
KANA = ("カキクケコサシスセソタチツテトナニヌネノ", "アイウエオ", "ラリルレロマミムメモ")


@dataclass(frozen=True, kw_only=True)
class Habits:
    """How a simulated model behaves."""

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


def vocabulary(habits: Habits, rng: random.Random) -> list[str]:
    """Distinct values, the greatest favourite first."""
    values: dict[str, None] = {}
    while len(values) < habits.size:
        values[invent(habits.alphabet, rng)] = None
    return list(values)


def invent(alphabet: str, rng: random.Random) -> str:
    """A value that looks like many others of the alphabet; some beginnings are rarer."""
    if alphabet == "kanji":
        return "".join(chr(0x4E00 + int(rng.paretovariate(0.7)) % 3_000) for _ in range(2)) + (
            chr(0x4E00 + rng.randrange(200)) if rng.random() < 0.4 else ""
        )
    if alphabet == "person":
        # Few first names, the common ones common, with many last names: deep common beginnings.
        first, last = (
            invent("latin", random.Random(int(rng.paretovariate(0.5)) % most))
            for most in (300, 1_000)
        )
        return f"{first} {last}"
    if alphabet == "digits":
        return f"{min(rng.randrange(1, 99), rng.randrange(1, 99))}-{rng.randrange(1000):03}"
    if alphabet == "email":
        first = invent("latin", rng).lower()
        return f"{first}.{invent('latin', rng).lower()}@{rng.choice(['example.org', 'mail.test'])}"
    if alphabet == "phone":
        return f"+49 {rng.choice([30, 40, 69, 89, 151, 170])} {rng.randrange(10**5, 10**7)}"
    heads, vowels, consonants = {"cyrillic": CYRILLIC, "greek": GREEK, "kana": KANA}.get(
        alphabet, LATIN
    )
    head = heads[min(rng.randrange(len(heads)), rng.randrange(len(heads)))]
    text = head + rng.choice(vowels)
    for _ in range(rng.choice((1, 1, 2, 2, 3))):
        text += rng.choice(consonants) + rng.choice(vowels)
    return text + rng.choice(consonants) * (rng.random() < 0.4)


class Model:
    """A simulated model server."""

    def __init__(self, habits: Habits, *, seed: int) -> None:
        self.habits = habits
        self.rng = random.Random(seed)
        self.values = [] if habits.endless else vocabulary(habits, self.rng)
        self._weight = {
            value: 1 / rank**habits.zipf for rank, value in enumerate(self.values, start=1)
        }
        self.junk: set[str] = set()
        self._count = 0

    def answer(self, asked: Plan) -> list[str]:
        """What it says; distinct as long as it has something to say."""
        if self.habits.endless:
            self._count += asked.asked
            return [f"{self.rng.getrandbits(60):x}" for _ in range(asked.asked)]
        candidates = self._candidates(asked)
        ignored = self.habits.obedience
        gone = {value for value in asked.avoid if self.rng.random() < ignored}
        keyed = (
            (self.rng.expovariate(self._weight[value]), value)
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

    def _candidates(self, asked: Plan) -> list[str]:
        if asked.focus is None:
            return self.values
        if asked.forced:
            found = re.compile(asked.focus.pattern(40) or ".*").fullmatch
            return [value for value in self.values if found(value)]
        if self.rng.random() < 1e-9:
            return self.values
        inside = [value for value in self.values if value in asked.focus]
        others = self.rng.sample(self.values, int(len(self.values) * (1 - self.habits.hears_words)))
        return list(dict.fromkeys(inside + others)) if self.habits.hears_words else self.values

    def _filler(self, asked: Plan, said: list[str]) -> str:
        if not (self.habits.babbles or self.habits.invents):
            return self.rng.choice(said or self.values)
        begin = asked.focus.prefixes[0] if asked.focus else ""
        value = begin + "".join(self.rng.choices("xqzwjv", k=6))
        self.junk.add(value)
        return value


@dataclass(frozen=True, kw_only=True)
class Rungs:
    """Which parts of the ladder are used."""

    probes: bool = True
    exclusions: bool = True
    regions: bool = True


@dataclass
class Course:
    """How an operation went."""

    asked: int = 0
    prompts: int = 0
    found: int = 0
    junk: int = 0
    seconds: float = 0.0
    steered: int = 0
    completed: bool = False
    #: Values found to what could be reached, as it was estimated then.
    estimates: dict[int, int | None] = field(default_factory=dict)

    @property
    def unique(self) -> float:
        """New values for each value asked."""
        return self.found / max(1, self.asked)


def run(
    habits: Habits,
    *,
    quota: int,
    slots: int,
    batch: int = 50,
    tolerance: float = 3.0,
    rungs: Rungs = Rungs(),
    seed: int = 1,
) -> Course:
    """Run one operation of one cell to its end."""
    model = Model(habits, seed=seed)
    rng = random.Random(seed + 1)
    lore = Lore(quota=quota)
    course = Course()
    times: Counter[str] = Counter()
    trend: estimates.Trend = NO_TREND
    under_way: list[tuple[float, int, Plan]] = []
    now = 0.0
    said_total = said_again = said_twice = 0
    patterns = True
    book = Book()
    cell = Cell()
    while True:
        while len(under_way) < slots:
            open_count = quota - len(times) - sum(each.asked for _, _, each in under_way)
            if open_count <= 0:
                break
            view = View(
                wanted=min(open_count, batch, max(5, math.ceil(open_count / slots))),
                quota=quota,
                slots=slots,
                distinct=len(times),
                said=said_total,
                said_again=said_again,
                under_way=[(each.focus, each.asked) for _, _, each in under_way],
                patterns=patterns,
                book=book,
                cell=cell,
                rng=rng,
            )
            steered = lore.steered or view.is_repeating
            known = survey(lore, quota=quota, distinct=len(times)) if steered else None
            each = _limited(plan(view, known), view, lore, rungs)
            course.prompts += 1
            course.steered += each.focus is not None
            ends = (
                now + 0.1 + (each.asked * 4 + len(each.avoid) * 0.4) / 100 * rng.uniform(0.9, 1.1)
            )
            heapq.heappush(under_way, (ends, course.prompts, each))
        now, _, each = heapq.heappop(under_way)
        if each.forced and habits.refuses_patterns:
            patterns = False
            said = []
        else:
            said = model.answer(each)
        # A prompt that may end anywhere is not blamed for that.
        course.asked += len(said) if each.loose and each.focus is None else each.asked
        before = len(times)
        for value in said:
            times[value] += 1
            said_total += 1
            said_again += times[value] == 2
            said_twice += (times[value] == 2) - (times[value] == 3)
        fresh = len(times) - before
        book.learn(each.arm, said=len(said), fit=len(set(said)), tokens=4 * len(said))
        cell.learn(each.arm, fit=len(set(said)), fresh=fresh)
        trend = estimates.update(trend, found=before, asked=each.asked, fresh=fresh)
        lore.learn_answer(
            focus=each.focus, asked=each.asked, said=said, fresh=fresh, excluded=each.avoid
        )
        for step in range(before // 500 + 1, len(times) // 500 + 1):
            tally = Tally(
                found=len(times), said=said_total, said_again=said_again, said_twice=said_twice
            )
            course.estimates[step * 500] = estimates.reachable(tally, trend)
        if len(times) >= quota:
            course.completed = True
            break
        if course.asked - len(times) > quota * tolerance:
            break
    tally = Tally(found=len(times), said=said_total, said_again=said_again, said_twice=said_twice)
    course.estimates[len(times)] = estimates.reachable(tally, trend)
    course.found = min(quota, len(times))
    course.junk = len(times.keys() & model.junk)
    course.seconds = now
    return course


def _limited(each: Plan, view: View, lore: Lore, rungs: Rungs) -> Plan:
    """The plan, without the rungs that are not used."""
    if rungs.regions:
        return each
    if not rungs.probes:
        each = replace(each, asked=view.wanted)
    avoid: tuple[str, ...] = ()
    if rungs.exclusions and each.focus is not None:
        avoid = tuple(lore.most_repeated()[:200])
    if each.focus is not None:
        each = replace(each, asked=view.wanted)
    return replace(each, focus=None, forced=False, loose=False, avoid=avoid)


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


def main() -> None:
    """Print the table, in Markdown."""
    print(
        "| model | wanted | slots | new per asked | worst | found | wasted | prompts | junk "
        "| reachable |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    with multiprocessing.Pool() as pool:
        for row in pool.imap(_row, cases(), chunksize=1):
            print(row, flush=True)


if __name__ == "__main__":
    main()
