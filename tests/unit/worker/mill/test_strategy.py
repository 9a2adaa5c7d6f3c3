from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.simulation.course import run
from tests.bench.simulation.models import Habits, vocabulary
from worker.mill import strategy
from worker.mill.arms import Arm
from worker.mill.book import Book
from worker.mill.lore import Lore
from worker.mill.regions import Region
from worker.mill.strategy import AT_ONCE, BEFORE, PROBED_MOST, USUAL, USUAL_OF_SMALL, Plan, View
from worker.mill.survey import survey


def believing(*arms: Arm) -> Book:
    """What is known where these ways of asking have always worked, and plain prompts never."""
    book = Book()
    book.learn(Arm.PLAIN, said=1_000, fit=0, tokens=4_000)
    for arm in arms:
        book.learn(arm, said=1_000, fit=1_000, tokens=4_000)
    return book


FAVOURED = View(
    book=believing(Arm.PATTERN),
    wanted=50,
    quota=2_000,
    slots=4,
    distinct=60,
    said=100,
    said_again=20,
)
NAMES = vocabulary(Habits(size=200), random.Random(1))


def lore(names: list[str] = NAMES, **settings: Any) -> Lore:
    known = Lore(quota=2_000, **settings)
    known.learn_known(names)
    return known


def plan(view: View, known: Lore | None) -> Plan:
    stock = known and survey(known, quota=view.quota, distinct=view.distinct)
    return strategy.plan(view, stock)


def test_prompts_that_know_nothing_are_short_where_several_run() -> None:
    nothing = View(wanted=50, quota=500, slots=4, distinct=0, said=0, said_again=0)
    first = plan(nothing, Lore(quota=500))
    assert first.asked <= 8
    assert first.focus is None
    second = plan(replace(nothing, under_way=[(None, first.asked)]), Lore(quota=500))
    assert second.asked <= 8


def test_a_cell_that_fits_into_one_prompt_is_asked_for_at_once() -> None:
    small = View(wanted=20, quota=20, slots=4, distinct=0, said=0, said_again=0)
    asked = plan(small, None)
    assert (asked.asked, asked.focus) == (20, None)


def test_a_small_cell_is_asked_for_by_all_slots_at_once() -> None:
    small = View(wanted=17, quota=65, slots=4, distinct=0, said=0, said_again=0)
    under_way: list[tuple[Region | None, int]] = []
    for _ in range(4):
        made = plan(replace(small, under_way=under_way), None)
        # Not cut as soon as it repeats: to begin anew would take longer.
        assert (made.asked, made.focus, made.blind) == (17, None, False)
        under_way.append((None, made.asked))


def test_without_repeats_nothing_is_steered() -> None:
    endless = View(wanted=50, quota=10**6, slots=16, distinct=400_000, said=400_000, said_again=0)
    # What nearly always is fit may be asked for in any number.
    endless.book.learn(Arm.PLAIN, said=200, fit=200, tokens=800)
    for known in (None, lore()):
        asked = plan(endless, known)
        assert (asked.asked, asked.focus) == (50, None)


@pytest.mark.parametrize(("size", "most"), [(135e6, USUAL_OF_SMALL), (8e9, USUAL), (None, USUAL)])
def test_a_small_model_is_asked_for_little(size: float | None, most: int) -> None:
    unproven = View(wanted=50, quota=1_000, slots=4, distinct=100, said=100, said_again=0)
    unproven.book.size = size
    assert plan(unproven, None).asked == most
    unproven.book.learn(Arm.PLAIN, said=200, fit=200, tokens=800)
    # What a small one says may be wrong though it looks right.
    assert (plan(unproven, None).asked == most) is (size == 135e6)


def test_repeats_bring_regions_and_exclusions() -> None:
    made = plan(FAVOURED, lore())
    assert made.focus is not None
    assert made.forced
    assert made.loose
    assert set(made.avoid) <= set(NAMES)
    assert all(value in made.focus for value in made.avoid)


def test_prompts_at_once_have_regions_apart() -> None:
    known = lore()
    under_way: list[tuple[Region | None, int]] = []
    for _ in range(6):
        made = plan(replace(FAVOURED, slots=16, under_way=under_way), known)
        if made.focus is not None:
            regions = [made.focus, *(taken for taken, _ in under_way if taken)]
            assert all(sum(name in region for region in regions) <= 1 for name in NAMES)
        under_way.append((made.focus, made.asked))
    assert sum(focus is not None for focus, _ in under_way) >= 4


@pytest.mark.parametrize("hindrance", [{"patterns": False}, {"multiline": True}])
def test_what_cannot_be_forced_is_said_in_words(hindrance: dict[str, bool]) -> None:
    book = believing(Arm.PATTERN, Arm.WORDS)
    made = plan(replace(FAVOURED, book=book, **hindrance), lore())
    assert made.focus is not None
    assert not made.forced


def test_known_values_may_stand_as_an_earlier_answer() -> None:
    made = plan(replace(FAVOURED, book=believing(Arm.MORE)), lore())
    assert (made.focus, made.arm) == (None, Arm.MORE)
    assert made.before
    assert set(made.before) <= set(NAMES)


def test_what_was_said_more_than_once_is_shown_before_the_rest() -> None:
    known = lore()
    often = NAMES[100:110]
    known.learn_answer(focus=None, asked=10, said=often, fresh=0)
    assert set(plan(replace(FAVOURED, book=believing(Arm.MORE)), known).before) <= set(often)
    few = lore()
    few.learn_answer(focus=None, asked=2, said=NAMES[:2], fresh=0)
    assert len(plan(replace(FAVOURED, book=believing(Arm.MORE)), few).before) == BEFORE


def test_known_values_may_be_named_alone() -> None:
    made = plan(replace(FAVOURED, book=believing(Arm.NAMED)), lore())
    assert (made.focus, made.arm, made.before) == (None, Arm.NAMED, ())
    assert set(made.avoid) <= set(NAMES)


def test_a_model_that_has_proved_itself_is_held_to_the_number() -> None:
    plain = View(wanted=20, quota=20, slots=4, distinct=0, said=0, said_again=0)
    assert plan(plain, None).loose
    assert not plan(replace(plain, book=believing_plain()), None).loose


def believing_plain() -> Book:
    book = Book()
    book.learn(Arm.PLAIN, said=100, fit=100, tokens=400)
    return book


def test_exclusions_keep_to_their_budget() -> None:
    assert plan(replace(FAVOURED, budget_tokens=0), lore()).avoid == ()
    assert len(plan(replace(FAVOURED, budget_tokens=12), lore()).avoid) <= 3


def test_exclusions_that_are_ignored_end() -> None:
    known = lore()
    named: list[bool] = []
    for _ in range(40):
        made = plan(FAVOURED, known)
        assert made.focus is not None
        inside = [name for name in NAMES if name in made.focus]
        known.learn_answer(
            focus=made.focus, asked=made.asked, said=inside, fresh=0, excluded=made.avoid
        )
        named.append(bool(made.avoid))
    assert named[0]
    assert not any(named[-10:])


def test_exclusions_that_seemed_to_be_ignored_are_tried_again() -> None:
    known = lore()
    ignored = list(plan(FAVOURED, known).avoid)
    assert ignored
    while plan(FAVOURED, known).avoid:
        known.learn_answer(focus=None, asked=50, said=NAMES, fresh=0, excluded=ignored)
    answers = 0
    while not plan(FAVOURED, known).avoid:
        answers += 1
        assert answers < 200
        known.learn_answer(focus=None, asked=50, said=NAMES[:50], fresh=0)
    assert answers > 3


def test_exclusions_that_are_heard_stay() -> None:
    known = lore()
    for number in range(20):
        made = plan(FAVOURED, known)
        assert made.focus is not None
        begin = next((name for name in NAMES if name in made.focus), made.focus.prefixes[0])
        rest = [name for name in NAMES if name in made.focus and name not in made.avoid]
        known.learn_answer(
            focus=made.focus,
            asked=made.asked,
            said=[*rest, f"{begin}{number}"],
            fresh=1,
            excluded=made.avoid,
        )
    assert known.obedience > 0.5


def test_a_forced_region_is_not_asked_for_more_than_it_may_hold() -> None:
    known = lore(["Anna", "Anja", "Bert"])
    for _ in range(12):
        made = plan(FAVOURED, known)
        said = [] if made.focus is None else ["Anna", "Anja", "Bert"]
        said = [name for name in said if made.focus and name in made.focus]
        known.learn_answer(focus=made.focus, asked=made.asked, said=said, fresh=0)
    assert plan(FAVOURED, known).asked <= 5


def test_values_are_owed_only_where_plenty_is_believed_and_nothing_was_tried() -> None:
    known = lore()
    first = plan(FAVOURED, known)
    assert 1 < first.least < first.asked
    for _ in range(40):
        made = plan(FAVOURED, known)
        known.learn_answer(focus=made.focus, asked=made.asked, said=[], fresh=0)
    assert plan(FAVOURED, known).least == 1


def test_where_no_value_is_known_and_little_is_believed_there_may_be_none() -> None:
    known = lore()
    for _ in range(40):
        made = plan(FAVOURED, known)
        known.learn_answer(focus=made.focus, asked=made.asked, said=[], fresh=0)
    unseen = [leaf.region for leaf in known.partition().leaves if not leaf.values]
    taken = [(leaf.region, 1) for leaf in known.partition().leaves if leaf.values]
    made = plan(replace(FAVOURED, under_way=taken), known)
    assert made.focus is not None
    assert set(made.focus.prefixes) <= {each for region in unseen for each in region.prefixes}
    assert made.least == 0


@given(
    wanted=st.integers(1, 300),
    quota=st.integers(1, 10**6),
    slots=st.integers(1, 64),
    said=st.integers(0, 10**6),
    distinct=st.integers(0, 10**6),
    names=st.lists(st.text(max_size=6), max_size=50, unique=True),
    blind=st.integers(0, 100),
)
def test_never_more_is_asked_than_is_wanted(
    wanted: int, quota: int, slots: int, said: int, distinct: int, names: list[str], blind: int
) -> None:
    distinct = min(distinct, said)
    view = View(
        wanted=wanted,
        quota=quota,
        slots=slots,
        distinct=distinct,
        said=said,
        said_again=min(distinct, said - distinct),
        under_way=[(None, blind)] if blind else [],
    )
    for known in (None, lore([name for name in names if name])):
        made = plan(view, known)
        assert 0 <= made.least <= made.asked <= wanted
        assert made.asked >= 1
        if made.focus is not None and made.forced:
            assert re.compile(made.focus.pattern(50) or "")
        if said == 0 and quota > AT_ONCE and (blind or quota > wanted):
            assert made.asked <= PROBED_MOST


# The targets, with a margin. The simulated models are those of tests.bench.simulation.


@pytest.mark.parametrize("slots", [1, 4])
@pytest.mark.parametrize("obedience", [0.0, 0.9])
def test_500_of_5000_with_favourites(slots: int, obedience: float) -> None:
    course = run(Habits(obedience=obedience), quota=500, slots=slots, seed=5)
    assert course.completed
    assert course.unique >= 0.88


def test_2500_of_5000_with_favourites() -> None:
    courses = [run(Habits(obedience=0.5), quota=2_500, slots=4, seed=seed) for seed in (1, 2, 3)]
    assert all(course.completed for course in courses)
    assert sum(course.unique for course in courses) / len(courses) >= 0.72


@pytest.mark.parametrize("alphabet", ["cyrillic", "kanji", "phone"])
def test_any_script_will_do(alphabet: str) -> None:
    course = run(Habits(alphabet=alphabet), quota=500, slots=4, seed=5)
    assert course.completed
    assert course.unique >= 0.8


def test_a_model_that_ends_answers_early_by_habit_is_not_taken_to_be_dry() -> None:
    course = run(Habits(stops=0.3), quota=500, slots=4, seed=5)
    assert course.completed
    assert course.unique >= 0.8


def test_all_of_a_small_vocabulary_is_found_and_estimated() -> None:
    course = run(Habits(size=600), quota=800, slots=4, tolerance=5.0, seed=5)
    assert not course.completed
    assert course.found >= 0.95 * 600
    assert course.estimates[course.found] == pytest.approx(600, rel=0.1)


def test_an_endless_vocabulary_is_never_steered() -> None:
    course = run(Habits(endless=True), quota=2_000, slots=16, seed=5)
    assert (course.unique, course.steered) == (1.0, 0)
