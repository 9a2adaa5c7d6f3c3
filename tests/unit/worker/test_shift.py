from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from shared.settings import Settings
from worker.shift import Shifts


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
        name: SimpleNamespace() for name in ("database", "prompts", "servers", "planner", "ledger")
    }
    settings = Settings(database_url="", broker_url="", secret_key="", worker_concurrency=4)
    finds, sent = Finds(), Sent()
    wired: Any = {**parts, "settings": settings, "claimer": finds, "wakeups": sent}
    TurnedDown(**wired).run()
    # The fourth is the one that calls; it looks for work once more itself.
    assert (finds.asked, sent.counts) == (3, [3])
