"""Arrays in PostgreSQL's text form: ``{a,"b c",NULL}``, nested ones too. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

# An element in quotes or without; braces, commas and bounds (``[0:1]=``) stay as they are.
_ELEMENT = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"|([^{},"]++)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BOUNDS = re.compile(r"(?:\[-?\d+:-?\d+\])+=")
_PLAIN = re.compile(r"[^{},\"\\\s]+")


def elements(array: str) -> Iterator[str]:
    """The elements of an array that are not null."""
    for _, element in _walk(array):
        yield element


def with_elements(array: str, treat: Callable[[str], str]) -> str:
    """An array with other elements in the same places; nulls stay."""
    parts: list[str] = []
    at = 0
    for match, element in _walk(array):
        treated = treat(element)
        if treated != element:
            parts += [array[at : match.start()], _quoted(treated)]
            at = match.end()
    return "".join([*parts, array[at:]])


def _walk(array: str) -> Iterator[tuple[re.Match[str], str]]:
    bounds = _BOUNDS.match(array)
    for match in _ELEMENT.finditer(array, bounds.end() if bounds else 0):
        quoted, bare = match.groups()
        if quoted is not None:
            yield match, _ESCAPED.sub(r"\1", quoted)
        elif bare.strip() and bare.strip().upper() != "NULL":
            yield match, bare.strip()


def _quoted(element: str) -> str:
    if _PLAIN.fullmatch(element) and element.upper() != "NULL":
        return element
    escaped = element.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
