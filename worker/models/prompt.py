"""A prompt, as the client of a model server takes it, and how long its answer took. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """One call to ``/api/chat``: messages, schema, and the tokens that it needs."""

    messages: list[dict[str, str]]
    schema: dict[str, Any]
    #: Tokens that the answer may have.
    num_predict: int
    #: The context window that it needs; the setting, unless even its smallest answer needs more.
    num_ctx: int


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
