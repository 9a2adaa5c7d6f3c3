"""Which letters and digits stand for each other when a text keeps its form. Pure.

Of ASCII the digits are one alphabet and the letters another. Beyond it, the letters and the digits
of each 128 code points of Unicode are. A capital letter has the number of its small one, so case
stays where it is, and texts that differ in case alone become texts that differ in case alone.
"""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

#: No alphabet has more letters.
LARGEST: Final = 128

_BLOCK: Final = 128
_HEX: Final = "0123456789abcdef"


@dataclass(frozen=True)
class Alphabets:
    """By code point: how many letters its alphabet has (1: it stays), and which of them it is.

    :param starts: where the alphabet begins within ``small`` and ``large``, which list the code
        points of all alphabets one after the other.
    """

    sizes: npt.NDArray[np.uint16]
    numbers: npt.NDArray[np.uint16]
    starts: npt.NDArray[np.int32]
    is_large: npt.NDArray[np.bool_]
    small: npt.NDArray[np.uint32]
    large: npt.NDArray[np.uint32]


@cache
def ascii_only() -> Alphabets:
    """Of the first 128 code points."""
    return _table([_pairs("0123456789"), _pairs("abcdefghijklmnopqrstuvwxyz")], 128)


@cache
def hexadecimal() -> Alphabets:
    """Of the first 128 code points, where digits and the letters to F are one alphabet."""
    return _table([_pairs(_HEX)], 128)


@cache
def everything() -> Alphabets:
    """Of all code points."""
    groups: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for point in range(_BLOCK, sys.maxunicode + 1):
        character = chr(point)
        category = unicodedata.category(character)
        if category[0] != "L" and category != "Nd":
            continue
        # A capital letter of another block may be one that the database cannot write.
        other = character.upper() if category == "Ll" else character.lower()
        is_pair = len(other) == 1 and other != character and ord(other) // _BLOCK == point // _BLOCK
        if is_pair and category == "Ll" and other.lower() == character:
            groups.setdefault((point // _BLOCK, "cased"), []).append((point, ord(other)))
            continue
        if is_pair and category == "Lu" and other.upper() == character:
            continue
        groups.setdefault((point // _BLOCK, category), []).append((point, point))
    basic = [_pairs("0123456789"), _pairs("abcdefghijklmnopqrstuvwxyz")]
    return _table([*basic, *groups.values()], sys.maxunicode + 1)


def _pairs(characters: str) -> list[tuple[int, int]]:
    return [(ord(each), ord(each.upper())) for each in characters]


def _table(alphabets: list[list[tuple[int, int]]], points: int) -> Alphabets:
    sizes = np.ones(points, dtype=np.uint16)
    numbers = np.zeros(points, dtype=np.uint16)
    starts = np.zeros(points, dtype=np.int32)
    is_large = np.zeros(points, dtype=np.bool_)
    small: list[int] = []
    large: list[int] = []
    for letters in alphabets:
        if len(letters) > 1:
            for number, (one, other) in enumerate(letters):
                for point in (one, other):
                    sizes[point] = len(letters)
                    numbers[point] = number
                    starts[point] = len(small)
                is_large[other] = one != other
            small += [one for one, _ in letters]
            large += [other for _, other in letters]
    return Alphabets(
        sizes, numbers, starts, is_large, np.array(small, np.uint32), np.array(large, np.uint32)
    )
