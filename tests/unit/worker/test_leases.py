"""The watch for silent servers, beside a database that is away."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from shared.db.engine import Database
from worker.leases import Heartbeat
from worker.models.inflight import InFlight, InFlightPrompts, Verdict
from worker.models.learning import Patience


class Observed(InFlight):
    """A prompt that says when it is ended, and that may not let itself be looked at."""

    def __init__(self, batch_id: int, *, broken: bool = False) -> None:
        super().__init__(batch_id, operation_number=1, patience=Patience(first_token=0, stall=0))
        self.broken = broken
        self.looks = threading.Semaphore(0)
        self.ended = threading.Event()

    def check(self, now: float) -> None:
        self.looks.release()
        if self.broken:
            raise RuntimeError("it cannot be looked at")
        super().check(now)

    def end(self, verdict: Verdict) -> None:
        super().end(verdict)
        self.ended.set()


@pytest.fixture
def prompts() -> InFlightPrompts:
    return InFlightPrompts()


@pytest.fixture
def heartbeat(prompts: InFlightPrompts) -> Iterator[Heartbeat]:
    with Database("postgresql://nobody@127.0.0.1:1/none") as database:
        heartbeat = Heartbeat(database, prompts, lease_seconds=10, heartbeat_seconds=0.01)
        yield heartbeat
        heartbeat.stop()


def test_field_d7_a_prompt_that_cannot_be_looked_at_hides_no_silent_server(
    prompts: InFlightPrompts, heartbeat: Heartbeat
) -> None:
    broken, silent = Observed(1, broken=True), Observed(2)
    prompts.watch(broken)
    prompts.watch(silent)
    with capture_logs() as logs:
        heartbeat.start()
        for _ in range(3):
            assert broken.looks.acquire(timeout=10)
        silent.begin()
        assert silent.ended.wait(10)
    assert silent.verdict is Verdict.NO_ANSWER
    assert broken.verdict is None
    failures = [line for line in logs if line["log_level"] == "error"]
    assert {(line["what"], line["batch"]) for line in failures} == {
        ("watch for a silent server", 1)
    }
    assert all(line["exc_info"] for line in failures)
