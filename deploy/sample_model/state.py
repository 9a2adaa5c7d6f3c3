"""What all requests to one server share."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from deploy.sample_model.faults import draw_fault
from deploy.sample_model.knobs import Knobs
from deploy.sample_model.pacing import Beat
from deploy.sample_model.slots import Memory, Slots

MODEL_MISSING = "model '{}' not found"
_COUNTED = (
    "requests",
    "loads",
    "answers",
    "closed_by_client",
    "tokens_in",
    "tokens_out",
    "values",
)


class Refusal(Exception):
    """An answer that is an error from the start."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class Server:
    """Slots, memory, models, chance and counters; `knobs` is the setting of this moment."""

    def __init__(self, knobs: Knobs) -> None:
        self.slots = Slots(knobs.slots, knobs.queue)
        self.memory = Memory()
        self.beat = Beat()
        self.counts: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.started = time.time()
        self.knobs = knobs
        self._fault_chance = random.Random(knobs.fault_seed)

    def turn(self, changes: Mapping[str, Any]) -> None:
        """Change knobs while running.

        A fault seed restarts the sequence of faults.
        """
        self.knobs = self.knobs.turn(changes)
        self.slots.resize(self.knobs.slots, self.knobs.queue)
        if {"fault_seed", "fault-seed"} & changes.keys():
            self._fault_chance = random.Random(self.knobs.fault_seed)

    def next_fault(self) -> str | None:
        """The fault of the next request, counted."""
        fault = draw_fault(self.knobs.fault, self._fault_chance)
        if fault:
            self.faults[fault] += 1
        return fault

    def find_model(self, name: str) -> str:
        """The name under which a model is known here; ``:latest`` may be left out."""
        found = _find(name, self.knobs.model)
        if found is None:
            raise Refusal(404, MODEL_MISSING.format(name))
        return found

    def stats(self) -> dict[str, Any]:
        """The counters since the start, and the load at this moment."""
        return {
            **{name: self.counts[name] for name in _COUNTED},
            "errors": {k[6:]: n for k, n in sorted(self.counts.items()) if k.startswith("error_")},
            "faults": dict(self.faults),
            "active": self.slots.active,
            "peak_active": self.slots.peak,
            "queued": self.slots.queued,
            "uptime_seconds": round(time.time() - self.started, 3),
        }


def _find(name: str, models: tuple[str, ...]) -> str | None:
    wanted = name.removesuffix(":latest")
    return next((each for each in models if each.removesuffix(":latest") == wanted), None)
