"""The shapes of Ollama's answers, as its documentation and source describe them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

VERSION = "0.12.6"
BUSY = "server busy, please try again.  maximum pending requests exceeded"
MODEL_MISSING = "model '{}' not found"
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, kw_only=True)
class Card:
    """What the lists of models say of one; `size` in bytes, `context_length` in tokens."""

    size: int
    digest: str
    details: Mapping[str, Any]
    context_length: int


@dataclass(kw_only=True)
class Timing:
    """Moments of one answer in nanoseconds of the monotonic clock, and its tokens."""

    begun: int
    admitted: int
    loaded: int = 0
    prompt_read: int = 0
    done: int = 0
    prompt_tokens: int = 0
    tokens: int = 0

    def fields(self) -> dict[str, int]:
        """The measurements of a final chunk: counts, and durations in nanoseconds.

        As with Ollama, a wait for a slot is in the total and in none of its parts.
        """
        return {
            "total_duration": self.done - self.begun,
            "load_duration": self.loaded - self.admitted,
            "prompt_eval_count": self.prompt_tokens,
            "prompt_eval_duration": self.prompt_read - self.loaded,
            "eval_count": self.tokens,
            "eval_duration": self.done - self.prompt_read,
        }


def timestamp(moment: float | None = None) -> str:
    """RFC 3339 in UTC, for now or for a Unix time."""
    when = datetime.now(UTC) if moment is None else datetime.fromtimestamp(moment, UTC)
    return when.isoformat(timespec="microseconds").replace("+00:00", "Z")


_stamp: tuple[int, str] = (0, "")


def _now() -> str:
    """`timestamp()`, made anew every millisecond."""
    global _stamp
    now = time.monotonic_ns() // 1_000_000
    if _stamp[0] != now:
        _stamp = (now, timestamp())
    return _stamp[1]


def tag_entry(model: str, card: Card, modified: float) -> dict[str, Any]:
    """A model in ``/api/tags``."""
    return {
        "name": model,
        "model": model,
        "modified_at": timestamp(modified),
        "size": card.size,
        "digest": card.digest,
        "details": card.details,
    }


def running_entry(model: str, card: Card, expiry: float | None) -> dict[str, Any]:
    """A model in ``/api/ps``."""
    far = datetime(2318, 1, 1, tzinfo=UTC).timestamp()
    return {
        "name": model,
        "model": model,
        "size": card.size,
        "digest": card.digest,
        "details": card.details,
        "expires_at": timestamp(far if expiry is None else expiry),
        "size_vram": 0,
        "context_length": card.context_length,
    }


class Envelope:
    """The chunks of one stream but the last: all of it made beforehand but text and time."""

    def __init__(self, model: str, *, chat: bool) -> None:
        opened, self._closing = (
            (',"message":{"role":"assistant","content":', '},"done":false}\n')
            if chat
            else (',"response":', ',"done":false}\n')
        )
        self._opening = f'{{"model":{_encode(model)},"created_at":"'
        self._middle = f'"{opened}'

    def piece(self, text: str) -> str:
        """The line that says this text."""
        return f"{self._opening}{_now()}{self._middle}{_encode(text)}{self._closing}"


def line(chunk: Mapping[str, Any]) -> str:
    """An object as a line of a stream."""
    return _encode(chunk) + "\n"


def piece(model: str, text: str, *, chat: bool) -> dict[str, Any]:
    """A chunk but the last, for whoever has more to say in it than an `Envelope`."""
    return {
        "model": model,
        "created_at": timestamp(),
        **_content(text, chat),
        "done": False,
    }


def final(
    model: str, text: str, reason: str, timing: Timing | None, *, chat: bool
) -> dict[str, Any]:
    """The last chunk, or the whole answer of a request that does not stream."""
    done = {
        "model": model,
        "created_at": timestamp(),
        **_content(text, chat),
        "done": True,
        "done_reason": reason,
    }
    return done | timing.fields() if timing else done


def _content(text: str, chat: bool) -> dict[str, Any]:
    return {"message": {"role": "assistant", "content": text}} if chat else {"response": text}
