"""Questions about a tree: what it refers to, how much it can match, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shared.javaregex.nodes import (
    Alternation,
    Anchor,
    Atomic,
    BackReference,
    Case,
    Char,
    Cluster,
    Group,
    LineBreak,
    Look,
    Mode,
    Node,
    Repeat,
    Sequence,
    Text,
    WordBoundary,
)
from shared.javaregex.study import MAX_REPEAT

LONGEST_TEXT = 1 << 24
"""More than any text has characters."""


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case Sequence(parts) | Alternation(parts):
            return parts
        case Group(body) | Atomic(body) | Look(body) | Repeat(body):
            return (body,)
    return ()


def walk(node: Node) -> Iterator[Node]:
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        todo.extend(children(node))


def groups_in(node: Node) -> frozenset[int]:
    """The numbers of the groups in a node."""
    groups = (part.number for part in walk(node) if isinstance(part, Group))
    return frozenset(number for number in groups if number is not None)


def groups_referred_to(tree: Node) -> frozenset[int]:
    """The numbers of the groups that exist and that a back-reference asks for."""
    wanted = {node.group for node in walk(tree) if isinstance(node, BackReference)}
    return groups_in(tree) & wanted


def is_zero_width_step(node: Node) -> bool:
    """Whether a node is one of those that never take a character."""
    return isinstance(node, Anchor | WordBoundary | Look) or node == Text(())


def is_ambiguous(node: Node) -> bool:
    """Whether ``regex`` might go back into a node to match it otherwise."""
    match node:
        case LineBreak() | Alternation():
            return True
        case Sequence(items):
            return any(map(is_ambiguous, items))
        case Group(body):
            return is_ambiguous(body)
        case Repeat(body, low, high, mode):
            if mode is Mode.POSSESSIVE or is_zero_width_step(body):
                return False
            return low != high or (node.backtracks and is_ambiguous(body))
    return False


def min_width(node: Node, group_widths: Mapping[int, int] | None = None) -> int:
    """The fewest characters that a match can take.

    :param group_widths: the fewest that each group takes, for references to it; 0 by default.
    """
    widths = group_widths or {}
    match node:
        case Char() | LineBreak() | Cluster():
            return 1
        case Text(characters):
            return len(characters)
        case Sequence(items):
            return sum(min_width(item, widths) for item in items)
        case Alternation(branches):
            return min(min_width(branch, widths) for branch in branches)
        case Group(body) | Atomic(body):
            return min_width(body, widths)
        case Repeat(body, low):
            return low * min_width(body, widths)
        case BackReference(group):
            return widths.get(group, 0)
    return 0


def max_width(node: Node) -> int | None:
    """The most characters that a match can take, ``None`` where there is no such number."""
    match node:
        case Char():
            return 1
        case LineBreak():
            return 2
        case Text(characters):
            return len(characters)
        case Sequence(items):
            return _sum(max_width(item) for item in items)
        case Alternation(branches):
            widths = [max_width(branch) for branch in branches]
            known = [width for width in widths if width is not None]
            return max(known) if len(known) == len(widths) else None
        case Group(body) | Atomic(body):
            return max_width(body)
        case Repeat(body, _, high):
            width = max_width(body)
            if width == 0:
                return 0
            if width is None or high is None or high >= MAX_REPEAT:
                return None
            return high * width
        case Cluster() | BackReference():
            return None
    return 0


def is_reversible(body: Node, referred: frozenset[int]) -> bool:
    """Whether the content of a look-behind can be matched from its end as well.

    That is so where all that counts is which texts match: nothing is captured, nothing keeps what
    it has once matched, nothing looks around.
    """
    for node in walk(body):
        match node:
            case Atomic() | Look() | Cluster() | BackReference():
                return False
            case Group(_, number) if number in referred:
                return False
            case Repeat(mode=Mode.POSSESSIVE):
                return False
            case Repeat() if not node.backtracks and is_ambiguous(node.body):
                return False
    return True


def depends_on_units(tree: Node, *, by_code_point: bool) -> bool:
    """Whether it shows that Java's texts are made of UTF-16 units.

    It does where Java counts units (look-behind), looks at one where a code point is due (word
    boundaries), or can begin to look for a match between the two halves of a character. The last
    must stand back where references ignore case, which units do not let them do.
    """
    if min_width(tree) == 0:
        return True
    between_halves = not by_code_point and not has_case(tree, Case.UNICODE)
    for node in walk(tree):
        match node:
            case Look(window=window) if window is not None:
                return True
            case WordBoundary(unicode=False) | Anchor.CLUSTER_BOUNDARY:
                return True
            case Cluster() | BackReference() | Char(bmp=False) if between_halves:
                return True
    return False


def _sum(widths: Iterator[int | None]) -> int | None:
    total = 0
    for width in widths:
        if width is None:
            return None
        total += width
    return total


def has_case(tree: Node, case: Case) -> bool:
    return any(isinstance(node, BackReference) and node.case is case for node in walk(tree))
