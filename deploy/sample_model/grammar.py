"""Text that conforms to a JSON schema, filled with values, the way a grammar forces a model.

Of schemas it knows objects, arrays and strings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import chain
from typing import Any, Protocol

from deploy.sample_model.pattern import REPETITION_LIMIT, BadPattern, parse_pattern

_TYPES = frozenset({"object", "array", "string"})
#: What Ollama knows, and nothing here needs.
_UNKNOWN = frozenset({"$ref", "allOf", "anyOf", "oneOf", "enum", "const"})
_DEPTH_LIMIT = 16


class BadFormat(ValueError):
    """The ``format`` of a request cannot become a grammar; the message says why."""


class Source(Protocol):
    """Where the strings come from."""

    def text(self, *, pattern: str | None, new: bool) -> str | None:
        """One value, matching `pattern`.

        With `new`, one that this answer does not have yet; None when there is none left and
        it would rather stop.
        """

    def count(self, least: int, most: int | None) -> int:
        """How many items to give where the schema allows that range."""


def check_format(form: object) -> None:
    """Raise `BadFormat` unless the value of ``format`` is nothing, "json" or a usable schema."""
    if form in (None, "", "json"):
        return
    if not isinstance(form, Mapping):
        raise BadFormat(
            f'invalid format: {json.dumps(form)}; expected "json" or a valid JSON Schema object'
        )
    _check(form, _DEPTH_LIMIT)


def write_json(schema: Mapping[str, Any], source: Source, *, new: bool = False) -> Any:
    """A JSON value that conforms to a schema which `check_format` has accepted.

    :param new: one that this answer does not have; None when there is none.
    """
    match _type(schema):
        case "object":
            parts = schema.get("properties", {})
            names = dict.fromkeys([*parts, *schema.get("required", ())])
            return {name: write_json(parts.get(name, {}), source) for name in names}
        case "array":
            return _write_array(schema, source)
    return _write_string(schema, source, new=new)


def _write_array(schema: Mapping[str, Any], source: Source) -> list[Any]:
    least = schema.get("minItems") or 0
    items = schema.get("items", {})
    made: list[Any] = []
    for _ in range(source.count(least, schema.get("maxItems"))):
        item = write_json(items, source, new=True)
        if item is None:
            if len(made) >= least:
                break  # nothing new is left and the grammar lets it stop
            item = write_json(items, source)
        made.append(item)
    return made


def _write_string(schema: Mapping[str, Any], source: Source, *, new: bool) -> str | None:
    pattern = schema.get("pattern")
    if pattern is not None:
        return source.text(pattern=str(pattern), new=new)
    text = source.text(pattern=None, new=new)
    if text is None:
        return None
    while len(text) < (schema.get("minLength") or 0):
        text += " " + (source.text(pattern=None, new=False) or "and so on")
    most = schema.get("maxLength")
    return text if most is None else text[:most]


def _check(schema: Any, depth: int) -> None:
    if not isinstance(schema, Mapping):
        raise BadFormat(f"invalid JSON schema in format: unrecognized schema {schema!r}")
    if unknown := _UNKNOWN & schema.keys():
        raise BadFormat(f"sample-faker knows no {min(unknown)} in a schema")
    if depth == 0:
        raise BadFormat("invalid JSON schema in format: nested too deeply")
    lengths = () if "pattern" in schema else (("minLength", "maxLength"),)  # a pattern rules alone
    bounds = (*lengths, ("minItems", "maxItems"))
    for bound in chain.from_iterable(bounds):
        number = schema.get(bound)
        if number is None:
            continue
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise BadFormat(f"invalid JSON schema in format: {bound} must be a whole number")
        if number >= REPETITION_LIMIT:
            raise BadFormat(
                "failed to parse grammar: number of repetitions exceeds sane defaults, "
                f"please reduce the number of repetitions ({bound} {number})"
            )
    for low, high in bounds:
        if schema.get(high) is not None and (schema.get(low) or 0) > schema[high]:
            raise BadFormat(f"invalid JSON schema in format: {low} is above {high}")
    if "pattern" in schema:
        _check_pattern(schema["pattern"])
    if _type(schema) == "array":
        _check(schema.get("items", {}), depth - 1)
    for part in schema.get("properties", {}).values():
        _check(part, depth - 1)


def _check_pattern(pattern: object) -> None:
    try:
        parse_pattern(str(pattern))
        re.compile(str(pattern))
    except (BadPattern, re.error) as error:
        raise BadFormat(f"JSON schema conversion failed: {error}") from None


def _type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if kind is None:
        if "properties" in schema:
            return "object"
        return "array" if "items" in schema or "minItems" in schema else "string"
    if kind not in _TYPES:
        raise BadFormat(f"invalid JSON schema in format: unrecognized type {kind!r}")
    return str(kind)
