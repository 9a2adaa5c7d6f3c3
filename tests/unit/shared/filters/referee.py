"""What a filter means, said once more in plain Python, as slowly and plainly as can be."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from shared.filters.folding import fold
from shared.filters.nodes import (
    And,
    Comparison,
    Expression,
    Member,
    Moment,
    Not,
    Operator,
    Or,
    Search,
)

_ORDER: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQ: operator.eq,
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
}


def matches(tree: Expression, row: Mapping[str, Any]) -> bool:
    """Whether a row, with its values as clients see them, meets a condition."""
    match tree:
        case And(operands):
            return all(matches(operand, row) for operand in operands)
        case Or(operands):
            return any(matches(operand, row) for operand in operands)
        case Not(operand):
            return not matches(operand, row)
        case Search(text):
            return any(fold(text) in fold(shown) for shown in texts(row.values()))
        case Member(name, condition):
            return any(matches(condition, member) for member in row[name.text])
        case Comparison(name, how, literals):
            return _compare(row[name.text], how, [literal.value for literal in literals])


def _compare(value: Any, how: Operator, literals: list[Any]) -> bool:
    if how is Operator.NE:
        return not _compare(value, Operator.EQ, literals)
    if literals == [None]:
        return value is None
    if value is None:
        return False
    if how is Operator.IN:
        return any(_compare(value, Operator.EQ, [literal]) for literal in literals)
    [literal] = literals
    if how is Operator.CONTAINS:
        return literal in value
    if isinstance(literal, Moment):
        [shown] = texts([value])
        whole, milliseconds = shown.removesuffix("Z").split(".")
        seconds = int(datetime.fromisoformat(f"{whole}+00:00").timestamp())
        return _ORDER[how](seconds * 10**9 + int(milliseconds) * 10**6, literal.nanoseconds)
    return _ORDER[how](Decimal(value) if isinstance(literal, Decimal) else value, literal)


def texts(values: Iterable[Any]) -> Iterable[str]:
    """The values as text, those of objects in lists too."""
    for value in values:
        match value:
            case None:
                pass
            case list():
                for member in value:
                    yield from texts(member.values() if isinstance(member, dict) else [member])
            case bool():
                yield "true" if value else "false"
            case datetime():
                shown = value.astimezone(UTC).isoformat(timespec="milliseconds")
                yield shown.replace("+00:00", "Z")
            case _:
                yield str(value)
