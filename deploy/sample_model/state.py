"""What all requests to one server share."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from deploy.ollama_api.bodies import BadRequest
from deploy.ollama_api.host import Host
from deploy.ollama_api.replies import Card
from deploy.sample_model import cards
from deploy.sample_model.faults import draw_fault
from deploy.sample_model.grammar import BadFormat
from deploy.sample_model.kinds import UnknownKind
from deploy.sample_model.knobs import BadKnob, Knobs
from deploy.sample_model.pacing import Beat

_COUNTED = (
    "requests",
    "loads",
    "answers",
    "closed_by_client",
    "tokens_in",
    "tokens_out",
    "values",
)


class Server(Host):
    """A host with chance and faults; `knobs` is the setting of this moment."""

    sign = "sample-faker"
    bad = (BadRequest, BadKnob, BadFormat, UnknownKind)

    def __init__(self, knobs: Knobs) -> None:
        super().__init__(slots=knobs.slots, queue=knobs.queue)
        self.beat = Beat()
        self.faults: Counter[str] = Counter()
        self.knobs = knobs
        self._fault_chance = random.Random(knobs.fault_seed)

    @property
    def models(self) -> Sequence[str]:
        return self.knobs.model

    def card(self, model: str) -> Card:
        return cards.card(model)

    def show(self, model: str) -> dict[str, Any]:
        return cards.show(model, self.started)

    async def load(self, model: str) -> None:
        """Come back when the model is loaded."""
        await self.memory.load(model, lambda: asyncio.sleep(self.knobs.load_seconds))

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
