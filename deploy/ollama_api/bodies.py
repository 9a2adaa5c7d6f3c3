"""What a request asks for, and what is wrong with it in Ollama's words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_DURATION = re.compile(r"(-?\d+(?:\.\d+)?)(ms|s|m|h)")
_UNIT_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}


class BadRequest(ValueError):
    """A body that Ollama would answer with 400; the message is its error text."""


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


def read_messages(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The messages of ``/api/chat``, each a role and its content."""
    messages = body.get("messages") or []
    if not isinstance(messages, list) or not all(isinstance(each, dict) for each in messages):
        raise BadRequest(
            "json: cannot unmarshal messages into Go struct field ChatRequest.messages"
        )
    return [(str(each.get("role")), str(each.get("content") or "")) for each in messages]


def read_prompt(body: Mapping[str, Any]) -> tuple[str, str]:
    """The system's words and the prompt of ``/api/generate``."""
    prompt = body.get("prompt") or ""
    if not isinstance(prompt, str):
        raise BadRequest(
            f"json: cannot unmarshal {_go_type(prompt)} into Go struct field "
            "GenerateRequest.prompt of type string"
        )
    return str(body.get("system") or ""), prompt


def read_options(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options of the model's runner, unread."""
    options = body.get("options") or {}
    if not isinstance(options, dict):
        raise BadRequest("json: cannot unmarshal options into Go struct field of type map")
    return options


def read_option(options: Mapping[str, Any], name: str, kind: type, default: Any = None) -> Any:
    """A number among the options."""
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
