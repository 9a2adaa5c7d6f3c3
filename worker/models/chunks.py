"""What a server of OpenAI's API streams, chunk by chunk, and what becomes of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from worker.models.prompt import Piece, Timing, believable

#: Of most tokens, on the average, where a server counts none.
CHARACTERS_OF_A_TOKEN = 4

MILLISECONDS = 1e3


class Delta(BaseModel):
    """What a chunk adds to the message; servers differ in where they put what a model thinks."""

    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None


class Choice(BaseModel):
    """One of the answers; there is one."""

    delta: Delta | None = None
    finish_reason: str | None = None


class Usage(BaseModel):
    """Tokens, as the server counts them."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Timings(BaseModel):
    """How long it took, in milliseconds; only llama.cpp's server tells."""

    prompt_ms: float | None = None
    predicted_ms: float | None = None


class Chunk(BaseModel):
    """One event of the stream."""

    choices: Sequence[Choice] | None = None
    usage: Usage | None = None
    timings: Timings | None = None
    error: Any = None


class Answer:
    """One answer, while it comes in.

    What a model thinks is no part of it, but shows that it is at work.
    """

    def __init__(self, asked: Sequence[dict[str, str]]) -> None:
        self._asked = sum(len(message["content"]) for message in asked)
        self._said = 0
        self._pieces = 0
        self._first: float | None = None
        self._usage: Usage | None = None
        self._timings: Timings | None = None
        #: Whether the server said that this is the end of it.
        self.is_whole = False

    @property
    def has_begun(self) -> bool:
        """Whether anything was said, or thought."""
        return self._first is not None

    def take(self, chunk: Chunk, *, at: float) -> Iterator[Piece]:
        """Yield what a chunk brings, which came so many seconds after the prompt was sent."""
        self._usage = chunk.usage or self._usage
        self._timings = chunk.timings or self._timings
        for choice in chunk.choices or ():
            self.is_whole = self.is_whole or bool(choice.finish_reason)
            delta = choice.delta or Delta()
            text = delta.content or ""
            thought = delta.reasoning_content or delta.reasoning or ""
            if text or thought:
                self._first = at if self._first is None else self._first
                self._pieces += 1
                self._said += len(text) + len(thought)
                yield Piece(text=text)

    def end(self, *, at: float) -> Piece:
        """The last piece: counts, by the server or else estimated, and the timing."""
        usage, timings = self._usage or Usage(), self._timings or Timings()
        output = usage.completion_tokens
        if output is None:
            # A piece is a token, or several where the server sends them together.
            output = max(self._pieces, self._said // CHARACTERS_OF_A_TOKEN)
        prompt = usage.prompt_tokens
        if prompt is None:
            prompt = self._asked // CHARACTERS_OF_A_TOKEN
        return Piece(
            text="",
            prompt_tokens=believable(prompt),
            output_tokens=believable(output),
            timing=Timing(
                first_token=at if self._first is None else self._first,
                whole=at,
                output_tokens=believable(output),
                prompt_seconds=_seconds(timings.prompt_ms),
                output_seconds=_seconds(timings.predicted_ms),
            ),
        )


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / MILLISECONDS
