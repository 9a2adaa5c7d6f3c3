"""The Unicode data of the Java version that is the reference, recorded in ``tables.json``.

``tests/unit/shared/javaregex/RecordTables.java`` writes the file and describes its notation.
Nothing is read before it is asked for, and each set is decoded once.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from shared.javaregex.codepoints import CodePointSet, Range


@cache
def _tables() -> dict[str, Any]:
    text = files("shared.javaregex").joinpath("tables.json").read_text("ascii")
    tables: dict[str, Any] = json.loads(text)
    return tables


@cache
def _decode(section: str, name: str | None = None) -> CodePointSet:
    text: str = _tables()[section][name] if name is not None else _tables()[section]
    numbers = [int(number, 36) for number in text.split()]
    ranges: list[Range] = []
    position = 0
    for gap, length in zip(numbers[::2], numbers[1::2], strict=True):
        start = position + gap
        position = start + length
        ranges.append((start, position - 1))
    return CodePointSet(tuple(ranges))


@cache
def category(*names: str) -> CodePointSet:
    """Everything whose general category is one of ``names`` (two letters each)."""
    return CodePointSet.union(_decode("category", name) for name in names)


def binary(name: str) -> CodePointSet:
    """The code points for which ``Character.is<name>`` holds."""
    return _decode("binary", name)


def cluster_type(name: str) -> CodePointSet:
    """The code points of one type in the rules for extended grapheme clusters."""
    return _decode("cluster", name)


def script(name: str) -> CodePointSet | None:
    """A script by its name or ISO code in any case, as ``UnicodeScript.forName`` finds it."""
    key = name.upper()
    key = _tables()["script_names"].get(key, key)
    return _decode("script", key) if key in _tables()["script"] else None


def block(name: str) -> CodePointSet | None:
    """A block by any of its names in any case, as ``UnicodeBlock.forName`` finds it."""
    key = name.upper()
    key = _tables()["block_names"].get(key, key)
    return _decode("block", key) if key in _tables()["block"] else None


def block_of(character: int) -> str | None:
    """The name of the block in which a code point stands."""
    return next((name for name in _tables()["block"] if character in _decode("block", name)), None)


def is_assigned(character: int) -> bool:
    """Whether the code point is taken in Java's version of Unicode."""
    return character not in category("Cn")


def is_named_by_block(character: int) -> bool:
    """Whether Java names the code point after its block, as ``HANGUL SYLLABLES AC00``."""
    return character in _decode("named_by_block")


def control_character(name: str) -> int | None:
    """The control character that Java calls ``name``."""
    code = _tables()["control_names"].get(name)
    return None if code is None else int(code, 16)


@cache
def case_mapping(name: str) -> dict[int, int]:
    """``Character.toUpperCase`` ("upper") or ``toLowerCase`` ("lower") where they change it."""
    numbers = [int(number, 36) for number in _tables()[name].split()]
    mapping: dict[int, int] = {}
    for start, length, step, delta in zip(*(numbers[i::4] for i in range(4)), strict=True):
        for c in range(start, start + length * step, step):
            mapping[c] = c + delta
    return mapping
