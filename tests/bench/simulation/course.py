"""One operation on a simulated model, from the first prompt to the end, and a plain loop for it.

Prompts run at once and end as their tokens do. The real ``plan``, ``Lore`` and estimates decide
what is asked.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import Counter, deque
from dataclasses import dataclass, field, replace

from shared.generation import estimates
from shared.generation.estimates import NO_TREND, Tally
from tests.bench.simulation.models import Habits, Model
from worker.mill.arms import Arm
from worker.mill.book import Book
from worker.mill.cell import Cell
from worker.mill.lore import Lore
from worker.mill.strategy import Plan, View, plan
from worker.mill.survey import survey

#: Tokens of a value that is said, and of one that is named in the prompt: reading is ten times as
#: fast as writing.
SAID_TOKENS, NAMED_TOKENS = 4.0, 0.4

#: Tokens a second, and seconds that a prompt takes besides.
SPEED, PROMPT_SECONDS = 100.0, 0.1

#: An answer without a focus is ended when so few of its last values were new and fit.
STALL_WINDOW, STALL_FRESH = 6, 1
#: But not before it has said so many: favourites come first.
STALL_LEAST = 12

#: Values that the plain loop asks for in a prompt.
LOOP_ASKS = 20


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
    #: Values of the list that a person would keep.
    plausible: int = 0
    tokens: float = 0.0
    seconds: float = 0.0
    steered: int = 0
    completed: bool = False
    #: Values found to what could be reached, as it was estimated then.
    estimates: dict[int, int | None] = field(default_factory=dict)
    #: Values said to each arm.
    arms: Counter[Arm] = field(default_factory=Counter)

    @property
    def unique(self) -> float:
        """New values for each value asked."""
        return self.found / max(1, self.asked)

    def end(self, model: Model, times: Counter[str], quota: int) -> None:
        """Take stock."""
        self.completed = len(times) >= quota
        self.found = min(quota, len(times))
        self.junk = len(times.keys() & model.junk.keys())
        self.plausible = sum(value not in model.junk for value in list(times)[:quota])


def run(
    habits: Habits,
    *,
    quota: int,
    slots: int,
    batch: int = 50,
    tolerance: float = 3.0,
    rungs: Rungs = Rungs(),
    stalls: bool = False,
    seed: int = 1,
) -> Course:
    """Run one operation of one cell to its end.

    :param stalls: whether answers are cut that have stopped to bring anything.
    """
    model = Model(habits, seed=seed)
    rng = random.Random(seed + 1)
    lore = Lore(quota=quota)
    course = Course()
    times: Counter[str] = Counter()
    trend: estimates.Trend = NO_TREND
    under_way: list[tuple[float, int, Plan]] = []
    began: dict[int, float] = {}
    now = 0.0
    said_total = said_again = said_twice = 0
    patterns = True
    book = Book(size=habits.weights)
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
            named = len(each.avoid) + len(each.before)
            tokens = (each.asked + each.spare) * SAID_TOKENS + named * NAMED_TOKENS
            began[course.prompts] = now
            ends = now + PROMPT_SECONDS + tokens / SPEED * rng.uniform(0.9, 1.1)
            heapq.heappush(under_way, (ends, course.prompts, each))
        now, _, each = heapq.heappop(under_way)
        if each.forced and habits.refuses_patterns:
            patterns = False
            said = []
        else:
            said = model.answer(each)
        whole = len(said)
        if stalls and each.focus is None:
            said = _cut(said, model, times)
        course.tokens += len(said) * SAID_TOKENS
        course.tokens += (len(each.avoid) + len(each.before)) * NAMED_TOKENS
        course.arms[each.arm] += len(said)
        was_cut = len(said) < whole
        # A prompt that may end anywhere is not blamed for that.
        free = was_cut or (each.loose and each.focus is None)
        course.asked += len(said) if free else each.asked + each.spare
        fit = [value for value in said if model.is_fit(value)]
        before = len(times)
        for value in fit:
            times[value] += 1
            said_total += 1
            said_again += times[value] == 2
            said_twice += (times[value] == 2) - (times[value] == 3)
        fresh = len(times) - before
        tokens_said = round(SAID_TOKENS * len(said))
        book.learn(each.arm, said=len(said), fit=len(set(fit)), tokens=tokens_said)
        cell.learn(each.arm, said=len(said), fit=len(set(fit)), fresh=fresh)
        trend = estimates.update(trend, found=before, asked=each.asked, fresh=fresh)
        lore.learn_answer(
            focus=each.focus,
            asked=len(fit) if was_cut else each.asked + each.spare,
            said=fit,
            fresh=fresh,
            excluded=each.avoid,
        )
        for step in range(before // 500 + 1, len(times) // 500 + 1):
            tally = Tally(
                found=len(times), said=said_total, said_again=said_again, said_twice=said_twice
            )
            course.estimates[step * 500] = estimates.reachable(tally, trend)
        if len(times) >= quota or course.asked - len(times) > quota * tolerance:
            break
    tally = Tally(found=len(times), said=said_total, said_again=said_again, said_twice=said_twice)
    course.estimates[len(times)] = estimates.reachable(tally, trend)
    course.end(model, times, quota)
    course.seconds = now
    for ends, number, each in under_way:
        part = (now - began[number]) / (ends - began[number])
        course.tokens += part * (each.asked + each.spare) * SAID_TOKENS
    return course


def loop(habits: Habits, *, quota: int, tolerance: float = 3.0, seed: int = 1) -> Course:
    """What twenty lines would do: ask for 20 in plain words until there are enough."""
    model = Model(habits, seed=seed)
    course = Course()
    times: Counter[str] = Counter()
    while len(times) < quota and course.asked - len(times) <= quota * tolerance:
        said = model.answer(Plan(asked=LOOP_ASKS))
        times.update(value for value in said if model.is_fit(value))
        course.prompts += 1
        course.asked += LOOP_ASKS
        course.tokens += len(said) * SAID_TOKENS
    course.end(model, times, quota)
    return course


def _cut(said: list[str], model: Model, times: Counter[str]) -> list[str]:
    """The answer up to where it has stopped to bring anything."""
    seen: set[str] = set()
    last: deque[bool] = deque(maxlen=STALL_WINDOW)
    for at, value in enumerate(said, start=1):
        last.append(model.is_fit(value) and value not in times and value not in seen)
        seen.add(value)
        if at >= STALL_LEAST and sum(last) <= STALL_FRESH:
            return said[:at]
    return said


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
