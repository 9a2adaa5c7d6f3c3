"""Decide which of the model's values are fit to store.

The order is promised: filter characters, trim, reject, and then deduplicate (here within one
answer; against all earlier ones in the database).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from shared.generation.exports import is_single_line
from shared.generation.reports import Reason
from shared.javaregex import JavaPattern, JavaRegexTimeout

#: Longest that filtering one value may take; longer makes the value unusable.
FILTER_SECONDS = 0.1


#: C0, DEL and C1 (Unicode's category Cc), without tab and the characters that break lines.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]")


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the request says of each value; lengths in code points."""

    max_value_length: int
    multiline: bool
    trim: bool
    unique: bool
    unwanted: JavaPattern | None


@dataclass(frozen=True, kw_only=True)
class Refined:
    """``values`` are fit, in the order said; so many others were repeats, or rejected."""

    values: list[str]
    repeated: int
    rejected: Counter[Reason]


class Refiner:
    """Filters, trims, rejects and deduplicates what one answer says, in parts as it comes."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._kept: set[str] = set()

    def refine(self, said: Iterable[str]) -> Refined:
        """Decide on the values that came next."""
        values: list[str] = []
        repeated = 0
        rejected: Counter[Reason] = Counter()
        for raw in said:
            value, reason = _clean(raw, self._rules)
            if reason is not None:
                rejected[reason] += 1
            elif self._rules.unique and value in self._kept:
                repeated += 1
            else:
                values.append(value)
                self._kept.add(value)
        return Refined(values=values, repeated=repeated, rejected=rejected)


def _clean(value: str, rules: Rules) -> tuple[str, Reason | None]:
    """The value as it would be stored, and why it may not be."""
    if rules.unwanted is not None:
        try:
            value = rules.unwanted.remove_all(value, timeout_seconds=FILTER_SECONDS)
        except JavaRegexTimeout:
            return value, "unusable"
    if rules.trim:
        value = value.strip()
    if not value:
        return value, "empty"
    if len(value) > rules.max_value_length:
        return value, "too_long"
    if not rules.multiline and not is_single_line(value):
        return value, "several_lines"
    return value, None if is_storable(value) else "unusable"


def is_storable(value: str) -> bool:
    """Whether it is text: UTF-8 has no lone surrogates, and text no control characters.

    Tabs are text, and so are line breaks: what may have them is another matter. Marks that change
    the direction of writing are too; some languages need them.
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return _CONTROL.search(value) is None
