"""Sets of code points in the notation of ``regex``, for texts in code points or in UTF-16 units."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from shared.javaregex.codepoints import (
    ALL,
    BMP,
    SUPPLEMENTARY,
    SURROGATES,
    CodePointSet,
    Range,
)

NEVER = "(?!)"
ANYTHING = "(?s:.)"
INSIDE_PAIR = r"(?<=[\uD800-\uDBFF])(?=[\uDC00-\uDFFF])"
"""Between the units of one supplementary character."""
CODE_POINT_BACK = (
    r"(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|[^\uDC00-\uDFFF]|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF])"
)
"""A code point in a text of units, when going backwards."""

_FAN_OUT = 12
_HIGH = CodePointSet.span(0xD800, 0xDBFF)
_LOW = CodePointSet.span(0xDC00, 0xDFFF)
_LOW_CLASS = r"[\uDC00-\uDFFF]"


@lru_cache(maxsize=256)
def in_points(members: CodePointSet) -> str:
    """A set for texts whose characters are code points."""
    if not members:
        return NEVER
    if members == ALL:
        return ANYTHING
    if len(members) == 1:
        return character(members.ranges[0][0])
    return _bracketed(members.ranges)


@lru_cache(maxsize=256)
def in_units(members: CodePointSet) -> str:
    """A set for texts whose characters are UTF-16 units.

    As Java reads code points: a high surrogate and a low one behind it are one character, and a
    surrogate in any other place is one of its own.
    """
    branches = []
    if plain := (members & BMP) - SURROGATES:
        branches.append(in_points(plain))
    branches.extend(_pairs(members & SUPPLEMENTARY))
    if high := members & _HIGH:
        branches.append(f"{in_points(high)}(?!{_LOW_CLASS})")
    if low := members & _LOW:
        branches.append(in_points(low))
    if not branches:
        return NEVER
    return branches[0] if len(branches) == 1 and plain else f"(?:{'|'.join(branches)})"


def character(c: int) -> str:
    """One character, so written that it means itself in and outside brackets."""
    text = chr(c)
    return text if c >= 0x80 or text.isalnum() else f"\\x{c:02X}"


def _bracketed(ranges: Sequence[Range]) -> str:
    """A class; large ones become a tree of ranges, because ``regex`` looks along the members."""
    if len(ranges) <= _FAN_OUT:
        return f"[{''.join(map(_range, ranges))}]"
    size = _FAN_OUT
    while size * _FAN_OUT < len(ranges):
        size *= _FAN_OUT
    parts = []
    for start in range(0, len(ranges), size):
        part = ranges[start : start + size]
        span = _range((part[0][0], part[-1][1]))
        parts.append(span if len(part) == 1 else f"[{span}&&{_bracketed(part)}]")
    return f"[{''.join(parts)}]"


def _range(span: Range) -> str:
    first, last = span
    if first == last:
        return character(first)
    return f"{character(first)}-{character(last)}"


def _pairs(supplementary: CodePointSet) -> list[str]:
    """Branches of a high and a low surrogate each, as few as there need be."""
    whole: list[Range] = []
    lows_of: dict[CodePointSet, list[int]] = {}
    rest: dict[int, list[Range]] = {}
    for first, last in supplementary.ranges:
        high, last_high = (first - 0x10000) >> 10, (last - 0x10000) >> 10
        while high <= last_high:
            base = 0x10000 + (high << 10)
            low, low_end = max(first - base, 0), min(last - base, 0x3FF)
            if (low, low_end) == (0, 0x3FF):
                whole.append((0xD800 + high, 0xD800 + high))
            else:
                rest.setdefault(high, []).append((0xDC00 + low, 0xDC00 + low_end))
            high += 1
    for high, lows in rest.items():
        lows_of.setdefault(CodePointSet.from_ranges(lows), []).append(0xD800 + high)
    branches = [
        f"{in_points(CodePointSet.of(*highs))}{in_points(lows)}" for lows, highs in lows_of.items()
    ]
    if whole:
        branches.append(f"{in_points(CodePointSet.from_ranges(whole))}{_LOW_CLASS}")
    return branches
