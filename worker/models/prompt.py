"""A prompt, as the client of a model server takes it, and what comes back. Pure, but for chance."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.settings import Settings

#: No context window is longer.
MOST_TOKENS = 100_000_000


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """One call: messages, schema, and the tokens that it needs."""

    messages: list[dict[str, str]]
    schema: dict[str, Any]
    #: Tokens that the answer may have.
    num_predict: int
    #: The context window that it needs; the setting, unless even its smallest answer needs more.
    num_ctx: int
    #: Its temperature, in parts of the usual one.
    warmth: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How every prompt has its answer drawn."""

    temperature: float = 0.8
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
class Timing:
    """How long an answer took, in seconds.

    By our clock, and as the server says of itself where it does: None, or nonsense, if not.
    """

    #: From sending the prompt to the first token, and to the end.
    first_token: float
    whole: float
    output_tokens: int
    #: By the server: reading the prompt, and writing the answer.
    prompt_seconds: float | None = None
    output_seconds: float | None = None
    #: Whether the answer ended because it had as many tokens as it might have.
    is_cut: bool = False

    @property
    def reading(self) -> float:
        """Reading the prompt: as the server says, where that is believable."""
        return self.first_token if self._unknown_reading else self.prompt_seconds or 0.0

    @property
    def waiting(self) -> float:
        """From sending the prompt until the server turned to it, as far as can be told."""
        return self.first_token - (0.0 if self._unknown_reading else self.reading)

    @property
    def writing(self) -> float:
        """Writing the answer, likewise."""
        said = self.output_seconds
        # Nothing that a server did for us took longer than we waited for it.
        if said is not None and 0 < said <= self.whole:
            return said
        return self.whole - self.first_token

    @property
    def _unknown_reading(self) -> bool:
        return self.prompt_seconds is None or not 0 < self.prompt_seconds <= self.first_token


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of the answer; the last one carries the counts and the timing."""

    text: str
    #: What the model thinks, which is no part of the answer.
    thought: str = ""
    prompt_tokens: int = 0
    output_tokens: int = 0
    timing: Timing | None = None


def believable(tokens: int | None) -> int:
    """A count as the server gives it, within what any model could do."""
    return min(max(tokens or 0, 0), MOST_TOKENS)
