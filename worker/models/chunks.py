"""What a server of OpenAI's API streams, chunk by chunk, and what becomes of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from worker.models.prompt import Piece, Timing, believable
from worker.models.records import amount, count, part_of, words

#: Where servers put what a model thinks.
THOUGHTS = ("reasoning_content", "reasoning", "thinking")

#: How an answer ends that has as many tokens as it might have.
CUT = "length"

#: Of most tokens, on the average, where a server counts none.
CHARACTERS_OF_A_TOKEN = 4

MILLISECONDS = 1e3


class Answer:
    """One answer, while it comes in.

    What a model thinks is no part of it, but shows that it is at work.
    """

    def __init__(self, asked: Sequence[dict[str, str]]) -> None:
        self._asked = sum(len(message["content"]) for message in asked)
        self._said = 0
        self._pieces = 0
        self._first: float | None = None
        self._usage: Mapping[str, Any] = {}
        self._timings: Mapping[str, Any] = {}
        self._is_cut = False
        #: Whether the server said that this is the end of it.
        self.is_whole = False

    @property
    def has_begun(self) -> bool:
        """Whether anything was said, or thought."""
        return self._first is not None

    def take(self, chunk: Mapping[str, Any], *, at: float) -> Iterator[Piece]:
        """Yield what a chunk brings, which came so many seconds after the prompt was sent.

        A whole answer, as of those that do not stream, is a chunk too. Whatever is missing, or not
        of its kind, is passed over.
        """
        self._usage = part_of(chunk, "usage") or self._usage
        self._timings = part_of(chunk, "timings") or self._timings
        choices = chunk.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            reason = choice.get("finish_reason") if isinstance(choice, dict) else None
            message = part_of(choice, "message")
            self.is_whole = self.is_whole or bool(reason or message)
            self._is_cut = self._is_cut or reason == CUT
            delta = part_of(choice, "delta") or message
            text = words(delta.get("content"))
            thought = next(filter(None, (words(delta.get(name)) for name in THOUGHTS)), "")
            if text or thought:
                self._first = at if self._first is None else self._first
                self._pieces += 1
                self._said += len(text) + len(thought)
                yield Piece(text=text, thought=thought)

    def end(self, *, at: float) -> Piece:
        """The last piece: counts, by the server or else estimated, and the timing."""
        output = count(self._usage.get("completion_tokens"))
        if output is None:
            # A piece is a token, or several where the server sends them together.
            output = max(self._pieces, self._said // CHARACTERS_OF_A_TOKEN)
        prompt = count(self._usage.get("prompt_tokens"))
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
                prompt_seconds=_seconds(self._timings.get("prompt_ms")),
                output_seconds=_seconds(self._timings.get("predicted_ms")),
                is_cut=self._is_cut,
            ),
        )


def _seconds(said: Any) -> float | None:
    milliseconds = amount(said)
    return None if milliseconds is None else milliseconds / MILLISECONDS
