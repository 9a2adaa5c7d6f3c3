"""What the parser makes of an expression: a tree that says what Java would do, step by step.

Flags do not appear: the parser has worked them into the nodes. A character is always a set of code
points, whatever it was written as.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from shared.javaregex.codepoints import CodePointSet


@dataclass(frozen=True, slots=True)
class Char:
    """One character out of a set. ``bmp``: Java looks at one UTF-16 unit, not at a code point."""

    members: CodePointSet
    bmp: bool


@dataclass(frozen=True, slots=True)
class Text:
    """Characters in a row (perhaps none), each with its variants in case."""

    characters: tuple[CodePointSet, ...]


class Anchor(Enum):
    """Assertions without parameters."""

    BEGIN = auto()
    END = auto()
    LAST_MATCH = auto()
    LINE_BEGIN = auto()
    UNIX_LINE_BEGIN = auto()
    LINE_END = auto()
    UNIX_LINE_END = auto()
    TEXT_END = auto()
    """The end, or before a line terminator that ends the text."""
    UNIX_TEXT_END = auto()
    CLUSTER_BOUNDARY = auto()


@dataclass(frozen=True, slots=True)
class WordBoundary:
    negated: bool
    unicode: bool


@dataclass(frozen=True, slots=True)
class LineBreak:
    r"""``\\R``"""


@dataclass(frozen=True, slots=True)
class Cluster:
    r"""``\\X``"""


class Case(Enum):
    EXACT = auto()
    ASCII = auto()
    UNICODE = auto()


@dataclass(frozen=True, slots=True)
class BackReference:
    group: int
    case: Case
    position: int


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Alternation:
    branches: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Brackets; ``number`` is ``None`` where they do not capture."""

    body: Node
    number: int | None


@dataclass(frozen=True, slots=True)
class Window:
    """How far back Java looks for the start of a look-behind.

    :param nearest: the fewest characters.
    :param farthest: the most; as a signed 32-bit number, which Java lets overflow.
    :param code_points: whether it counts code points; else UTF-16 units.
    """

    nearest: int
    farthest: int
    code_points: bool


@dataclass(frozen=True, slots=True)
class Look:
    """Look-ahead, or with a window look-behind."""

    body: Node
    negated: bool
    window: Window | None
    position: int


@dataclass(frozen=True, slots=True)
class Atomic:
    body: Node


class Mode(Enum):
    GREEDY = auto()
    RELUCTANT = auto()
    POSSESSIVE = auto()


@dataclass(frozen=True, slots=True)
class Repeat:
    """``body`` from ``low`` to ``high`` times (``None``: without end).

    :param backtracks: whether Java can go back into one round of a group to match it otherwise.
        It cannot where a round has but one way to match, or is possessive.
    """

    body: Node
    low: int
    high: int | None
    mode: Mode
    backtracks: bool
    position: int


Node = (
    Char
    | Text
    | Anchor
    | WordBoundary
    | LineBreak
    | Cluster
    | BackReference
    | Sequence
    | Alternation
    | Group
    | Look
    | Atomic
    | Repeat
)
