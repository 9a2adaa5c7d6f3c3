"""What stands behind an item and repeats it."""

from __future__ import annotations

from shared.javaregex.context import Context
from shared.javaregex.nodes import Group, Mode, Node, Repeat
from shared.javaregex.reader import is_ascii_digit
from shared.javaregex.study import MAX_REPEAT, study


def read_quantifier(context: Context, body: Node, start: int) -> Node:
    """``body`` repeated by the quantifier under the cursor, or as it is where there is none.

    :param start: the cursor at which ``body`` began.
    """
    reader = context.reader
    counts: tuple[int, int | None]
    match chr(reader.peek()):
        case "?":
            counts = 0, 1
        case "*":
            counts = 0, None
        case "+":
            counts = 1, None
        case "{":
            counts = _counts(context)
        case _:
            return body
    low, high = counts
    mode = Mode.GREEDY
    c = reader.next()
    if c in (ord("?"), ord("+")):
        reader.next()
        mode = Mode.RELUCTANT if c == ord("?") else Mode.POSSESSIVE
    backtracks = _can_backtrack(body, counts, mode)
    return Repeat(body, low, high, mode, backtracks, reader.position(start))


def _can_backtrack(body: Node, counts: tuple[int, int | None], mode: Mode) -> bool:
    """Whether Java tries other ways through a round of the repetition: see ``Repeat``."""
    if not isinstance(body, Group) or mode is Mode.POSSESSIVE:
        return False
    return counts == (0, 1) or not study(body).single


def _counts(context: Context) -> tuple[int, int | None]:
    """The counts in braces; the cursor ends on the closing one."""
    reader = context.reader
    c = reader.skip()
    if not is_ascii_digit(c):
        raise context.fail("{ is followed by a count, as in {2,5}; write \\{ for the character")
    low, c = _count(context, c)
    high: int | None = low
    if c == ord(","):
        c = reader.read()
        if c == ord("}"):
            high = None
        else:
            high, c = _count(context, c)
    if c != ord("}"):
        raise context.fail("the count is not closed: } is missing")
    if high is not None and high < low:
        raise context.fail("the higher count comes first")
    reader.unread()
    return low, high


def _count(context: Context, c: int) -> tuple[int, int]:
    """A number of which ``c`` is the first digit, and the character behind it."""
    number = 0
    while is_ascii_digit(c):
        number = number * 10 + c - ord("0")
        if number > MAX_REPEAT:
            raise context.fail("a count is at most 2147483647")
        c = context.reader.read()
    return number, c
