"""What an expression says, as a tree.

Positions count characters from 1 and take no part in comparing trees.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Operator(StrEnum):
    """How a field is compared."""

    EQ = "EQ"
    NE = "NE"
    GT = "GT"
    GE = "GE"
    LT = "LT"
    LE = "LE"
    IN = "IN"
    CONTAINS = "CONTAINS"


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, exact, in nanoseconds from 1970-01-01T00:00:00Z."""

    nanoseconds: int


#: ``None`` is NIL.
Scalar = None | bool | Decimal | str | Moment


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as written."""

    value: Scalar
    text: str = field(compare=False)
    position: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A field as written."""

    text: str
    position: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """``field EQ 1``, ``field IN [1, 2]``: one literal for every operator but IN."""

    name: Name
    operator: Operator
    literals: tuple[Literal, ...]
    operator_position: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Member:
    """``tags CONTAINS {...}``: at least one member of a list is as ``condition`` says."""

    name: Name
    condition: Expression
    operator_position: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Search:
    """``SEARCH 'text'``."""

    text: str
    position: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of them."""

    operands: tuple[Expression, ...]


Expression = Comparison | Member | Search | Not | And | Or
