"""How estimates of what a model knows are judged; it knows 5,000."""

from __future__ import annotations

from tests.bench.rows.uniqueness import judge_estimates


def test_no_estimate_misses_the_target() -> None:
    assert [figure.met for figure in judge_estimates([])] == [False]


def test_the_last_estimate_counts_and_an_early_hit_is_no_beginning() -> None:
    estimates = [(100, 5_000.0), (200, 900.0), (1_500, 4_100.0), (3_000, 5_600.0), (4_000, 4_500.0)]
    last, since = judge_estimates(estimates)
    assert last.met
    assert since.value.startswith("from 1500 values on")


def test_estimates_that_end_far_off_are_no_good() -> None:
    last, since = judge_estimates([(1_000, 5_000.0), (4_000, 6_100.0)])
    assert last.met is False
    assert since.value.startswith("not at the end")
