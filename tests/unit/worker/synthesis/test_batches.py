from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from worker.synthesis.batches import in_batches


@pytest.mark.parametrize("at_once", [1, 3])
def test_batches_have_their_size_and_their_order(at_once: int) -> None:
    made = list(in_batches(range(10), tuple, size=4, at_once=at_once))
    assert made == [(0, 1, 2, 3), (4, 5, 6, 7), (8, 9)]


def test_nothing_makes_no_batch() -> None:
    assert list(in_batches([], tuple, size=4, at_once=2)) == []


def test_so_many_are_worked_on_at_once() -> None:
    # Each waits for the other two: fewer at once would wait for ever, and break the barrier.
    together = threading.Barrier(3, timeout=30)

    def work(batch: list[int]) -> int:
        together.wait()
        return sum(batch)

    assert list(in_batches(range(6), work, size=1, at_once=3)) == list(range(6))


def test_and_no_more_is_taken_than_they_need() -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    made = in_batches(items(), sum, size=2, at_once=3)
    next(made)
    # Three under way, and the batch that waits for room.
    assert len(taken) <= 8
    made.close()


def test_what_goes_wrong_is_told_after_what_was_done() -> None:
    def work(batch: list[int]) -> int:
        return 6 // batch[0]

    made = in_batches([1, 2, 0, 3], work, size=1, at_once=2)
    assert [next(made), next(made)] == [6, 3]
    with pytest.raises(ZeroDivisionError):
        next(made)
