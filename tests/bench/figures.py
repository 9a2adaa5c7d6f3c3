"""What a row of the benchmarks is, and the figures that it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure of a row.

    :param case: which of the row's figures this is; empty where there is one.
    :param value: the figure, with its unit and what it was made of.
    :param target: what it should be; empty where it is only told.
    :param met: whether it is; None where there is no target.
    """

    case: str
    value: str
    target: str = ""
    met: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """Something to measure.

    :param name: what it is called on the command line.
    :param how: how it is measured and what the figures mean, in a sentence or two.
    :param measure: runs it in an empty folder; yields each figure as soon as it is there.
    """

    name: str
    how: str
    measure: Callable[[Path], Iterator[Figure]]


def at_least(case: str, value: float, target: float, note: str = "") -> Figure:
    """A ratio that should not be smaller than its target."""
    return Figure(
        case=case, value=_noted(value, note), target=f"at least {target:g}", met=value >= target
    )


def at_most(case: str, value: float, target: float, note: str = "") -> Figure:
    """A ratio that should not be greater than its target."""
    return Figure(
        case=case, value=_noted(value, note), target=f"at most {target:g}", met=value <= target
    )


def told(case: str, value: str) -> Figure:
    """A figure without a target."""
    return Figure(case=case, value=value)


def _noted(value: float, note: str) -> str:
    figure = f"{value:.3f}"
    return f"{figure} ({note})" if note else figure
