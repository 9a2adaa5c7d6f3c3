"""Refuses the few expressions that cannot be carried over; ``docs/java-regex.md`` lists them."""

from __future__ import annotations

from collections.abc import Iterator

from shared.javaregex.analysis import (
    LONGEST_TEXT,
    children,
    groups_referred_to,
    has_case,
    min_width,
    walk,
)
from shared.javaregex.errors import JavaRegexError
from shared.javaregex.nodes import (
    Anchor,
    Atomic,
    BackReference,
    Case,
    Char,
    Group,
    Look,
    Mode,
    Node,
    Repeat,
    Sequence,
    Text,
)
from shared.javaregex.study import LOWEST_INT

MAX_WEIGHT = 100_000
"""How large ``regex`` may make a pattern; counted in ranges of characters, repetitions undone."""


def check(tree: Node) -> None:
    """Refuses what cannot be carried over.

    :raises JavaRegexError:
    """
    _check_weight(tree)
    _check_references(tree)
    _check_case_of_references(tree)
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
        case Repeat(body, low):
            return 1 + max(low, 1) * _weight(body)
    return 1 + sum(map(_weight, children(node)))


def _check_look_behind(tree: Node) -> None:
    for node in walk(tree):
        if not isinstance(node, Look) or node.window is None or node.window.farthest >= 0:
            continue
        needed = node.window.farthest + LOWEST_INT  # see the emitter for what it means
        by_code_points = node.window.code_points and needed > 0
        if by_code_points or MAX_WEIGHT < needed <= LONGEST_TEXT:
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
    kept = frozenset(_groups_kept(tree, within=False))
    cut_short = frozenset(_groups_cut_short(tree))
    for reference in _unprepared_references(tree, frozenset()):
        if reference.group in kept:
            raise JavaRegexError(
                f"the reference to group {reference.group} cannot be carried over: the group "
                "stands in look-around, an atomic group or a possessive or fixed repetition, "
                "where Java keeps captures that it should undo; refer to it right behind it, in "
                "the same branch, or capture it outside",
                reference.position,
            )
        if reference.group in cut_short:
            raise JavaRegexError(
                f"the reference to group {reference.group} cannot be carried over: both stand in "
                "one repetition, of something that may match nothing, where Java stops early; "
                "let each round match at least one character",
                reference.position,
            )


def _check_case_of_references(tree: Node) -> None:
    references = [node for node in walk(tree) if isinstance(node, BackReference)]
    existing = groups_referred_to(tree)
    by_ascii = [r for r in references if r.case is Case.ASCII and r.group in existing]
    if by_ascii and has_case(tree, Case.UNICODE):
        raise JavaRegexError(
            "references under (?i) and under (?iu) cannot be carried over together: choose one",
            by_ascii[0].position,
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
            undone = not within and mode is not Mode.POSSESSIVE and min_width(body) > 0
            if number is not None and not undone:
                yield number
            yield from _groups_kept(body, within=True)
        case _:
            for child in children(node):
                yield from _groups_kept(child, within=within)


def _groups_cut_short(tree: Node) -> Iterator[int]:
    """Groups that are referred to from within their own repetition, whose rounds may be empty."""
    groups = [node for node in walk(tree) if isinstance(node, Group)]
    widths = {group.number: min_width(group.body) for group in groups if group.number is not None}
    for node in walk(tree):
        if isinstance(node, Repeat) and node.high != 1 and min_width(node.body, widths) == 0:
            yield from groups_referred_to(node.body)


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
        case Repeat(high=0):
            return
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
