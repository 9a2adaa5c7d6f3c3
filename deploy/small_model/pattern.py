"""Regular expressions as llama.cpp's grammars say them, with the limits that Ollama shows.

A pattern speaks of the raw JSON text between the quotes. Escapes of classes (``\\d``, ``\\w``,
``\\p{L}``) are handed on as they are, and llama.cpp refuses the grammar.
"""

from __future__ import annotations

import re

#: What means something in an expression, but nothing in a literal.
_SPECIAL = frozenset("^$.[]()|{}*+?")
_QUANTIFIER = re.compile(r"[*+?]|\{\d+(?:,\d*)?\}|\{,\d+\}")
_CLASS = re.compile(r"\[\^?(?:\\.|[^\]\\])*\]", re.DOTALL)
_ANY = r"[^\x0A\x0D]"


class BadPattern(ValueError):
    """The pattern cannot become a grammar; the message says why, in llama.cpp's words."""


def translate(pattern: str) -> str | None:
    """The rule that a pattern stands for; None where it looks around, which constrains nothing."""
    if len(pattern) < 2 or pattern[0] != "^" or pattern[-1] != "$":
        raise BadPattern("Pattern must start with '^' and end with '$'")
    if re.search(r"\(\?(?!:)", pattern):
        return None
    translated, end = _alternatives(pattern, 1, len(pattern) - 1)
    if end < len(pattern) - 1:
        raise BadPattern("Unbalanced parentheses")
    return translated


def _alternatives(text: str, at: int, end: int) -> tuple[str, int]:
    """The rule of what stands from `at` up to an unpaired parenthesis, and where that is."""
    parts: list[str] = []
    while at < end and text[at] != ")":
        if text[at] == "|":
            parts.append("|" if parts and parts[-1] != "|" else '"" |')
            at += 1
            continue
        atom, at = _atom(text, at, end)
        if found := _QUANTIFIER.match(text, at, end):
            atom += _quantifier(found.group())
            at = found.end()
        parts.append(atom)
    if not parts or parts[-1].endswith("|"):
        parts.append('""')
    return " ".join(parts), at


def _atom(text: str, at: int, end: int) -> tuple[str, int]:
    match text[at]:
        case "(":
            inside, close = _alternatives(text, at + (3 if text[at + 1] == "?" else 1), end)
            if close >= end:
                raise BadPattern("Unbalanced parentheses")
            return f"({inside})", close + 1
        case "[":
            found = _CLASS.match(text, at, end)
            if not found:
                raise BadPattern("Unbalanced square brackets")
            return found.group(), found.end()
        case ".":
            return _ANY, at + 1
        case "\\" if at + 1 < end:
            escaped = text[at + 1]
            return literal(escaped) if escaped in _SPECIAL else f'"\\{escaped}"', at + 2
        case plain:
            return literal(plain), at + 1


def _quantifier(text: str) -> str:
    if text[0] != "{":
        return text
    least, comma, most = text[1:-1].partition(",")
    return f"{{{least or 0},{most}}}" if comma else f"{{{least}}}"


def literal(text: str) -> str:
    """A text as a grammar quotes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r") + '"'
