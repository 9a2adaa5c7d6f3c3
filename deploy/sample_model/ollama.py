"""The shapes of Ollama's REST API, as its documentation and source describe them."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from deploy.sample_model.answer import Question
from deploy.sample_model.catalogue import KINDS

VERSION = "0.12.6"
BUSY = "server busy, please try again.  maximum pending requests exceeded"
CONTEXT_LENGTH = 32768
EMBEDDING_LENGTH = 1024
SIZE = 1_318_912
LICENSE = "Not a language model: a stand-in for tests and demonstrations. Apache-2.0."
DETAILS = {
    "parent_model": "",
    "format": "faker",
    "family": "sample-faker",
    "families": ["sample-faker"],
    "parameter_size": "0B",
    "quantization_level": "none",
}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_DURATION = re.compile(r"(-?\d+(?:\.\d+)?)(ms|s|m|h)")
_UNIT_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}


class BadRequest(ValueError):
    """A body that Ollama would answer with 400; the message is its error text."""


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


def read_body(raw: bytes) -> dict[str, Any]:
    """The JSON object of a request. Raises `BadRequest`."""
    if not raw.strip():
        raise BadRequest("missing request body")
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise BadRequest(f"invalid character in request body: {error}") from None
    if not isinstance(body, dict):
        raise BadRequest(f"json: cannot unmarshal {_go_type(body)} into Go value of type request")
    return body


def read_model(body: Mapping[str, Any]) -> str:
    """The name of the model that a body asks for."""
    name = body.get("model") or body.get("name") or ""
    if not isinstance(name, str):
        raise BadRequest(
            f"json: cannot unmarshal {_go_type(name)} into field .model of type string"
        )
    return name


def read_keep_alive(body: Mapping[str, Any], default: float) -> float | None:
    """Seconds to stay loaded after the request; None for ever."""
    given = body.get("keep_alive")
    if given is None:
        return default
    if isinstance(given, int | float) and not isinstance(given, bool):
        return None if given < 0 else float(given)
    text = str(given)
    if re.fullmatch(r"-?\d+", text):
        return None if int(text) < 0 else float(text)
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise BadRequest(f'time: invalid duration "{text}"')
    seconds = sum(float(number) * _UNIT_SECONDS[unit] for number, unit in parts)
    return None if seconds < 0 else seconds


def read_stream(body: Mapping[str, Any]) -> bool:
    """Whether to stream; Ollama does unless told not to."""
    return body.get("stream") is not False


def read_question(body: Mapping[str, Any], *, chat: bool) -> tuple[Question, str] | None:
    """What is asked, and the whole text that the model reads; None asks only to load."""
    asked, whole = _chat_texts(body) if chat else _generate_texts(body)
    if not whole:
        return None
    options = body.get("options") or {}
    if not isinstance(options, dict):
        raise BadRequest("json: cannot unmarshal options into Go struct field of type map")
    seed = _option(options, "seed", int)
    return (
        Question(
            text=asked,
            form=body.get("format"),
            seed=None if seed is None or seed < 0 else seed,
            temperature=_option(options, "temperature", float, 0.8),
            num_predict=_option(options, "num_predict", int, -1),
        ),
        whole,
    )


def _chat_texts(body: Mapping[str, Any]) -> tuple[str, str]:
    messages = body.get("messages") or []
    if not isinstance(messages, list) or not all(isinstance(each, dict) for each in messages):
        raise BadRequest(
            "json: cannot unmarshal messages into Go struct field ChatRequest.messages"
        )
    texts = [(str(each.get("role")), str(each.get("content") or "")) for each in messages]
    users = [content for role, content in texts if role == "user"]
    everything = "\n".join(content for _, content in texts)
    return (users[-1] if users else everything), everything


def _generate_texts(body: Mapping[str, Any]) -> tuple[str, str]:
    prompt = body.get("prompt") or ""
    if not isinstance(prompt, str):
        raise BadRequest(
            f"json: cannot unmarshal {_go_type(prompt)} into Go struct field "
            "GenerateRequest.prompt of type string"
        )
    system = str(body.get("system") or "")
    return prompt, f"{system}\n{prompt}" if system and prompt else prompt


def _option(options: Mapping[str, Any], name: str, kind: type, default: Any = None) -> Any:
    value = options.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadRequest(
            f'option "{name}" must be of type {"integer" if kind is int else "float32"}'
        )
    return kind(value)


def _go_type(value: object) -> str:
    names = {bool: "bool", int: "number", float: "number", str: "string", list: "array"}
    return names.get(type(value), "object")


def digest(model: str) -> str:
    """A SHA-256 that stays the same for a name."""
    return hashlib.sha256(f"sample-faker {VERSION} {model}".encode()).hexdigest()


def tag_entry(model: str, modified: float) -> dict[str, Any]:
    """A model in ``/api/tags``."""
    return {
        "name": model,
        "model": model,
        "modified_at": timestamp(modified),
        "size": SIZE,
        "digest": digest(model),
        "details": DETAILS,
    }


def running_entry(model: str, expiry: float | None) -> dict[str, Any]:
    """A model in ``/api/ps``."""
    far = datetime(2318, 1, 1, tzinfo=UTC).timestamp()
    return {
        "name": model,
        "model": model,
        "size": SIZE,
        "digest": digest(model),
        "details": DETAILS,
        "expires_at": timestamp(far if expiry is None else expiry),
        "size_vram": 0,
        "context_length": CONTEXT_LENGTH,
    }


def show(model: str, modified: float) -> dict[str, Any]:
    """``/api/show``; the kinds that the model knows stand in ``sample_kinds`` and ``modelfile``."""
    listing = "\n".join(f"# - {name}" for name in KINDS)
    return {
        "license": LICENSE,
        "modelfile": f"# {model} draws values from Faker. It makes:\n{listing}\nFROM {model}\n",
        "parameters": "temperature 0.8",
        "template": "{{ .Prompt }}",
        "details": DETAILS,
        "model_info": {
            "general.architecture": "sample-faker",
            "general.basename": "sample-faker",
            "general.file_type": 0,
            "general.parameter_count": 0,
            "general.quantization_version": 0,
            "sample-faker.context_length": CONTEXT_LENGTH,
            "sample-faker.embedding_length": EMBEDDING_LENGTH,
        },
        "capabilities": ["completion"],
        "modified_at": timestamp(modified),
        "sample_kinds": list(KINDS),
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
