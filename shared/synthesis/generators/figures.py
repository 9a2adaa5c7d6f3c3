"""Numbers that carry digits to check them by: made up by their place in an order, all valid. Pure.

The n-th number of a kind is different from all others, so what is unique stays so by construction.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from stdnum import luhn
from stdnum.es import ccc
from stdnum.iban import _ibandb

_PART: Final = re.compile(r"(\d+)!([nac])")
_ALPHABETS: Final = {
    "n": "0123456789",
    "a": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "c": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
}
_MOST: Final = 2**62
#: Has no divisor in common with any number of letters, so products of it are a permutation.
_SPREAD: Final = 1_181_783_497_276_652_981

#: How numbers of a brand begin, and how long they are.
_BRANDS: Final = (
    (re.compile(r"3[47]"), "37", 15),
    (re.compile(r"5[1-5]"), "5", 16),
    (re.compile(r"6011|65"), "6011", 16),
    (re.compile(r""), "4", 16),
)


@dataclass(frozen=True)
class Figure:
    """A kind of numbers.

    :param size: how many there are.
    :param write: the n-th, from 0 on.
    """

    size: int
    write: Callable[[int], str]


@lru_cache(maxsize=256)
def account(country: str) -> Figure:
    """Account numbers of a country (ISO 13616); of one that has none, German ones."""
    form = _bban(country)
    if not form:
        country, form = "DE", _bban("DE")
    if country in ("BE", "ES"):
        form = "n" * (10 if country == "BE" else 18)

    size = _size(form)

    def write(number: int) -> str:
        filled = _filled(form, number * _SPREAD % size)
        if country == "BE":
            filled += f"{int(filled) % 97 or 97:02d}"
        elif country == "ES":
            bank, rest = filled[:8], filled[8:]
            filled = bank + ccc.calc_check_digits(f"{bank}00{rest}") + rest
        return country + _check_digits(country, filled) + filled

    return Figure(size, write)


@lru_cache(maxsize=16)
def _card(prefix: str, length: int) -> Figure:
    free = length - 1 - len(prefix)

    def write(number: int) -> str:
        # The second digit of a MasterCard is none of all ten.
        head = f"{prefix}{number:0{free}d}"
        if prefix == "5":
            head = f"5{int(head[1]) % 5 + 1}{head[2:]}"
        return head + str(luhn.calc_check_digit(head))

    return Figure(10**free // (2 if prefix == "5" else 1), write)


def card(like: str) -> Figure:
    """Numbers of payment cards (ISO/IEC 7812) of the brand of another one."""
    return next(_card(prefix, length) for begins, prefix, length in _BRANDS if begins.match(like))


def _write_social(number: int) -> str:
    number, area = divmod(number, 100)
    serial, group = divmod(number, 99)
    return f"{900 + area}-{group + 1:02d}-{serial % 9_999 + 1:04d}"


#: Of the form of the United States' social security, of areas that are never assigned.
SOCIAL: Final = Figure(100 * 99 * 9_999, _write_social)


def written_like(pattern: str, digits: str) -> str:
    """Digits and letters with the blanks and hyphens of another number, as far as these go."""
    parts: list[str] = []
    at = 0
    for character in pattern:
        if character.isalnum():
            parts.append(digits[at : at + 1])
            at += 1
        elif at < len(digits):
            parts.append(character)
    return "".join(parts) + digits[at:]


@lru_cache(maxsize=256)
def _bban(country: str) -> str:
    """The kind of each letter behind country and check digits; empty for no country of theirs."""
    info = _ibandb.info(f"{country}00")[0][1]
    return "".join(kind * int(count) for count, kind in _PART.findall(info.get("bban", "")))


def _size(form: str) -> int:
    size = 1
    for kind in form:
        size *= len(_ALPHABETS[kind])
    return min(size, _MOST)


def _filled(form: str, number: int) -> str:
    if _size(form) == _MOST:
        # Further letters are not all zero, and make no two numbers the same.
        number += _MOST * (number * _SPREAD % 2**89)
    filled: list[str] = []
    for kind in reversed(form):
        alphabet = _ALPHABETS[kind]
        number, digit = divmod(number, len(alphabet))
        filled.append(alphabet[digit])
    return "".join(reversed(filled))


def _check_digits(country: str, bban: str) -> str:
    read = int("".join(str(int(each, 36)) for each in f"{bban}{country}00"))
    return f"{98 - read % 97:02d}"
