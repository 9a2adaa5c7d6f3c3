"""Wake-ups that nobody waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from shared.queue.wakeups import MOST_WAITING, BackgroundWakeUps, WakeUps, create_celery
from tests.support.waiting import PATIENCE, wait_until


class Gate(WakeUps):
    """Sends when told to, and notes what it sent."""

    def __init__(self) -> None:
        super().__init__(create_celery("memory://", name="test"))
        self.sent: list[int] = []
        self.entered = threading.Semaphore(0)
        self.open = threading.Semaphore(0)
        self.before: Callable[[], None] = lambda: None
        self.queued = 0

    def waiting(self) -> int:
        return self.queued

    def send(self, count: int) -> None:
        self.entered.release()
        self.open.acquire()
        self.before()
        self.sent.append(count)


@pytest.fixture
def gate() -> Gate:
    return Gate()


def test_what_waits_is_sent_together_and_none_above_what_helps(gate: Gate) -> None:
    wake_ups = BackgroundWakeUps(gate)
    wake_ups.send(1)
    assert gate.entered.acquire(timeout=PATIENCE)
    for count in (2, 0, -3, 3):
        wake_ups.send(count)
    assert gate.sent == []
    gate.open.release()
    assert gate.entered.acquire(timeout=PATIENCE)
    for _ in range(2):
        wake_ups.send(MOST_WAITING)
    gate.open.release()
    assert gate.entered.acquire(timeout=PATIENCE)
    assert gate.sent == [1, 5]
    wake_ups.send(7)
    gate.open.release()
    assert gate.entered.acquire(timeout=PATIENCE)
    assert gate.sent == [1, 5, MOST_WAITING]


def test_it_outlives_a_failure(gate: Gate) -> None:
    wake_ups = BackgroundWakeUps(gate)

    def fail() -> None:
        gate.before = lambda: None
        raise RuntimeError

    gate.before = fail
    wake_ups.send(1)
    assert gate.entered.acquire(timeout=PATIENCE)
    wake_ups.send(2)
    gate.open.release(2)
    assert gate.entered.acquire(timeout=PATIENCE)
    wake_ups.send(3)
    assert gate.entered.acquire(timeout=PATIENCE)
    assert gate.sent == [2]


def test_it_sends_no_more_than_busy_workers_need(gate: Gate) -> None:
    wake_ups = BackgroundWakeUps(gate)
    gate.open.release(3)
    for queued in (MOST_WAITING - 12, MOST_WAITING - 5, MOST_WAITING + 100):
        gate.queued = queued
        wake_ups.send(12)
        assert gate.entered.acquire(timeout=PATIENCE)
    wait_until(lambda: len(gate.sent) == 3, what="the last to be sent")
    assert gate.sent == [12, 5, 0]
