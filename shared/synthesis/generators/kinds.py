"""Values of a column's kind that have nothing to do with any source: from numbers alone. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from shared.synthesis.generators.limits import Limits
from shared.synthesis.generators.wording import cut
from shared.synthesis.keys.chance import U64, mixed
from shared.synthesis.schema import Column, Kind

#: New texts for numbers of 64 bits, which are as good as random.
Draw = Callable[[U64], list[str]]

#: Where a column says no more, whole numbers and others are up to here.
_MOST: Final = 1_000
_FIRST_DAY: Final = date(2000, 1, 1)
_DAYS: Final = 9_131  # to the end of 2024
_SECONDS: Final = 86_400

#: By what the name of a type holds, of kinds that only the database understands.
_OTHERS: Final[tuple[tuple[str, Callable[[int], str]], ...]] = (
    ("interval", lambda number: f"{number % 365} days"),
    ("inet", lambda number: f"10.{number % 256}.{number // 256 % 256}.{number // 65_536 % 256}"),
    ("cidr", lambda number: f"10.{number % 256}.{number // 256 % 256}.0/24"),
    ("macaddr8", lambda number: f"02:00:{_hex_pairs(number, 6)}"),
    ("macaddr", lambda number: f"02:{_hex_pairs(number, 5)}"),
    ("money", lambda number: f"{number % 100_000 / 100:.2f}"),
    ("point", lambda number: f"({number % 360 - 180},{number // 360 % 180 - 90})"),
    ("tsvector", lambda number: f"'word{number % 1_000}'"),
    ("xml", lambda number: f"<value>{number % 1_000}</value>"),
    ("hstore", lambda _: ""),
    ("range", lambda _: "empty"),
    ("year", lambda number: str(2000 + number % 25)),
)


def draw_of(column: Column, limits: Limits, words: Sequence[str]) -> Draw | None:
    """How values of a column are drawn; None: nothing is known that it could hold.

    :param limits: of the conditions of its table.
    :param words: that texts are made of.
    """
    if limits.values:
        allowed = limits.values
        return lambda numbers: [allowed[place] for place in _below(numbers, len(allowed))]
    is_day = column.kind in (Kind.DATE, Kind.TIMESTAMP)
    start, days = _days(limits) if is_day else (_FIRST_DAY, _DAYS)
    draws: dict[Kind, Draw | None] = {
        Kind.INTEGER: lambda numbers: _integers(numbers, limits),
        Kind.NUMBER: lambda numbers: _decimals(numbers, column, limits),
        Kind.TEXT: lambda numbers: _texts(numbers, column, words),
        # Databases without a type of their own for it take these too.
        Kind.BOOLEAN: lambda numbers: [str(each) for each in _below(numbers, 2)],
        Kind.DATE: lambda numbers: [
            (start + timedelta(days=day)).isoformat() for day in _below(numbers, days)
        ],
        Kind.TIME: lambda numbers: [_time(second) for second in _below(numbers, _SECONDS)],
        Kind.TIMESTAMP: lambda numbers: _timestamps(numbers, column, start, days),
        Kind.UUID: _uuids,
        Kind.JSON: lambda numbers: ["{}"] * len(numbers),
        Kind.BINARY: lambda numbers: _binaries(numbers, column),
        Kind.ENUM: _labels(column),
        Kind.ARRAY: lambda numbers: ["{}"] * len(numbers),
        Kind.OTHER: _others(column),
    }
    return draws[column.kind]


def _below(numbers: U64, size: int) -> list[int]:
    drawn: list[int] = (numbers % np.uint64(size)).tolist()
    return drawn


def _integers(numbers: U64, limits: Limits) -> list[str]:
    low, high = _span(limits, 1)
    return [str(low + each) for each in _below(numbers, high - low + 1)]


def _decimals(numbers: U64, column: Column, limits: Limits) -> list[str]:
    scale = 2 if column.scale is None else column.scale
    low, high = _span(limits, 10**scale)
    return [f"{Decimal(low + each).scaleb(-scale):f}" for each in _below(numbers, high - low + 1)]


def _span(limits: Limits, unit: int) -> tuple[int, int]:
    """From where to where, in steps of 1 to a unit."""
    least = None if limits.low is None else int((limits.low * unit).to_integral_value())
    most = None if limits.high is None else int((limits.high * unit).to_integral_value())
    low = unit if least is None or least < unit else least
    if most is not None and most < low:
        low = most if least is None else least
    high = low + (_MOST - 1) * unit
    return low, high if most is None else max(low, min(high, most))


def _days(limits: Limits) -> tuple[date, int]:
    """The first day, and how many there are."""
    if limits.low is None and limits.high is None:
        return _FIRST_DAY, _DAYS
    low = _FIRST_DAY.toordinal() if limits.low is None else int(limits.low)
    high = low + _DAYS if limits.high is None else int(limits.high)
    low = low if low <= high else high - _DAYS
    return date.fromordinal(low), min(_DAYS, high - low + 1)


def _texts(numbers: U64, column: Column, words: Sequence[str]) -> list[str]:
    if not words or (column.length is not None and column.length < 4):
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        length = column.length if column.length is not None and column.length < 4 else 8
        parts = [_below(mixed(numbers, place), 26) for place in range(length)]
        return ["".join(letters[each] for each in word) for word in zip(*parts, strict=True)]
    return [cut(words[place], column.length) for place in _below(numbers, len(words))]


def _time(second: int) -> str:
    return f"{second // 3_600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


def _timestamps(numbers: U64, column: Column, first: date, days: int) -> list[str]:
    kind = column.type.lower()
    is_zoned = "with time zone" in kind or "timestamptz" in kind or "offset" in kind
    start = datetime(first.year, first.month, first.day)
    return [
        f"{start + timedelta(seconds=second)}{'+00:00' if is_zoned else ''}"
        for second in _below(numbers, days * _SECONDS)
    ]


def _uuids(numbers: U64) -> list[str]:
    return [
        _uuid(f"{one:016x}{other:016x}")
        for one, other in zip(numbers.tolist(), mixed(numbers, 1).tolist(), strict=True)
    ]


def _uuid(digits: str) -> str:
    """Of version 4."""
    return (
        f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-"
        f"{'89ab'[int(digits[16], 16) % 4]}{digits[17:20]}-{digits[20:]}"
    )


def _binaries(numbers: U64, column: Column) -> list[str]:
    # PostgreSQL's form, which is that of SQLite too, whose types are written in capitals.
    prefix = "\\x" if column.type == "bytea" or column.type.isupper() else ""
    digits = 2 * min(8, column.length or 8)
    return [prefix + f"{each:016x}"[:digits] for each in numbers.tolist()]


def _labels(column: Column) -> Draw | None:
    if not column.labels:
        return None
    return lambda numbers: [column.labels[place] for place in _below(numbers, len(column.labels))]


def _others(column: Column) -> Draw | None:
    kind = column.type.lower()
    write = next((write for name, write in _OTHERS if name in kind), None)
    if write is None:
        return None
    return lambda numbers: [write(each) for each in numbers.tolist()]


def _hex_pairs(number: int, count: int) -> str:
    return ":".join(f"{number >> 8 * place & 255:02x}" for place in range(count))
