"""Dates and times as keys: all of a domain are moved by the same number of days. Pure.

Days are those of the proleptic Gregorian calendar, as in ISO 8601. Within the range of years that
all types of the domain can hold the calendar is a circle, so that no key falls out of it and no two
fall together; what lies outside (infinity, years before Christ) stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from shared.synthesis.keys.chance import words

_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?=$|[T ])(?!.*BC)")

#: By what a type's name holds: the first and the last day that every database with it can write.
_RANGES: Final = (
    ("smalldatetime", date(1900, 1, 1), date(2079, 6, 5)),
    ("datetime2", date(1, 1, 1), date(9999, 12, 31)),
    ("datetimeoffset", date(1, 1, 2), date(9999, 12, 30)),
    ("datetime", date(1753, 1, 1), date(9999, 12, 31)),
)
#: MySQL's, which has no further words; others say ``timestamp without time zone``.
_TIMESTAMP: Final = re.compile(r"timestamp(\(\d\))?$")
_UNIX: Final = (date(1970, 1, 2), date(2038, 1, 18))
#: The range of all others, in which dates also have four digits.
_ALL: Final = (date(1, 1, 2), date(9999, 12, 30))

#: By so many days at least and at most.
_LEAST, _MOST = 31, 3_650


class Shifted:
    """A permutation of dates, or of times with a date in front, which moves them by whole days.

    :param types: those of the columns, as the database writes them.
    :param keep: values that stay; a value that falls on one of them moves on once more.
    """

    def __init__(
        self, secret: bytes, *names: str, types: Sequence[str] = (), keep: Collection[str] = ()
    ) -> None:
        ranges = [_range(each.lower()) for each in types] or [_ALL]
        self._first = max(low for low, _ in ranges).toordinal()
        self._days = min(high for _, high in ranges).toordinal() - self._first + 1
        drawn = words(secret, *names, count=1)[0]
        self._by = _LEAST + drawn % (_MOST - _LEAST)
        if drawn >> 63:
            self._by = -self._by
        self._keep = frozenset(keep)

    def __call__(self, values: Sequence[str]) -> list[str]:
        """New moments for old ones, in their order."""
        memory: dict[str, str] = {}
        drawn: list[str] = []
        for value in values:
            day = value[:10]
            moved = memory.get(day) if len(value) == 10 else None
            if moved is None:
                moved = self._one(value)
                if len(value) == 10:
                    memory[day] = moved
            drawn.append(moved)
        return drawn

    def _one(self, value: str) -> str:
        if value in self._keep:
            return value
        moved = self._moved(value)
        while moved in self._keep:
            moved = self._moved(moved)
        return moved

    def _moved(self, value: str) -> str:
        found = _DAY.match(value)
        if found is None:
            return value
        try:
            day = date(*map(int, found.groups())).toordinal() - self._first
        except ValueError:
            return value  # MySQL's 0000-00-00
        if not 0 <= day < self._days:
            return value
        moved = date.fromordinal((day + self._by) % self._days + self._first)
        return moved.isoformat() + value[10:]


def _range(kind: str) -> tuple[date, date]:
    if _TIMESTAMP.match(kind):
        return _UNIX
    return next(((low, high) for name, low, high in _RANGES if name in kind), _ALL)
