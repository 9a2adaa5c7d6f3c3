from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from worker.mill.arms import (
    BLIND,
    MEMORY_VALUES,
    PRIOR_VALUES,
    STEERED,
    Arm,
    Book,
    Cell,
    choose,
)

ALL = (*BLIND, *STEERED)
BILLION = 10**9


def pulls(book: Book, *, plain: float, arms: tuple[Arm, ...] = ALL, count: int = 400) -> list[Arm]:
    rng = random.Random(7)
    return [choose(book, Cell(plain=plain), arms, rng=rng) for _ in range(count)]


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
    book.learn(Arm.LIST, said=100, fit=70, tokens=400)
    found = pulls(book, plain=1.0, arms=(Arm.PLAIN, Arm.LIST))
    assert found.count(Arm.LIST) > 0.95 * len(found)


def test_dear_values_count_for_less() -> None:
    book = Book()
    book.learn(Arm.PLAIN, said=300, fit=300, tokens=3_000)
    book.learn(Arm.LIST, said=300, fit=300, tokens=1_000)
    found = pulls(book, plain=1.0, arms=(Arm.PLAIN, Arm.LIST))
    assert found.count(Arm.LIST) > 0.95 * len(found)


def test_what_a_cell_shows_of_an_arm_is_forgotten_in_time() -> None:
    cell = Cell(plain=0.5)
    cell.learn(Arm.MORE, fit=20, fresh=0)
    assert cell.freshness(Arm.MORE) < 0.4
    for _ in range(10):
        cell.learn(Arm.MORE, fit=20, fresh=20)
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
    seed=st.integers(0, 9),
)
def test_whatever_was_seen_one_of_the_arms_is_chosen(
    said: list[tuple[Arm, int, int]],
    plain: float,
    size: float | None,
    arms: list[Arm],
    seed: int,
) -> None:
    book = Book(size=size)
    for arm, values, fit in said:
        book.learn(arm, said=values, fit=fit, tokens=values * 4)
    cell = Cell(plain=plain)
    chosen = choose(book, cell, arms, rng=random.Random(seed))
    assert chosen in arms
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
