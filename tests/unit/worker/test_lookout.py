"""The lookout: work that waits while wake-ups come, and while none does."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from shared.backoff import Backoff
from shared.errors import Unavailable
from worker import lookout as module
from worker.lookout import Lookout
from worker.shift import TIME_IS_UP, ShiftReport


class Works:
    """Work as the database tells of it, and shifts that note that they have begun."""

    def __init__(self) -> None:
        self.wanted = 0
        self.capacity = 4
        #: Shifts under way, and the most there were at once.
        self.running = self.most = 0
        self.failing: list[Exception] = []
        self.looks = threading.Semaphore(0)
        self.begun = threading.Semaphore(0)
        self.may_end = threading.Event()
        self.reports: list[ShiftReport] = []

    @property
    def idle(self) -> int:
        return self.capacity - self.running

    def want(self) -> int:
        self.looks.release()
        if self.failing:
            raise self.failing.pop()
        return self.wanted

    def run(self) -> ShiftReport:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            return self._work()
        finally:
            self.running -= 1

    def _work(self) -> ShiftReport:
        self.begun.release()
        if self.reports:
            return self.reports.pop()
        assert self.may_end.wait(60)
        return ShiftReport(ended_because="no work")

    def look(self, times: int = 3) -> None:
        """Wait until it was looked so often."""
        for _ in range(times):
            assert self.looks.acquire(timeout=60)


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> Works:
    monkeypatch.setattr(module, "TICK_SECONDS", 0.001)
    monkeypatch.setattr(module, "PAUSES", Backoff(first=0.01, longest=0.05))
    return Works()


@pytest.fixture
def lookout(works: Works) -> Iterator[Lookout]:
    made = Lookout(wanted=works.want, run_shift=works.run, idle=lambda: works.idle)
    yield made
    works.may_end.set()
    made.stop(patience=60)


def test_field_d3_work_begins_without_a_wake_up(works: Works, lookout: Lookout) -> None:
    works.wanted = 1
    lookout.start()
    assert works.begun.acquire(timeout=60)


def test_field_d3_no_more_begin_than_may_work(works: Works, lookout: Lookout) -> None:
    works.wanted, works.capacity = 100, 2
    lookout.start()
    for _ in range(2):
        assert works.begun.acquire(timeout=60)
    works.capacity = 3
    assert works.begun.acquire(timeout=60)
    assert works.most == 3


def test_field_d3_while_wake_ups_come_the_work_is_left_to_them(
    works: Works, lookout: Lookout
) -> None:
    works.wanted = 1
    stop = threading.Event()

    def wake() -> None:
        while not stop.wait(0.001):
            lookout.note_wake_up()

    waking = threading.Thread(target=wake)
    lookout.note_wake_up()
    waking.start()
    lookout.start()
    works.look(10)
    assert not works.begun.acquire(blocking=False)
    stop.set()
    waking.join()
    assert works.begun.acquire(timeout=60)


def test_field_d3_a_look_that_fails_is_not_the_last(works: Works, lookout: Lookout) -> None:
    works.wanted = 1
    works.failing = [Unavailable("the database does not answer"), KeyError("lost")]
    with capture_logs() as logs:
        lookout.start()
        assert works.begun.acquire(timeout=60)
    assert {line["what"] for line in logs if "what" in line} == {"look for work"}


def test_field_d3_a_shift_whose_time_is_up_goes_on(works: Works, lookout: Lookout) -> None:
    """As long as no wake-up has come, nobody else would."""
    works.wanted, works.capacity = 1, 1
    works.reports = [ShiftReport(prompts=3, ended_because=TIME_IS_UP) for _ in range(2)]
    lookout.start()
    for _ in range(3):
        assert works.begun.acquire(timeout=60)
