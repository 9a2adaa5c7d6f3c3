"""What Java finds out about the lengths of a group before it decides on it.

From this it refuses look-behind without a maximum length and chooses how to repeat a group. Its
arithmetic is that of signed 32-bit numbers and overflows, and it gives up early in places; both
are visible from outside, so both are kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.javaregex.nodes import (
    Alternation,
    Atomic,
    BackReference,
    Char,
    Cluster,
    Group,
    LineBreak,
    Mode,
    Node,
    Repeat,
    Sequence,
    Text,
)

MAX_REPEAT = 0x7FFFFFFF
LOWEST_INT = 0x80000000
"""The absolute value of the lowest number of 32 bits."""
_LARGE = 0xFFFFFFF


@dataclass(slots=True)
class Lengths:
    """
    :ivar low: the fewest characters that can match.
    :ivar high: the most; means nothing unless ``bounded``.
    :ivar single: Java believes that there is but one way to match.
    """

    low: int = 0
    high: int = 0
    bounded: bool = True
    single: bool = True


def study(body: Node) -> Lengths:
    """The lengths of a group's content, as Java works them out."""
    lengths = Lengths()
    _study(body, lengths)
    return lengths


def wrap(number: int) -> int:
    """As a signed 32-bit number."""
    return (number + LOWEST_INT) % (2 * LOWEST_INT) - LOWEST_INT


def _study(node: Node, lengths: Lengths) -> None:
    """Adds to ``lengths`` what ``node`` brings."""
    todo = [node]
    before_branches: list[Lengths] = []
    while todo:
        node = todo.pop()
        match node:
            case Sequence(items):
                todo.extend(reversed(items))
            case Group(body):
                todo.append(body)
            case Alternation(branches):
                before_branches.append(_study_branches([study(b) for b in branches], lengths))
                lengths.low, lengths.high = 0, 0
                lengths.bounded = lengths.single = True
            case Repeat() if _is_optional_group(node):
                branches_of_it = [study(node.body), Lengths()]
                before_branches.append(_study_branches(branches_of_it, lengths))
                lengths.low, lengths.high = 0, 0
                lengths.bounded = lengths.single = True
            case Repeat(backtracks=True):
                lengths.bounded = lengths.single = False
                break
            case _:
                _study_step(node, lengths)
    for outer in reversed(before_branches):
        lengths.low = wrap(lengths.low + outer.low)
        lengths.high = wrap(lengths.high + outer.high)
        lengths.bounded = lengths.bounded and outer.bounded
        lengths.single = False


def _is_optional_group(node: Repeat) -> bool:
    return node.backtracks and (node.low, node.high) == (0, 1)


def _study_branches(branches: list[Lengths], before: Lengths) -> Lengths:
    return Lengths(
        low=wrap(before.low + min(branch.low for branch in branches)),
        high=wrap(before.high + max(-1, *(branch.high for branch in branches))),
        bounded=before.bounded and all(branch.bounded for branch in branches),
    )


def _study_step(node: Node, lengths: Lengths) -> None:
    match node:
        case Char():
            lengths.low = wrap(lengths.low + 1)
            lengths.high = wrap(lengths.high + 1)
        case Text(characters):
            lengths.low = wrap(lengths.low + len(characters))
            lengths.high = wrap(lengths.high + len(characters))
        case LineBreak():
            lengths.low = wrap(lengths.low + 1)
            lengths.high = wrap(lengths.high + 2)
        case Cluster():
            lengths.low = wrap(lengths.low + 1)
            lengths.single = False
        case BackReference():
            lengths.bounded = False
        case Atomic(body):
            _study(body, lengths)
        case Repeat(low=0, high=1, body=body):
            low = lengths.low
            _study(body, lengths)
            lengths.low = low
            lengths.single = False
        case Repeat(body=Char(), high=None, mode=Mode.GREEDY, low=low):
            lengths.low = wrap(lengths.low + low)
            if lengths.bounded:
                lengths.high = wrap(lengths.high + MAX_REPEAT)
            lengths.single = False
        case Repeat():
            _study_repeat(node, lengths)
        case _:
            pass  # assertions have no length


def _study_repeat(node: Repeat, lengths: Lengths) -> None:
    body = study(node.body)
    high_count = MAX_REPEAT if node.high is None else node.high
    low = wrap(body.low * node.low + lengths.low)
    lengths.low = _LARGE if low < lengths.low else low
    if lengths.bounded and body.bounded:
        high = wrap(body.high * high_count + lengths.high)
        lengths.bounded = high >= lengths.high
        lengths.high = high
    else:
        lengths.bounded = False
    lengths.single = body.single and node.low == node.high and lengths.single
