"""Text that conforms to a JSON schema, filled with values, the way a grammar forces a model."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from itertools import chain
from typing import Any, Protocol, cast

from deploy.sample_model.pattern import REPETITION_LIMIT, BadPattern, parse_pattern

_TYPES = frozenset({"object", "array", "string", "integer", "number", "boolean", "null"})
_DEPTH_LIMIT = 16
_LARGEST = 100


class BadFormat(ValueError):
    """The ``format`` of a request cannot become a grammar; the message says why."""


class Source(Protocol):
    """Where the strings come from."""

    def text(self, *, field: str, pattern: str | None, new: bool) -> str | None:
        """One value for the property `field`, matching `pattern`.

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
    _check(form, form, _DEPTH_LIMIT)


def write_json(schema: Mapping[str, Any], source: Source, rng: random.Random) -> Any:
    """A JSON value that conforms to a schema which `check_format` has accepted."""
    return _Writer(schema, source, rng).write(schema, field="", new=False)


def _check(schema: Any, root: Mapping[str, Any], depth: int) -> None:
    schema = _resolve(schema, root)
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
    kind = _type(schema)
    if kind == "array":
        _check(schema.get("items", {}), root, depth - 1)
    for part in [*schema.get("properties", {}).values(), *_options(schema)]:
        _check(part, root, depth - 1)


def _check_pattern(pattern: object) -> None:
    try:
        parse_pattern(str(pattern))
        re.compile(str(pattern))
    except (BadPattern, re.error) as error:
        raise BadFormat(f"JSON schema conversion failed: {error}") from None


def _resolve(schema: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema itself, with a local ``$ref`` followed and ``allOf`` put together."""
    if schema is True:
        return {}
    for _ in range(_DEPTH_LIMIT):
        if not isinstance(schema, Mapping):
            raise BadFormat(f"invalid JSON schema in format: unrecognized schema {schema!r}")
        if "$ref" not in schema:
            break
        schema = _follow(str(schema["$ref"]), root)
    if "allOf" in schema:
        merged: dict[str, Any] = {k: v for k, v in schema.items() if k != "allOf"}
        for part in schema["allOf"]:
            merged |= _resolve(part, root)
        return merged
    return cast("Mapping[str, Any]", schema)


def _follow(reference: str, root: Mapping[str, Any]) -> Any:
    target: Any = root
    if not reference.startswith("#"):
        raise BadFormat(f"Error resolving ref {reference}")
    try:
        for step in filter(None, reference[1:].split("/")):
            target = target[step]
    except (KeyError, TypeError):
        raise BadFormat(f"Error resolving ref {reference}") from None
    return target


def _options(schema: Mapping[str, Any]) -> list[Any]:
    options = schema.get("anyOf") or schema.get("oneOf") or []
    return list(options)


def _type(schema: Mapping[str, Any]) -> str | None:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((each for each in kind if each != "null"), "null")
    if kind is None and not ({"enum", "const"} & schema.keys() or _options(schema)):
        if "properties" in schema:
            return "object"
        if "items" in schema or "minItems" in schema:
            return "array"
        return "string"
    if kind is not None and kind not in _TYPES:
        raise BadFormat(f"invalid JSON schema in format: unrecognized type {kind!r}")
    return kind


class _Writer:
    def __init__(self, root: Mapping[str, Any], source: Source, rng: random.Random) -> None:
        self._root = root
        self._source = source
        self._rng = rng

    def write(self, raw: Any, *, field: str, new: bool) -> Any:
        schema = _resolve(raw, self._root)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return self._rng.choice(schema["enum"])
        if _options(schema):
            return self.write(_options(schema)[0], field=field, new=new)
        match _type(schema):
            case "object":
                properties = schema.get("properties", {})
                names = [
                    *properties,
                    *(n for n in schema.get("required", ()) if n not in properties),
                ]
                return {n: self.write(properties.get(n, {}), field=n, new=False) for n in names}
            case "array":
                return self._array(schema, field)
            case "string":
                return self._string(schema, field, new=new)
            case "integer":
                return self._rng.randint(*_whole_range(schema))
            case "number":
                low, high = _range(schema)
                return min(max(round(self._rng.uniform(low, high), 2), low), high)
            case "boolean":
                return self._rng.random() < 0.5
        return None

    def _array(self, schema: Mapping[str, Any], field: str) -> list[Any]:
        least = schema.get("minItems") or 0
        items = _resolve(schema.get("items", {}), self._root)
        nothing_is_something = _type(items) == "null"
        made: list[Any] = []
        for _ in range(self._source.count(least, schema.get("maxItems"))):
            item = self.write(items, field=field, new=True)
            if item is None and not nothing_is_something:
                if len(made) >= least:
                    break  # nothing new is left and the grammar lets it stop
                item = self.write(items, field=field, new=False)
            made.append(item)
        return made

    def _string(self, schema: Mapping[str, Any], field: str, *, new: bool) -> str | None:
        pattern = schema.get("pattern")
        if pattern is not None:
            return self._source.text(field=field, pattern=str(pattern), new=new)
        text = self._source.text(field=field, pattern=None, new=new)
        if text is None:
            return None
        while len(text) < (schema.get("minLength") or 0):
            text += " " + (self._source.text(field=field, pattern=None, new=False) or "and so on")
        most = schema.get("maxLength")
        return text if most is None else text[:most]


def _range(schema: Mapping[str, Any]) -> tuple[float, float]:
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is None:
        low = min(0, high - _LARGEST) if high is not None else 0
    if high is None:
        high = low + _LARGEST
    return low, max(low, high)


def _whole_range(schema: Mapping[str, Any]) -> tuple[int, int]:
    low, high = _range(schema)
    first = -int(-low // 1) + (low == schema.get("exclusiveMinimum"))
    last = int(high // 1) - (high == schema.get("exclusiveMaximum"))
    return first, max(first, last)
