from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.generation.estimates import (
    NO_TREND,
    Tally,
    Trend,
    chance_of_new,
    chao1,
    depletion,
    reachable,
    update,
)

PROMPTS = st.lists(
    st.integers(1, 200).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), max_size=60
)


def removal(*, total: int, prompts: int, asked: int = 50) -> tuple[Trend, int]:
    """Prompts whose every value is new with the share of what is left."""
    rng = random.Random(total)
    trend, found = NO_TREND, 0
    for _ in range(prompts):
        fresh = sum(rng.random() < 1 - found / total for _ in range(asked))
        trend = update(trend, found=found, asked=asked, fresh=fresh)
        found += fresh
    return trend, found


def test_without_repeats_the_next_value_is_new() -> None:
    assert chance_of_new(said=0, once=0) == 1.0
    assert chance_of_new(said=40, once=40) == 1.0
    assert chance_of_new(said=40, once=10) == 0.25


@given(once=st.integers(0, 10**6), twice=st.integers(0, 10**6), more=st.integers(0, 10**6))
def test_chao_is_never_below_what_was_found(once: int, twice: int, more: int) -> None:
    distinct = once + twice + more
    assert chao1(distinct=distinct, once=once, twice=twice) >= distinct
    if once < 2:
        assert chao1(distinct=distinct, once=once, twice=twice) == distinct


def test_chao_finds_what_even_draws_come_from() -> None:
    rng = random.Random(1)
    times = [0] * 1_000
    for _ in range(1_500):
        times[rng.randrange(1_000)] += 1
    guess = chao1(distinct=sum(n > 0 for n in times), once=times.count(1), twice=times.count(2))
    assert guess == pytest.approx(1_000, rel=0.15)


@pytest.mark.parametrize("total", [500, 5_000, 20_000])
def test_a_falling_yield_points_at_what_there_is(total: int) -> None:
    trend, found = removal(total=total, prompts=total // 30)
    assert found < 0.9 * total
    guess = depletion(trend, found=found)
    assert guess == pytest.approx(total, rel=0.1)


def test_a_yield_that_does_not_fall_says_nothing() -> None:
    trend: Trend = NO_TREND
    for prompt in range(200):
        trend = update(trend, found=50 * prompt, asked=50, fresh=50)
    assert depletion(trend, found=10_000) is None
    assert reachable(Tally(found=10_000, said=10_000, said_again=0, said_twice=0), trend) is None


def test_where_nothing_new_comes_all_is_found() -> None:
    trend: Trend = NO_TREND
    for _ in range(20):
        trend = update(trend, found=700, asked=50, fresh=0)
    assert depletion(trend, found=700) == 700


def test_values_said_once_are_no_sign_of_more_where_repeats_were_kept_away() -> None:
    trend: Trend = NO_TREND
    for _ in range(40):
        trend = update(trend, found=5_000, asked=100, fresh=4)
    tally = Tally(found=5_000, said=20_000, said_again=1_000, said_twice=500)
    assert chao1(distinct=5_000, once=4_000, twice=500) > 20_000
    assert reachable(tally, trend) == pytest.approx(5_000, rel=0.1)


def test_values_said_once_are_a_sign_of_more_where_repeats_come_freely() -> None:
    trend: Trend = NO_TREND
    for _ in range(40):
        trend = update(trend, found=2_000, asked=100, fresh=15)
    tally = Tally(found=2_000, said=8_000, said_again=800, said_twice=300)
    bound = chao1(distinct=2_000, once=1_200, twice=300)
    assert reachable(tally, trend) == round(bound)


@given(prompts=PROMPTS, said=st.integers(0, 10**6))
def test_never_less_is_reachable_than_was_found(prompts: list[tuple[int, int]], said: int) -> None:
    trend, found = NO_TREND, 0
    for asked, fresh in prompts:
        trend = update(trend, found=found, asked=asked, fresh=fresh)
        found += fresh
    guess = reachable(Tally(found=found, said=found + said, said_again=0, said_twice=0), trend)
    assert guess is None or guess >= found


def test_a_state_that_is_none_begins_anew() -> None:
    assert update([], found=0, asked=10, fresh=10) == update(NO_TREND, found=0, asked=10, fresh=10)
    assert depletion([], found=3) is None
