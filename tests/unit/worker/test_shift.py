from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from shared.generation.reports import Ended, Report
from shared.settings import Settings
from worker.shift import Shifts, forgive


class TurnedDown(Shifts):
    """Its one prompt is turned down by a server that is left alone for a moment."""

    def _work(self, *_: Any) -> tuple[None, float]:
        return None, 0.01


class Finds:
    """A claimer with work for the first who asks, and no free slot from then on."""

    def __init__(self) -> None:
        self.asked = 0

    def claim(self, *, let_go: int | None) -> Any:
        assert let_go is None
        self.asked += 1
        return (object(), object()) if self.asked == 1 else None


class Sent:
    def __init__(self) -> None:
        self.counts: list[int] = []

    def send(self, count: int) -> None:
        self.counts.append(count)


def test_threads_without_a_slot_are_called_back_when_a_pause_is_over() -> None:
    parts: dict[str, Any] = {
        name: SimpleNamespace()
        for name in ("database", "prompts", "servers", "planner", "ledger", "steps")
    }
    settings = Settings(database_url="", broker_url="", secret_key="", worker_concurrency=4)
    finds, sent = Finds(), Sent()
    wired: Any = {**parts, "settings": settings, "claimer": finds, "wakeups": sent}
    TurnedDown(**wired).run()
    # The fourth is the one that calls; it looks for work once more itself.
    assert (finds.asked, sent.counts) == (3, [3])


@pytest.mark.parametrize(
    ("said", "failure", "forgiven"),
    [(3, None, True), (10, None, False), (0, None, False), (3, "it broke off", False)],
)
def test_only_an_answer_that_ended_early_of_its_own_is_forgiven(
    said: int, failure: str | None, forgiven: bool
) -> None:
    report = forgive(Report(batch_id=1, ended=Ended(said=said, failure=failure)), asked=10)
    assert report.ended is not None
    assert report.ended.cut_by_us is forgiven
