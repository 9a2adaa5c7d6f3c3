"""Whether an expression makes sense for the fields that there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from shared.filters.errors import FilterError, one_of, quote
from shared.filters.fields import Field
from shared.filters.nodes import (
    And,
    Comparison,
    Expression,
    Literal,
    Member,
    Moment,
    Not,
    Operator,
    Or,
    Search,
)

#: Most distinct identifiers in one expression; those inside braces count too.
MAX_IDENTIFIERS = 8
#: Most values in one list.
MAX_LIST = 100
#: Most SEARCHes in one expression: each reads all that a row has.
MAX_SEARCHES = 50

_ORDERED = tuple(Operator(word) for word in ("EQ", "NE", "GT", "GE", "LT", "LE", "IN"))
_OPERATORS: dict[str, tuple[Operator, ...]] = {
    "string": (*_ORDERED, Operator.CONTAINS),
    "integer": _ORDERED,
    "boolean": (Operator.EQ, Operator.NE, Operator.IN),
    "date-time": _ORDERED,
    "array": (Operator.CONTAINS,),
}
_VALUES: dict[str, tuple[type, str]] = {
    "string": (str, "a string in quotes"),
    "integer": (Decimal, "a number"),
    "boolean": (bool, "TRUE or FALSE"),
    "date-time": (Moment, "a date-time without quotes, as 2026-11-05T08:15:30Z"),
}


def check(tree: Expression, fields: Mapping[str, Field]) -> None:
    """Compare a tree with the fields.

    :raises FilterError: for a field that is not there, an operator that does not fit its field,
        a value of another type, and too many identifiers, values in a list, or searches.
    """
    names: set[str] = set()
    searches = 0
    for node, known in _walk(tree, fields):
        if isinstance(node, Search):
            searches += 1
            _check_searches(searches, node)
            continue
        name = node.name
        field = known.get(name.text)
        if field is None:
            raise FilterError(
                f"unknown field {quote(name.text)} at {name.position}: {one_of(sorted(known))}",
                name.position,
            )
        names.add(name.text)
        if len(names) > MAX_IDENTIFIERS:
            raise FilterError(
                f"unexpected {quote(name.text)} at {name.position}: at most {MAX_IDENTIFIERS} "
                "different fields may be used in one expression",
                name.position,
            )
        _check_operator(node, field)
        if isinstance(node, Comparison):
            _check_literals(node, field)


def _walk(
    tree: Expression, fields: Mapping[str, Field]
) -> Iterator[tuple[Comparison | Member | Search, Mapping[str, Field]]]:
    """The terms in the order of the text, each with the fields that are known there."""
    match tree:
        case And(operands) | Or(operands):
            for operand in operands:
                yield from _walk(operand, fields)
        case Not(operand):
            yield from _walk(operand, fields)
        case Member(name, condition):
            # The caller looks up the name before it asks for more.
            yield tree, fields
            yield from _walk(condition, {f.name: f for f in fields[name.text].members})
        case _:
            yield tree, fields


def _check_searches(count: int, node: Search) -> None:
    if count > MAX_SEARCHES:
        raise FilterError(
            f"unexpected {quote(node.text)} at {node.position}: SEARCH may be used at most "
            f"{MAX_SEARCHES} times in one expression",
            node.position,
        )


def _check_operator(node: Comparison | Member, field: Field) -> None:
    operator = Operator.CONTAINS if isinstance(node, Member) else node.operator
    braces = isinstance(node, Member)
    if operator in _OPERATORS[field.type] and braces == bool(field.members):
        return
    if operator is Operator.CONTAINS and field.items is not None:
        hint = f"its members are no objects: expected {_VALUES[field.items][1]}"
    elif operator is Operator.CONTAINS and field.type == "array":
        hint = f"expected {{...}} with a condition on {' and '.join(m.name for m in field.members)}"
        hint = f"its members are objects: {hint}"
    else:
        word = "list" if field.type == "array" else field.type
        hint = f"{field.name} is {_article(word)} {word}: {one_of(sorted(_OPERATORS[field.type]))}"
    at = node.operator_position
    raise FilterError(f"unexpected {quote(operator + ' {' * braces)} at {at}: {hint}", at)


def _check_literals(node: Comparison, field: Field) -> None:
    kind, expected = _VALUES[field.items or field.type]
    if len(node.literals) > MAX_LIST:
        at = node.literals[MAX_LIST].position
        raise FilterError(
            f"unexpected {quote(node.literals[MAX_LIST].text)} at {at}: a list may have at most "
            f"{MAX_LIST} values",
            at,
        )
    nil_fits = node.operator in (Operator.EQ, Operator.NE)
    for literal in node.literals:
        if isinstance(literal.value, kind) or (literal.value is None and nil_fits):
            continue
        raise _mismatch(literal, field, f"{expected}{' or NIL' if nil_fits else ''}")


def _mismatch(literal: Literal, field: Field, expected: str) -> FilterError:
    return FilterError(
        f"unexpected {quote(literal.text)} at {literal.position}: {field.name} is "
        f"{_article(field.type)} {field.type}, expected {expected}",
        literal.position,
    )


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"
