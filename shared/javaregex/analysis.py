"""Questions about a tree: what it refers to, how it can match, whether it can be carried over."""

from __future__ import annotations

from collections.abc import Iterator

from shared.javaregex.errors import JavaRegexError
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

MAX_WEIGHT = 100_000
"""How large ``regex`` may make a pattern; counted in ranges of characters, repetitions undone."""


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


def groups_referred_to(tree: Node) -> frozenset[int]:
    """The numbers of the groups that exist and that a back-reference asks for."""
    existing = {node.number for node in walk(tree) if isinstance(node, Group)}
    wanted = {node.group for node in walk(tree) if isinstance(node, BackReference)}
    return frozenset(n for n in existing & wanted if n is not None)


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


def min_width(node: Node) -> int:
    """The fewest characters that a match can take."""
    match node:
        case Char() | LineBreak() | Cluster():
            return 1
        case Text(characters):
            return len(characters)
        case Sequence(items):
            return sum(map(min_width, items))
        case Alternation(branches):
            return min(map(min_width, branches))
        case Group(body) | Atomic(body):
            return min_width(body)
        case Repeat(body, low):
            return low * min_width(body)
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
    boundaries), or can begin to look for a match between the two halves of a character.
    """
    if min_width(tree) == 0:
        return True
    for node in walk(tree):
        match node:
            case Look(window=window) if window is not None:
                return True
            case WordBoundary(unicode=False) | Anchor.CLUSTER_BOUNDARY:
                return True
            case Cluster() | BackReference() | Char(bmp=False) if not by_code_point:
                return True
    return False


def check(tree: Node) -> None:
    """Refuses what cannot be carried over.

    :raises JavaRegexError:
    """
    _check_weight(tree)
    _check_references(tree)
    _check_look_behind(tree)
    _check_cluster_boundaries(tree)


def _check_weight(tree: Node) -> None:
    for node in walk(tree):
        if isinstance(node, Repeat) and node.low > 1 and _weight(node) > MAX_WEIGHT:
            raise JavaRegexError(
                "the counted repetition grows too large: lower the counts", node.position
            )
    if _weight(tree) > MAX_WEIGHT:
        raise JavaRegexError("the expression is too large: shorten it", 0)


def _weight(node: Node) -> int:
    match node:
        case Char(members):
            return len(members.ranges)
        case Text(characters):
            return sum(len(members.ranges) for members in characters)
        case WordBoundary():
            return 3000
        case Cluster():
            return 1500
        case Repeat(body, low):
            return 1 + max(low, 1) * _weight(body)
    return 1 + sum(map(_weight, children(node)))


def _check_look_behind(tree: Node) -> None:
    for node in walk(tree):
        if isinstance(node, Look) and node.window is not None:
            window = node.window
            if -0x80000000 < window.farthest < 0 and window.code_points:
                raise JavaRegexError(
                    "Java's length of this look-behind overflows, and it then searches in the "
                    "wrong place: use counts, as {0,99}, in place of * and +",
                    node.position,
                )


def _check_references(tree: Node) -> None:
    """Java forgets to undo what is captured in parts that it never goes back into.

    A later reference may then see a group that, by the rules, has not taken part in the match. It
    makes no difference where the reference stands behind the group in one and the same sequence,
    so that the group is always set anew before.
    """
    kept = set(_groups_kept(tree, within=False))
    for reference in _unprepared_references(tree, frozenset()):
        if reference.group in kept:
            raise JavaRegexError(
                f"the reference to group {reference.group} cannot be carried over: the group "
                "stands in look-around, an atomic group or a possessive or fixed repetition, "
                "where Java keeps captures that it should undo; refer to it right behind it, in "
                "the same branch, or capture it outside",
                reference.position,
            )


def _groups_kept(node: Node, *, within: bool) -> Iterator[int]:
    """The groups whose capture Java does not undo when it goes back."""
    match node:
        case Group(body, number):
            if within and number is not None:
                yield number
            yield from _groups_kept(body, within=within)
        case Look(body) | Atomic(body):
            yield from _groups_kept(body, within=True)
        case Repeat(Group(body, number), mode=mode) if not node.backtracks:
            if number is not None and (within or mode is Mode.POSSESSIVE):
                yield number
            yield from _groups_kept(body, within=True)
        case _:
            for child in children(node):
                yield from _groups_kept(child, within=within)


def _unprepared_references(node: Node, prepared: frozenset[int]) -> Iterator[BackReference]:
    """References to groups that need not have been set just before, ``prepared`` ones aside."""
    match node:
        case BackReference(group):
            if group not in prepared:
                yield node
        case Sequence(items):
            for item in items:
                yield from _unprepared_references(item, prepared)
                prepared |= _always_set(item)
        case _:
            for child in children(node):
                yield from _unprepared_references(child, prepared)


def _always_set(node: Node) -> frozenset[int]:
    """The groups that are set, for the last time, whenever a node matches."""
    match node:
        case Group(body, number):
            inner = _always_set(body)
            return inner if number is None else inner | {number}
        case Sequence(items):
            return frozenset[int]().union(*map(_always_set, items))
        case Atomic(body) | Look(body, negated=False):
            return _always_set(body)
        case Repeat(body, low, high) if low == high and low > 0:
            return _always_set(body)
    return frozenset()


def _check_cluster_boundaries(tree: Node) -> None:
    nodes = list(walk(tree))
    if Anchor.CLUSTER_BOUNDARY not in nodes:
        return
    for node in nodes:
        if isinstance(node, Look | Atomic) or (isinstance(node, Repeat) and _moves_mark(node)):
            raise JavaRegexError(
                r"\b{g} cannot be carried over next to this: Java 17 looks for the boundary from "
                "wherever a part matched last; use it with plain characters, greedy * + and "
                "alternatives, or match whole clusters with \\X",
                node.position if isinstance(node, Repeat | Look) else 0,
            )


def _moves_mark(node: Repeat) -> bool:
    """Whether Java notes the end of each round in the place where ``\\b{g}`` looks."""
    greedy_char = isinstance(node.body, Char) and node.high is None and node.mode is Mode.GREEDY
    return not (greedy_char or node.backtracks)


def _sum(widths: Iterator[int | None]) -> int | None:
    total = 0
    for width in widths:
        if width is None:
            return None
        total += width
    return total


def has_case(tree: Node, case: Case) -> bool:
    return any(isinstance(node, BackReference) and node.case is case for node in walk(tree))
