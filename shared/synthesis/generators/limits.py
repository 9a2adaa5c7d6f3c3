"""What conditions of a table say of one column, as far as they are plain to read. Pure.

Read are comparisons with a constant, BETWEEN and lists of constants, joined by AND; in PostgreSQL's
spelling of them too. A condition of any other form says nothing here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from shared.synthesis.schema import Column, Table

_NAME: Final = r"[(\s]*[\"`\[]?(?P<name>\w+)[\"`\]]?[)\s]*(?:::[\w ]+?(?:\(\d+\))?)?[)\s]*"
_CONSTANT: Final = r"[(\s]*'?(-?[\d.]+)'?[)\s]*(?:::[\w ]+)?[)\s]*"
_COMPARED: Final = re.compile(rf"{_NAME}(>=|<=|>|<){_CONSTANT}", re.IGNORECASE)
_BETWEEN: Final = re.compile(rf"{_NAME}\s+BETWEEN\s+{_CONSTANT}\s+AND\s+{_CONSTANT}", re.IGNORECASE)
_LISTED: Final = re.compile(
    rf"{_NAME}(?:IN\s*\(|=\s*ANY\s*\(+\s*ARRAY\s*\[)(?P<list>.*?)[\])].*", re.IGNORECASE | re.DOTALL
)
_TEXT: Final = re.compile(r"'((?:[^']|'')*)'|(?<![\w'])(-?\d+(?:\.\d+)?)(?![\w'])")
_AND: Final = re.compile(r"\bAND\b", re.IGNORECASE)
_BETWEEN_AND: Final = re.compile(r"\bBETWEEN\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The numbers between which values are, and the values that they are of; None: not said.

    ``low`` and ``high`` are values themselves, of whole numbers; of others, none may lie on one.
    """

    low: Decimal | None = None
    high: Decimal | None = None
    values: tuple[str, ...] | None = None


def limits_of(table: Table, column: Column) -> Limits:
    """What all conditions of a table say of a column, and what its type does."""
    low = None if column.lowest is None else Decimal(column.lowest)
    high = None if column.highest is None else Decimal(column.highest)
    if column.precision is not None:
        most = (Decimal(10) ** column.precision - 1) / Decimal(10) ** (column.scale or 0)
        low = -most if low is None else max(low, -most)
        high = most if high is None else min(high, most)
    values: tuple[str, ...] | None = None
    for check in table.checks:
        if column.name not in check.columns:
            continue
        listed = _LISTED.fullmatch(check.expression.strip())
        if listed and listed["name"] == column.name:
            values = tuple(
                text.replace("''", "'") or figure for text, figure in _TEXT.findall(listed["list"])
            )
            continue
        for name, sign, constant in _comparisons(check.expression):
            if name != column.name:
                continue
            if sign in (">", ">="):
                least = _beyond(constant, column, 1) if sign == ">" else constant
                low = least if low is None else max(low, least)
            else:
                most = _beyond(constant, column, -1) if sign == "<" else constant
                high = most if high is None else min(high, most)
    return Limits(low=low, high=high, values=values)


def _comparisons(expression: str) -> list[tuple[str, str, Decimal]]:
    found = _BETWEEN.fullmatch(expression.strip())
    if found:
        name, low, high = found["name"], found[2], found[3]
        return _read([(name, ">=", low), (name, "<=", high)])
    if _BETWEEN_AND.search(expression):
        return []
    parts: list[tuple[str, str, str]] = []
    for part in _AND.split(expression):
        matched = _COMPARED.fullmatch(part.strip())
        if matched is None:
            return []
        parts.append((matched["name"], matched[2], matched[3]))
    return _read(parts)


def _read(parts: list[tuple[str, str, str]]) -> list[tuple[str, str, Decimal]]:
    try:
        return [(name, sign, Decimal(constant)) for name, sign, constant in parts]
    except InvalidOperation:
        return []


def _beyond(constant: Decimal, column: Column, by: int) -> Decimal:
    """The next value behind a constant that the column can hold."""
    step = Decimal(1).scaleb(-(column.scale or 0)) if column.scale is not None else Decimal(1)
    return constant + by * step
