"""What the worker needs of a model server, whatever API it speaks.

``worker.models.ollama`` and ``worker.models.openai`` are the two kinds that there are. What can go
wrong is told apart in ``worker.models.errors``.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from shared.settings import Settings
from worker.models.call import Call
from worker.models.errors import (
    AccessDenied,
    GatewayBusy,
    GatewayDown,
    GatewayError,
    Interrupted,
    ModelMissing,
    PromptRefused,
    ServerFailed,
)
from worker.models.prompt import Prompt, Timing

__all__ = [
    "AccessDenied",
    "Call",
    "Gateway",
    "GatewayBusy",
    "GatewayDown",
    "GatewayError",
    "Interrupted",
    "ModelMissing",
    "Piece",
    "PromptRefused",
    "Sampling",
    "ServerFailed",
    "believable",
]

#: No context window is longer.
MOST_TOKENS = 100_000_000


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How every prompt has its answer drawn."""

    temperature: float = 1.1
    min_p: float = 0.05
    context_tokens: int = 4_096
    #: Seconds for which a model stays in memory after its last prompt; negative: for ever.
    keep_alive: float = 1_800.0
    #: Makes the seeds of prompts repeatable; None: each is drawn.
    base_seed: int | None = None

    @classmethod
    def of(cls, settings: Settings) -> Sampling:
        """As the settings have it."""
        return cls(
            temperature=settings.temperature,
            min_p=settings.min_p,
            context_tokens=settings.context_tokens,
            keep_alive=settings.keep_alive,
            base_seed=settings.seed,
        )

    def seed(self, batch_id: int) -> int:
        """The seed of a batch's prompt, such that no two batches share one on purpose."""
        if self.base_seed is None:
            return random.getrandbits(31)
        return (self.base_seed + batch_id) % 2**31


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of the answer; the last one carries the counts and the timing."""

    text: str
    prompt_tokens: int = 0
    output_tokens: int = 0
    timing: Timing | None = None


class Gateway(Protocol):
    """One model server; used by many threads at once."""

    #: As the settings name it, and as the database knows it.
    url: str
    sampling: Sampling

    def models(self) -> list[str]:
        """Names of the models that the server has; the first is the one for work that names none.

        :raises GatewayError: when it does not answer, or not as its API would.
        """

    def loaded(self) -> list[str] | None:
        """Names of the models in the server's memory; None when it does not tell.

        :raises GatewayError: when it cannot be reached, or is busy.
        """

    def load(self, model: str, *, call: Call) -> None:
        """Return when the model is in the server's memory, however long that takes.

        :raises GatewayError: when it did not get there.
        """

    def pull(self, model: str, *, call: Call) -> Iterator[int]:
        """Have the server fetch the model; yield how much it has of it, in percent.

        :raises GatewayError: when it does not get it; its words say why.
        """

    def chat(self, prompt: Prompt, *, model: str, seed: int, call: Call) -> Iterator[Piece]:
        """Send a prompt and yield its answer piece by piece, until it ends.

        An answer that ends because it has reached its longest ends like any other: what is whole
        of it is kept. One that the server does not say the end of is broken.

        :raises GatewayError: one of its kinds. Pieces yielded before it stand.
        """

    def close(self) -> None:
        """Close the connections."""


def believable(tokens: int | None) -> int:
    """A count as the server gives it, within what any model could do."""
    return min(max(tokens or 0, 0), MOST_TOKENS)
