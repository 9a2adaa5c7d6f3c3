"""The description of the API in the words of OpenAPI 3.0, as the published one is. Pure.

Generators of clients and programs that read descriptions know that version best. What it cannot
say is left out, and so is what nobody needs to call the API and some trip over: patterns (each
language has regular expressions of its own), and headers of requests, which would be parameters of
every method that is generated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

VERSION = "3.0.3"

#: Keywords of schemas that are left out.
_LEFT_OUT = frozenset({"pattern", "if", "then", "else", "not"})

#: Below these, names are not keywords, and what they name is a schema.
_NAMED = frozenset({"properties", "schemas"})

#: What these hold is data.
_DATA = frozenset({"example", "examples", "default", "required", "x-filterable"})


def to_published(description: Mapping[str, Any], *, base: str, url: str) -> dict[str, Any]:
    """The same API, described for clients of the published one.

    :param description: of OpenAPI 3.1.
    :param base: what all its paths begin with; left off.
    :param url: where that is for whoever reads it.
    """
    paths = {
        path.removeprefix(base): {
            key: _operation(part) if isinstance(part, dict) else _simpler(part)
            for key, part in item.items()
        }
        for path, item in description["paths"].items()
    }
    rest: dict[str, Any] = _simpler({**description, "paths": {}})
    first = {"openapi": VERSION, "info": rest.pop("info"), "servers": [{"url": url}]}
    return {**first, **rest, "openapi": VERSION, "paths": paths}


def _operation(described: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = _simpler(described)
    parameters = found.pop("parameters", [])
    if asked := [each for each in parameters if each["in"] != "header"]:
        found = {"parameters": asked, **found}
    found["responses"].pop("304", None)  # which only comes to who sends such a header
    return found


def _simpler(node: Any, *, names: bool = False) -> Any:
    """A part of a description without what OpenAPI 3.0 does not know."""
    if isinstance(node, list):
        return [_simpler(each) for each in node]
    if not isinstance(node, dict):
        return node
    if names:
        return {name: _simpler(each) for name, each in node.items()}
    kept = {
        key: each if key in _DATA else _simpler(each, names=key in _NAMED)
        for key, each in node.items()
        if key not in _LEFT_OUT and (key, each) != ("additionalProperties", False)
    }
    # That a parameter may be null says nothing: in a query there is no such value.
    if isinstance(kept.get("type"), list):
        (kept["type"],) = (each for each in kept["type"] if each != "null")
        if "enum" in kept:
            kept["enum"] = [each for each in kept["enum"] if each is not None]
        if kept.get("default", "") is None:
            del kept["default"]
    return kept
