"""How Java builds a character class: predicates joined by union, intersection and complement.

The joins are kept until the class is complete, because Java's table of Latin-1 characters
(``Latin1``) goes on filling up after it was joined: in ``[a&&[b]&c]`` the table that was
intersected with ``[b]`` still gets the ``&`` and the ``c``, and is joined once more at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.javaregex.codepoints import ALL, NONE, CodePointSet
from shared.javaregex.errors import JavaRegexError


@dataclass(frozen=True, eq=False, slots=True)
class Fixed:
    """A set that is already known."""

    members: CodePointSet
    bmp: bool = False


@dataclass(eq=False, slots=True)
class Latin1:
    """Single characters below U+0100, in one table for each pair of brackets."""

    characters: list[CodePointSet] = field(default_factory=list)
    bmp: bool = True

    def add(self, characters: CodePointSet) -> None:
        self.characters.append(characters)


@dataclass(frozen=True, eq=False, slots=True)
class Complement:
    inner: Predicate
    bmp: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Missing:
    """What is not there on the right side of ``&&``: Java stumbles over it where it looks.

    :param error: what to raise then.
    """

    error: JavaRegexError
    bmp: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Join:
    left: Predicate
    right: Predicate
    union: bool

    @property
    def bmp(self) -> bool:
        return _spine_is_bmp(self)


Predicate = Fixed | Latin1 | Complement | Missing | Join


def evaluate(predicate: Predicate, within: CodePointSet = ALL) -> CodePointSet:
    """The set that a complete predicate stands for.

    :param within: the characters for which Java looks so far; it looks at the right side of an
        intersection only for those that are on the left.
    :raises JavaRegexError: an intersection lacks a side where Java looks at it.
    """
    joins: list[Join] = []
    while isinstance(predicate, Join):  # long classes lean left: walk, do not recurse
        joins.append(predicate)
        predicate = predicate.left
    members = _evaluate_leaf(predicate, within)
    pending: list[CodePointSet] = []
    for join in reversed(joins):
        if join.union:
            pending.append(evaluate(join.right, within))
        else:
            members = CodePointSet.union([members, *pending])
            members &= evaluate(join.right, within & members)
            pending = []
    return CodePointSet.union([members, *pending])


def _evaluate_leaf(
    predicate: Fixed | Latin1 | Complement | Missing, within: CodePointSet
) -> CodePointSet:
    match predicate:
        case Fixed(members):
            return members
        case Latin1(characters):
            return CodePointSet.union(characters)
        case Complement(inner):
            return ~evaluate(inner, within)
        case Missing(error):
            if within:
                raise error
            return NONE


def _spine_is_bmp(predicate: Predicate) -> bool:
    while isinstance(predicate, Join):
        if not predicate.right.bmp:
            return False
        predicate = predicate.left
    return predicate.bmp
