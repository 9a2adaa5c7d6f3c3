from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.simulation.dirty import NAMED, cost
from worker.mill.arms import BLIND, STEERED, Arm
from worker.mill.book import MEMORY_VALUES, PRIOR_VALUES, Book
from worker.mill.cell import PATIENCE, Cell
from worker.mill.choosing import MOST_TRIALS, STAKES, choose

ALL = (*BLIND, *STEERED)
BILLION = 10**9

#: Of junk that only a person sees nothing can be learned.
SEEN = {name: habits for name, habits in NAMED.items() if habits.recognised > 0}


def pulls(book: Book, *, plain: float, arms: tuple[Arm, ...] = ALL, count: int = 400) -> list[Arm]:
    """What is chosen where there is much to do, and nothing was lost."""
    rng = random.Random(7)
    return [
        choose(book, Cell(plain=plain), arms, asked=20, left=10_000, rng=rng).arm
        for _ in range(count)
    ]


def test_as_long_as_plain_prompts_bring_new_and_fit_values_they_are_used() -> None:
    book = Book()
    book.learn(Arm.PLAIN, said=200, fit=200, tokens=800)
    found = pulls(book, plain=1.0, arms=(Arm.PLAIN, Arm.HOT))
    assert book.is_good(Arm.PLAIN)
    assert found.count(Arm.PLAIN) > 0.7 * len(found)


def test_repeats_lead_a_large_model_to_patterns() -> None:
    book = Book(size=7 * BILLION)
    book.learn(Arm.PLAIN, said=200, fit=200, tokens=800)
    found = pulls(book, plain=0.5)
    assert found.count(Arm.PATTERN) > 0.8 * len(found)


def test_repeats_do_not_lead_a_small_model_to_patterns() -> None:
    book = Book(size=0.135 * BILLION)
    book.learn(Arm.PLAIN, said=200, fit=180, tokens=800)
    found = pulls(book, plain=0.5)
    assert found.count(Arm.PATTERN) < 0.1 * len(found)


def test_what_a_pattern_has_shown_outweighs_what_was_believed_of_it() -> None:
    book = Book(size=0.135 * BILLION)
    book.learn(Arm.PLAIN, said=200, fit=120, tokens=800)
    book.learn(Arm.PATTERN, said=200, fit=196, tokens=800)
    found = pulls(book, plain=0.3)
    assert found.count(Arm.PATTERN) > 0.8 * len(found)


def test_an_arm_that_fills_answers_with_junk_is_left() -> None:
    book = Book()
    book.learn(Arm.PLAIN, said=100, fit=5, tokens=400)
    book.learn(Arm.REWORDED, said=100, fit=70, tokens=400)
    found = pulls(book, plain=1.0, arms=(Arm.PLAIN, Arm.REWORDED))
    assert found.count(Arm.REWORDED) > 0.95 * len(found)


def test_dear_values_count_for_less() -> None:
    book = Book()
    book.learn(Arm.PLAIN, said=300, fit=300, tokens=3_000)
    book.learn(Arm.REWORDED, said=300, fit=300, tokens=1_000)
    found = pulls(book, plain=1.0, arms=(Arm.PLAIN, Arm.REWORDED))
    assert found.count(Arm.REWORDED) > 0.95 * len(found)


def test_what_a_cell_shows_of_an_arm_is_forgotten_in_time() -> None:
    cell = Cell(plain=0.5)
    cell.learn(Arm.MORE, said=20, fit=20, fresh=0)
    assert cell.freshness(Arm.MORE) < 0.4
    for _ in range(10):
        cell.learn(Arm.MORE, said=20, fit=20, fresh=20)
    assert cell.freshness(Arm.MORE) > 0.85


def test_a_record_is_not_kept_for_ever() -> None:
    book = Book()
    book.learn(Arm.PLAIN, said=100_000, fit=100_000, tokens=400_000)
    for _ in range(40):
        book.learn(Arm.PLAIN, said=100, fit=0, tokens=400)
    mean, weight = book.fitness(Arm.PLAIN)
    assert mean < 0.2
    assert weight <= MEMORY_VALUES + PRIOR_VALUES + 1


@given(
    said=st.lists(
        st.tuples(st.sampled_from(ALL), st.integers(0, 500), st.integers(0, 600)), max_size=30
    ),
    plain=st.floats(0.0, 1.0),
    size=st.none() | st.floats(0, 1e12),
    arms=st.lists(st.sampled_from(ALL), min_size=1, unique=True),
    asked=st.integers(1, 300),
    left=st.integers(0, 10**6),
    seed=st.integers(0, 9),
)
def test_whatever_was_seen_one_of_the_arms_is_chosen(
    said: list[tuple[Arm, int, int]],
    plain: float,
    size: float | None,
    arms: list[Arm],
    asked: int,
    left: int,
    seed: int,
) -> None:
    book = Book(size=size)
    for arm, values, fit in said:
        book.learn(arm, said=values, fit=fit, tokens=values * 4)
    cell = Cell(plain=plain)
    pull = choose(book, cell, arms, asked=asked, left=left, rng=random.Random(seed))
    assert pull.arm in arms
    assert 1 <= pull.most <= asked
    for arm in ALL:
        mean, _ = book.fitness(arm)
        assert 0.0 <= mean <= 1.0
        assert 0.0 <= cell.freshness(arm) <= 1.0
        assert book.tokens(arm) > 0


def test_a_value_is_believed_to_be_little_longer_than_those_that_were_seen() -> None:
    book = Book()
    assert book.believed_length(100) == 100
    book.learn_length(["x" * 80], said=1)
    assert 160 < book.believed_length(100) < 400


def test_where_nothing_was_fit_values_may_be_longer_next_time() -> None:
    book = Book()
    for _ in range(3):
        book.learn_length([], said=5)
    assert book.believed_length(100) == 800
    for _ in range(100):
        book.learn_length([], said=5)
    assert book.believed_length(100) < 10_000


@given(
    answers=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.booleans()), max_size=120),
    plain=st.floats(0.0, 1.0),
    quota=st.integers(1, 5_000),
    asked=st.integers(1, 60),
    seed=st.integers(0, 9),
)
def test_no_trial_puts_more_at_risk_than_its_part_of_the_cell(
    answers: list[tuple[float, float, bool]], plain: float, quota: int, asked: int, seed: int
) -> None:
    book, cell, rng = Book(), Cell(plain=plain), random.Random(seed)
    for fit, fresh, heard in answers:
        trials = list(cell.trials)
        pull = choose(book, cell, ALL, asked=asked, left=quota, rng=rng)
        if len(cell.trials) > len(trials):
            rate = cell.trials[-1].rate
            assert cell.at_stake <= STAKES * (cell.said + quota / rate) + 1e-6
        if heard:
            good = int(pull.most * fit)
            book.learn(pull.arm, said=pull.most, fit=good, tokens=4 * pull.most)
            cell.learn(pull.arm, said=pull.most, fit=good, fresh=int(good * fresh))
        assert len(cell.trials) <= MOST_TRIALS
        assert cell.lost >= 0.0


def test_where_all_other_ways_bring_nothing_little_is_lost_by_them() -> None:
    """The least that is thought to be at stake, of an arm's values, bounds the true loss."""
    for seed in range(20):
        book, cell, rng = Book(), Cell(plain=0.5), random.Random(seed)
        found = lost = 0
        while found < 500:
            pull = choose(book, cell, ALL, asked=20, left=500 - found, rng=rng)
            good = pull.most if pull.arm is Arm.PLAIN else 0
            fresh = good // 2
            book.learn(pull.arm, said=pull.most, fit=good, tokens=4 * pull.most)
            cell.learn(pull.arm, said=pull.most, fit=good, fresh=fresh)
            found += fresh
            lost += pull.most - good
        assert lost <= 0.08 * cell.said


def test_a_trial_that_is_never_heard_of_counts_as_lost() -> None:
    cell = Cell(plain=0.6)
    rng = random.Random(1)
    while not cell.trials:
        choose(Book(), cell, (Arm.PLAIN, Arm.PATTERN), asked=20, left=1_000, rng=rng)
    stake = cell.at_stake
    for _ in range(PATIENCE):
        cell.learn(Arm.PLAIN, said=10, fit=10, fresh=10)
    assert not cell.trials
    assert cell.lost == stake


# The worst cases, with a margin. The simulated models are those of tests.bench.simulation.


@pytest.mark.parametrize("wanted", [30, 200])
def test_bad_habits_never_make_a_list_much_dearer_than_a_plain_loop(wanted: int) -> None:
    ratios = [cost(habits, wanted=wanted, seeds=range(1, 4)).ratio for habits in SEEN.values()]
    assert max(ratios) <= 1.15
    assert sum(ratios) / len(ratios) <= 0.95
