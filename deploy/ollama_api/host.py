"""What all requests to one server share."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar

from deploy.ollama_api.bodies import BadRequest
from deploy.ollama_api.memory import Memory
from deploy.ollama_api.replies import MODEL_MISSING, Card
from deploy.ollama_api.slots import Slots


class Refusal(Exception):
    """An answer that is an error from the start."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class Host(ABC):
    """Slots, memory and counters; whoever stands on it knows its models."""

    #: What it calls itself in its headers.
    sign: ClassVar[str]
    #: What is answered with 400.
    bad: ClassVar[tuple[type[Exception], ...]] = (BadRequest,)

    def __init__(self, *, slots: int, queue: int) -> None:
        self.slots = Slots(slots, queue)
        self.memory = Memory()
        self.counts: Counter[str] = Counter()
        self.started = time.time()

    @property
    @abstractmethod
    def models(self) -> Sequence[str]:
        """The names of the models that are here."""

    @abstractmethod
    def card(self, model: str) -> Card:
        """What the lists of models say of one."""

    @abstractmethod
    def show(self, model: str) -> dict[str, Any]:
        """All about a model, as ``/api/show`` answers."""

    def find_model(self, name: str) -> str:
        """The name under which a model is known here; ``:latest`` may be left out."""
        wanted = name.removesuffix(":latest")
        for model in self.models:
            if model.removesuffix(":latest") == wanted:
                return model
        raise Refusal(404, MODEL_MISSING.format(name))
