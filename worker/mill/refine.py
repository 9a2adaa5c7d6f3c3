"""Decide which of the model's values are fit to store.

The order is promised: filter characters, trim, reject, and then deduplicate (here within one
answer; against all earlier ones in the database).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shared.exports import is_single_line
from shared.javaregex import JavaPattern, JavaRegexTimeout

#: Longest that filtering one value may take; longer makes the value unusable.
FILTER_SECONDS = 0.1


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
    """``values`` are fit, in the order said; so many others were repeats or refused."""

    values: list[str]
    repeated: int
    rejected: int


def refine(said: Iterable[str], rules: Rules) -> Refined:
    """Filter, trim, reject and deduplicate what the model said."""
    kept: dict[str, None] = {}
    all_fit: list[str] = []
    rejected = 0
    for value in said:
        cleaned = _clean(value, rules)
        if cleaned is None:
            rejected += 1
            continue
        all_fit.append(cleaned)
        kept[cleaned] = None
    values = list(kept) if rules.unique else all_fit
    return Refined(values=values, repeated=len(all_fit) - len(values), rejected=rejected)


def _clean(value: str, rules: Rules) -> str | None:
    """The value as it would be stored; None when it may not be."""
    if rules.unwanted is not None:
        try:
            value = rules.unwanted.remove_all(value, timeout_seconds=FILTER_SECONDS)
        except JavaRegexTimeout:
            return None
    if rules.trim:
        value = value.strip()
    fit = (
        0 < len(value) <= rules.max_value_length
        and (rules.multiline or is_single_line(value))
        and is_storable(value)
    )
    return value if fit else None


def is_storable(value: str) -> bool:
    """PostgreSQL's text holds no NUL, and UTF-8 no lone surrogates."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value
