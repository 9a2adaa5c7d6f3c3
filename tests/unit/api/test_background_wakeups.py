"""Wake-ups that nobody waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from api.wakeups import MAX_PENDING, BackgroundWakeUps
from shared.wakeups import WakeUps, create_celery


class Gate(WakeUps):
    """Sends when told to, and notes what it sent."""

    def __init__(self) -> None:
        super().__init__(create_celery("memory://", name="test"))
        self.sent: list[int] = []
        self.entered = threading.Semaphore(0)
        self.open = threading.Semaphore(0)
        self.before: Callable[[], None] = lambda: None

    def send(self, count: int) -> None:
        self.entered.release()
        self.open.acquire()
        self.before()
        self.sent.append(count)


@pytest.fixture
def gate() -> Gate:
    return Gate()


def test_it_keeps_order_and_drops_what_is_too_much(gate: Gate) -> None:
    wake_ups = BackgroundWakeUps(gate)
    wake_ups.send(1)
    assert gate.entered.acquire(timeout=10)
    for count in range(2, MAX_PENDING + 10):
        wake_ups.send(count)
    assert gate.sent == []
    for _ in range(MAX_PENDING):
        gate.open.release()
        assert gate.entered.acquire(timeout=10)
    assert gate.sent == list(range(1, MAX_PENDING + 1))


def test_it_outlives_a_failure(gate: Gate) -> None:
    wake_ups = BackgroundWakeUps(gate)

    def fail() -> None:
        gate.before = lambda: None
        raise RuntimeError

    gate.before = fail
    for count in (1, 2, 3):
        wake_ups.send(count)
    gate.open.release(3)
    for _ in range(3):
        assert gate.entered.acquire(timeout=10)
    wake_ups.send(4)
    assert gate.entered.acquire(timeout=10)
    assert gate.sent == [2, 3]
