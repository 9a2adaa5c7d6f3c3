"""What conditions of a table say of one column, as far as they are plain to read. Pure.

Read are comparisons with a constant, BETWEEN and lists of constants, joined by AND; in PostgreSQL's
spelling of them too, as ``shared.synthesis.conditions`` tells them. Of the parts of a condition
those that cannot be read say nothing here, and one with OR says nothing at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from shared.synthesis.conditions import LONGEST
from shared.synthesis.schema import Column, Kind, Table

_CAST: Final = re.compile(r"::[a-z ]+(?:\(\d+(?:,\d+)?\))?(?:\[\])?", re.IGNORECASE)
_QUOTED: Final = re.compile(r"'((?:[^']|'')*)'")
_OR: Final = re.compile(r"\b(?:OR|NOT|CASE)\b", re.IGNORECASE)
_AND: Final = re.compile(r"\s+AND\s+", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"(BETWEEN\s+\S+)\s+AND\s+", re.IGNORECASE)
_NAME: Final = r"[\"`\[]?(?P<name>\w+)[\"`\]]?"
#: A number, or the place of a text among those that were taken out of the condition.
_CONSTANT: Final = r"(-?\d+(?:\.\d+)?|\x00\d+)"
_COMPARED: Final = re.compile(rf"{_NAME}\s*(>=|<=|>|<|=)\s*{_CONSTANT}")
_WITHIN: Final = re.compile(rf"{_NAME}\s+BETWEEN\s+{_CONSTANT}\s+\.\.\s+{_CONSTANT}", re.I)
_LISTED: Final = re.compile(
    rf"{_NAME}\s*(?:\bIN\b|=\s*ANY\s*ARRAY\s*\[)\s*(?P<list>{_CONSTANT}(?:\s*,\s*{_CONSTANT})*)\s*\]?",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The numbers between which values are, and the values that they are of; None: not said.

    ``low`` and ``high`` are values themselves, of numbers with a known scale; of dates they are the
    first and the last day (1 is the first of the year 1).
    """

    low: Decimal | None = None
    high: Decimal | None = None
    values: tuple[str, ...] | None = None

    def hold(self, number: Decimal | int) -> bool:
        """Whether a number, or a day, lies between them."""
        return (self.low is None or number >= self.low) and (
            self.high is None or number <= self.high
        )


def limits_of(table: Table, column: Column) -> Limits:
    """What all conditions of a table say of a column, and what its type does."""
    low = None if column.lowest is None else Decimal(column.lowest)
    high = None if column.highest is None else Decimal(column.highest)
    if column.precision is not None and column.kind is Kind.NUMBER:
        most = (Decimal(10) ** column.precision - 1) / Decimal(10) ** (column.scale or 0)
        low = -most if low is None else max(low, -most)
        high = most if high is None else min(high, most)
    values: tuple[str, ...] | None = None
    for check in table.checks:
        if column.name not in check.columns or len(check.expression) > LONGEST:
            continue
        for name, sign, constants in _parts(check.expression):
            if name != column.name:
                continue
            if sign == "in":
                values = constants
                continue
            constant = _number(constants[0], column)
            if constant is None:
                continue
            if sign in (">", ">="):
                least = _beyond(constant, column, 1) if sign == ">" else constant
                low = least if low is None else max(low, least)
            else:
                most = _beyond(constant, column, -1) if sign == "<" else constant
                high = most if high is None else min(high, most)
    return Limits(low=low, high=high, values=values)


def _number(constant: str, column: Column) -> Decimal | None:
    try:
        if column.kind in (Kind.DATE, Kind.TIMESTAMP):
            return Decimal(date.fromisoformat(constant[:10]).toordinal())
        return Decimal(constant)
    except (InvalidOperation, ValueError):
        return None


def _parts(expression: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """The comparisons of a condition: a column, a sign (``in`` for a list), and constants."""
    texts: list[str] = []

    def take_out(found: re.Match[str]) -> str:
        texts.append(found[1].replace("''", "'"))
        return f"\0{len(texts) - 1}"

    bare = re.sub(r"[()]", " ", _CAST.sub("", _QUOTED.sub(take_out, expression)))
    bare = re.sub(r"^\s*check\b", "", bare, flags=re.IGNORECASE)
    if _OR.search(bare):
        return []
    parts: list[tuple[str, str, tuple[str, ...]]] = []

    def constant(read: str) -> str:
        return texts[int(read[1:])] if read.startswith("\0") else read

    for part in _AND.split(_BETWEEN.sub(r"\1 .. ", " ".join(bare.split()))):
        if compared := _COMPARED.fullmatch(part.strip()):
            sign = "in" if compared[2] == "=" else compared[2]
            parts.append((compared["name"], sign, (constant(compared[3]),)))
        elif within := _WITHIN.fullmatch(part.strip()):
            parts.append((within["name"], ">=", (constant(within[2]),)))
            parts.append((within["name"], "<=", (constant(within[3]),)))
        elif listed := _LISTED.fullmatch(part.strip()):
            read = re.split(r"\s*,\s*", listed["list"].strip())
            parts.append((listed["name"], "in", tuple(map(constant, read))))
    return parts


def _beyond(constant: Decimal, column: Column, by: int) -> Decimal:
    """The next value behind a constant that the column can hold."""
    step = Decimal(1).scaleb(-(column.scale or 0)) if column.scale is not None else Decimal(1)
    return constant + by * step
