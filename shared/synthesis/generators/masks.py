"""Values near those of the source, or in their form. Pure.

A mask of a *form* is one to one: digits for digits, letters for letters, a day of the same year, a
time of another second. *Noise* is not: two values may become one, though the same value always
becomes the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

import numpy as np

from shared.synthesis.generators.limits import Limits
from shared.synthesis.keys.chance import derived, hash_of
from shared.synthesis.keys.integers import Tiers
from shared.synthesis.keys.permutation import Permutation
from shared.synthesis.keys.ranks import integers
from shared.synthesis.keys.texts import FormPreserving
from shared.synthesis.schema import Column, Kind

#: New values for old ones, none of them null.
Mask = Callable[[Sequence[str]], list[str]]

_DECIMAL: Final = re.compile(r"(-?)(\d+)(?:\.(\d*))?")
_MOMENT: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})?([T ]?)(?:(\d{2}):(\d{2}):(\d{2}))?(.*)", re.DOTALL
)
_TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(.*)", re.DOTALL)
_SECONDS: Final = 86_400
_NO_LIMITS: Final = Limits()
#: The whole numbers of each count of digits change among themselves.
_DECADES: Final = tuple(10**digits - 1 for digits in range(1, 19))


def form_preserving(
    column: Column, secret: bytes, scope: str, limits: Limits = _NO_LIMITS
) -> Mask | None:
    """A mask of a column's form; None: its kind has none.

    :param scope: what it is keyed by besides the secret: the same scope gives the same mask.
    :param limits: of the conditions of its table; values that met them go on to meet them.
    """
    if limits.values is not None:
        return _among(limits.values, secret, scope)
    if column.kind is Kind.INTEGER:
        return _whole(column, secret, scope, limits)
    if column.kind is Kind.NUMBER:
        return _decimal(column, secret, scope, limits)
    if column.kind in (Kind.TEXT, Kind.UUID):
        return FormPreserving(secret, "form", scope)
    if column.kind in (Kind.DATE, Kind.TIMESTAMP, Kind.TIME):
        return _Moments(secret, scope, limits)
    return None


def _among(allowed: Sequence[str], secret: bytes, scope: str) -> Mask:
    """Of a few values one for the other; what is none of them stays."""
    order = Permutation(len(allowed), secret, "among", scope)
    places = order(np.arange(len(allowed), dtype=np.uint64)).tolist()
    new = {value: allowed[place] for value, place in zip(allowed, places, strict=True)}
    return lambda values: [new.get(value, value) for value in values]


def _whole(column: Column, secret: bytes, scope: str, limits: Limits) -> Mask:
    low = -(2**63) if column.lowest is None else column.lowest
    high = 2**63 - 1 if column.highest is None else column.highest
    edges = {edge for digits in _DECADES for edge in (digits, -digits)}
    if limits.low is not None:
        # Below the least number that may be, and up to it, are different tiers.
        edges |= {int(limits.low) - 1, int(limits.low)}
    if limits.high is not None:
        edges |= {int(limits.high), int(limits.high) + 1}
    tiers = Tiers(
        secret,
        "form",
        scope,
        lowest=[low, *(each for each in sorted(edges) if low < each < 0)],
        highest=[high, *(each for each in sorted(edges) if 0 < each < high)],
    )

    def mask(values: Sequence[str]) -> list[str]:
        numbers, is_number = integers(values)
        drawn = list(map(str, tiers(numbers).tolist()))
        for place in np.flatnonzero(~is_number).tolist():
            drawn[place] = values[place]
        return drawn

    return mask


def _decimal(column: Column, secret: bytes, scope: str, limits: Limits) -> Mask:
    """The whole part among numbers of its length, the fraction digit for digit."""
    whole = _whole(
        Column(name="", type="", kind=Kind.INTEGER), secret, f"{scope} whole", _NO_LIMITS
    )
    fraction = FormPreserving(secret, "form", scope, "fraction")
    is_free = limits.low is None and limits.high is None

    def mask(values: Sequence[str]) -> list[str]:
        parts = [_DECIMAL.fullmatch(_without_exponent(value)) for value in values]
        wholes = whole([part[2] if part else "0" for part in parts])
        fractions = fraction([(part[3] or "") if part else "" for part in parts])
        drawn: list[str] = []
        for value, part, new, behind in zip(values, parts, wholes, fractions, strict=True):
            if part is None:
                drawn.append(value)
                continue
            point = "." if behind else ""
            # The first of these that the table's conditions let be.
            for one, other in ((new, behind), (part[2], behind), (new, part[3] or "")):
                moved = f"{part[1]}{one}{point}{other}"
                if is_free or limits.hold(Decimal(moved)):
                    break
            else:
                moved = value
            drawn.append(moved)
        return drawn

    del column
    return mask


def _without_exponent(value: str) -> str:
    if "e" not in value and "E" not in value:
        return value
    try:
        return f"{Decimal(value):f}"
    except InvalidOperation:
        return value


class _Moments:
    """Another day of the same year, and another second of the day."""

    def __init__(self, secret: bytes, scope: str, limits: Limits) -> None:
        self._limits = limits
        self._secret = derived(secret, "form", scope)
        self._seconds = Permutation(_SECONDS, self._secret, "seconds")
        self._year = lru_cache(maxsize=512)(self._days_of)

    def __call__(self, values: Sequence[str]) -> list[str]:
        drawn: list[str] = []
        memory: dict[str, str] = {}
        read = [_MOMENT.fullmatch(value) for value in values]
        seconds = np.array(
            [
                int(part[3]) * 3_600 + int(part[4]) * 60 + int(part[5]) if part and part[3] else 0
                for part in read
            ],
            dtype=np.uint64,
        )
        # A leap second, and 24:00:00, stay.
        moved = np.where(
            seconds < _SECONDS, self._seconds(seconds % np.uint64(_SECONDS)), seconds
        ).tolist()
        for value, part, second in zip(values, read, moved, strict=True):
            if part is None or "BC" in value:
                drawn.append(value)
                continue
            day = part[1] or ""
            if day and day not in memory:
                memory[day] = self._day(day)
            time = ""
            if part[3]:
                time = f"{second // 3_600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
            drawn.append(f"{memory[day] if day else ''}{part[2]}{time}{part[6]}")
        return drawn

    def _day(self, day: str) -> str:
        try:
            read = date.fromisoformat(day)
        except ValueError:
            return day
        first = date(read.year, 1, 1)
        moved = first + timedelta(days=self._year(read.year)[(read - first).days])
        return moved.isoformat() if self._limits.hold(moved.toordinal()) else day

    def _days_of(self, year: int) -> list[int]:
        days = date(year, 12, 31).timetuple().tm_yday
        moved: list[int] = Permutation(days, self._secret, str(year))(
            np.arange(days, dtype=np.uint64)
        ).tolist()
        return moved


def noise(
    column: Column, limits: Limits, secret: bytes, scope: str, *, share: float, days: int
) -> Mask | None:
    """A mask that moves numbers and dates a little; None: the kind has no near and far.

    :param share: of a number, by how much of itself it moves at most.
    :param days: by how many days a date or time moves at most.
    """
    key = derived(secret, "noise", scope)
    if column.kind in (Kind.INTEGER, Kind.NUMBER):
        return lambda values: [_moved_number(each, column, limits, key, share) for each in values]
    if column.kind in (Kind.DATE, Kind.TIMESTAMP):
        return lambda values: [_moved_day(each, key, days, limits) for each in values]
    if column.kind is Kind.TIME:
        return lambda values: [_moved_time(each, key) for each in values]
    return None


def _moved_number(value: str, column: Column, limits: Limits, key: bytes, share: float) -> str:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if not number.is_finite():
        return value
    by = Decimal(hash_of(key, f"{number.normalize():f}") / 2**63 - 1) * Decimal(share)
    exponent = number.as_tuple().exponent
    digits = max(0, -exponent) if isinstance(exponent, int) else 0
    digits = 0 if column.kind is Kind.INTEGER else digits if column.scale is None else column.scale
    step = Decimal(1).scaleb(-digits)
    moved = number + number * by
    if limits.low is not None:
        moved = max(moved, limits.low)
    if limits.high is not None:
        moved = min(moved, limits.high)
    # Rounding may not lead over a limit, which has no more digits than the column.
    written = moved.quantize(step) if abs(moved) < Decimal(10) ** (26 - digits) else moved
    return f"{written:f}"


def _moved_day(value: str, key: bytes, days: int, limits: Limits) -> str:
    try:
        day = date.fromisoformat(value[:10]).toordinal()
    except ValueError:
        return value
    if "BC" in value or days < 1:
        return value
    drawn = hash_of(key, value[:10]) % (2 * days)
    by = drawn - days if drawn < days else drawn - days + 1  # never by none
    for moved in (day + by, day - by):
        if 1 <= moved <= date.max.toordinal() and limits.hold(moved):
            return date.fromordinal(moved).isoformat() + value[10:]
    return value


def _moved_time(value: str, key: bytes) -> str:
    """Another time within the hours around, of the same day."""
    found = _TIME.fullmatch(value)
    if found is None:
        return value
    second = int(found[1]) * 3_600 + int(found[2]) * 60 + int(found[3])
    by = hash_of(key, value) % 7_200 - 3_600
    moved = second + (by or 1)
    moved = moved if 0 <= moved < _SECONDS else second - by
    return f"{moved // 3_600:02d}:{moved // 60 % 60:02d}:{moved % 60:02d}{found[4]}"
