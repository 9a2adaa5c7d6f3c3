from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared.backoff import Backoff, jittered


def test_pauses_double_up_to_the_longest() -> None:
    backoff = Backoff(first=0.5, longest=5)
    assert [backoff.pause(before) for before in range(6)] == [0.5, 1, 2, 4, 5, 5]


def test_failures_without_end_are_not_too_many() -> None:
    assert Backoff(first=0.001, longest=60).pause(10**9) == 60


@given(st.floats(0, 1e6))
def test_jitter_takes_off_half_at_most(seconds: float) -> None:
    assert seconds / 2 <= jittered(seconds) <= seconds


def test_those_who_failed_together_do_not_come_back_together() -> None:
    assert len({jittered(1.0) for _ in range(20)}) > 1
