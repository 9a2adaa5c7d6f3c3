from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from shared.errors import Unavailable
from worker.timers import Timers


@pytest.fixture
def timers() -> Iterator[Timers]:
    timers = Timers()
    yield timers
    timers.stop(patience=10)


class Rounds:
    """An action that fails in its first rounds, and counts them all."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.done = threading.Semaphore(0)

    def __call__(self) -> None:
        self.done.release()
        if self.failures:
            raise self.failures.pop(0)

    def must_come(self, count: int) -> None:
        for _ in range(count):
            assert self.done.acquire(timeout=10)


def test_field_d7_a_timer_outlives_what_its_action_raises_and_logs_it(timers: Timers) -> None:
    failing = Rounds(KeyError("lost"), Unavailable("the database is busy"))
    timers.every(0.001, failing, name="count")
    with capture_logs() as logs:
        timers.start()
        failing.must_come(4)
    assert [(line["what"], line["log_level"]) for line in logs] == [
        ("count", "error"),
        ("count", "warning"),
    ]
    assert logs[0]["exc_info"]
    assert logs[1]["reason"] == "the database is busy"


def test_field_d7_an_action_that_hangs_delays_no_other(timers: Timers) -> None:
    release = threading.Event()
    hanging, other = threading.Event(), Rounds()

    def hang() -> None:
        hanging.set()
        release.wait(60)

    timers.every(0.001, hang, name="hang")
    timers.every(0.001, other, name="other")
    timers.start()
    assert hanging.wait(10)
    other.must_come(3)
    with capture_logs() as logs:
        timers.stop(patience=0.01)
    release.set()
    (line,) = logs
    assert "hang" in line["timers"]


def test_after_the_end_no_round_begins(timers: Timers) -> None:
    rounds = Rounds()
    timers.every(0.001, rounds, name="count")
    timers.start()
    rounds.must_come(1)
    timers.stop(patience=10)
    while rounds.done.acquire(blocking=False):
        pass
    assert not rounds.done.acquire(timeout=0.05)


def test_the_end_does_not_wait_for_the_next_round(timers: Timers) -> None:
    rounds = Rounds()
    timers.every(3600, rounds, name="count")
    timers.start()
    rounds.must_come(1)
    with capture_logs() as logs:
        timers.stop(patience=10)
    assert logs == []
    assert not rounds.done.acquire(blocking=False)


def test_what_never_started_is_stopped_at_once() -> None:
    timers = Timers()
    timers.every(1, lambda: None, name="never")
    timers.stop(patience=0)
