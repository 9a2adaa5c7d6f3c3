"""Values of a column's kind by their place in an order: all different. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil, floor
from typing import Final

import numpy as np

from shared.synthesis.generators.limits import Limits
from shared.synthesis.generators.wording import numbered
from shared.synthesis.keys.permutation import Permutation
from shared.synthesis.keys.texts import FormPreserving
from shared.synthesis.schema import Column, Kind

#: New texts for places from 0 on.
Serial = Callable[[Sequence[int]], list[str]]

_START: Final = datetime(2000, 1, 1)
_SECONDS: Final = 86_400
_DAYS: Final = (date.max - _START.date()).days


def serial_of(
    column: Column, limits: Limits, words: Sequence[str], secret: bytes, count: int
) -> Serial | None:
    """How different values of a column are written; None: its kind has none, or not so many."""
    choices = limits.values or column.labels
    if column.kind is Kind.BOOLEAN:
        choices = ("0", "1")
    if choices:
        return None if count > len(choices) else _chosen(choices, secret, str(column.name))
    if column.kind in (Kind.INTEGER, Kind.NUMBER):
        return _counted(column, limits, count)
    if column.kind is Kind.TEXT:
        return lambda places: [
            numbered(words[place % len(words)] if words else "", place + 1, column.length)
            for place in places
        ]
    if column.kind is Kind.TIME and count <= _SECONDS * 1_000:
        # Seconds while they do, then thousandths of them.
        unit = 1 if count <= _SECONDS else 1_000
        return lambda places: [_time(place, unit) for place in places]
    if column.kind is Kind.DATE and count <= _DAYS:
        return lambda places: [
            (_START.date() + timedelta(days=place)).isoformat() for place in places
        ]
    if column.kind is Kind.TIMESTAMP:
        return lambda places: [str(_START + timedelta(minutes=place)) for place in places]
    if column.kind is Kind.UUID:
        form = FormPreserving(secret, "serial", column.name)
        return lambda places: form([f"00000000-0000-4000-8000-{place:012x}" for place in places])
    return None


def _time(place: int, unit: int) -> str:
    second, part = divmod(place, unit)
    written = f"{second // 3_600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    return f"{written}.{part:03d}" if unit > 1 else written


def _counted(column: Column, limits: Limits, count: int) -> Serial | None:
    """Whole numbers, or where they do not fit, numbers with all digits behind the point."""
    scales = [0]
    if column.kind is Kind.NUMBER and column.scale:
        scales.append(column.scale)
    for scale in scales:
        unit = 10**scale
        least = None if limits.low is None else ceil(limits.low * unit)
        most = None if limits.high is None else floor(limits.high * unit)
        low = 1 if least is None else max(1, least)
        if most is not None and low + count - 1 > most:
            low = most - count + 1
        if least is None or low >= least:
            first, behind = low, scale
            return lambda places: [f"{Decimal(first + each).scaleb(-behind):f}" for each in places]
    return None


def _chosen(choices: Sequence[str], secret: bytes, name: str) -> Serial:
    order = Permutation(len(choices), secret, "choices", name)
    return lambda places: [
        choices[place] for place in order(np.array(places, np.uint64) % len(choices)).tolist()
    ]
