from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from worker.mill.stall import FAVOURITES, LEAST, WINDOW, Stall


def test_an_answer_that_gives_what_is_new_goes_on() -> None:
    stall = Stall(lambda _: False)
    for number in range(100):
        stall.hear([f"value {number}"], lost=number % 2)
        assert not stall.has_come


def test_one_that_says_what_is_known_is_over() -> None:
    stall = Stall({"Anna", "Bea"}.__contains__)
    stall.hear(["Anna", "Bea"] * WINDOW, lost=0)
    assert stall.has_come


def test_favourites_may_come_first() -> None:
    stall = Stall({f"known {number}" for number in range(9)}.__contains__)
    for number in range(FAVOURITES):
        stall.hear([f"known {number}"], lost=0)
    stall.hear([f"new {number}" for number in range(4)], lost=0)
    assert not stall.has_come


def test_one_that_is_refused_again_and_again_is_over() -> None:
    stall = Stall(lambda _: False)
    stall.hear(["Anna", "Bea", "Cora"], lost=0)
    assert not stall.has_come
    stall.hear([], lost=WINDOW - LEAST + 1)
    assert stall.has_come


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=60))
def test_it_never_comes_before_a_window_of_values(steps: list[tuple[bool, int]]) -> None:
    stall = Stall(lambda value: value == "known")
    heard = 0
    for known, lost in steps:
        stall.hear(["known" if known else "new"], lost=lost)
        heard += 1 + lost
        assert heard >= WINDOW or not stall.has_come
