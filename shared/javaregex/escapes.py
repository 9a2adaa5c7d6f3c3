"""What a backslash makes of the characters that follow it."""

from __future__ import annotations

from shared.javaregex import names, properties
from shared.javaregex.codepoints import LAST_CODE_POINT
from shared.javaregex.context import Context, Flag
from shared.javaregex.nodes import (
    Anchor,
    BackReference,
    Case,
    Cluster,
    LineBreak,
    Node,
    WordBoundary,
)
from shared.javaregex.properties import Property
from shared.javaregex.reader import BACKSLASH, is_ascii_digit, is_ascii_letter

_CONTROLS = {"a": 0x07, "e": 0x1B, "f": 0x0C, "n": 0x0A, "r": 0x0D, "t": 0x09}
_HEX_DIGITS = {ord(c): int(c, 16) for c in "0123456789abcdefABCDEF"}


def read_escape(
    context: Context, *, in_class: bool, wanted: bool = True, in_range: bool = False
) -> int | Property | Node | None:
    """The escape under the cursor: a character, a class of them, or a node.

    :param wanted: false where only a character is of use. For anything else the answer is then
        ``None``, and what would follow (the digits of a back-reference, say) is not read.
    :param in_range: inside a class, next to a hyphen, where ``\\v`` is still VT alone.
    """
    reader = context.reader
    if reader.cursor + 1 >= reader.length:
        raise reader.fail(
            "a backslash at the end escapes nothing: write \\\\ for the character",
            at=reader.cursor,
        )
    letter = chr(reader.skip())
    if letter in _CONTROLS:
        return _CONTROLS[letter]
    if letter in _CHARACTERS:
        return _CHARACTERS[letter](context)
    if letter == "v" and in_range:
        return 0x0B
    if letter in "dDhHsSvVwW":
        return _predefined(context, letter) if wanted else None
    if letter == "k" and not in_class:
        return _named_reference(context)
    if letter in "123456789ABGRXZbz" and not in_class:
        return _node(context, letter) if wanted else None
    if is_ascii_letter(ord(letter)) or letter in "123456789":
        raise context.fail(
            f"\\{letter} is not an escape sequence{' in a class' if in_class else ''}"
        )
    return ord(letter)


def case_of(context: Context) -> Case:
    if not context.has(Flag.IGNORE_CASE):
        return Case.EXACT
    return Case.UNICODE if context.has(Flag.UNICODE_CASE) else Case.ASCII


def read_group_name(context: Context) -> str:
    """A name and the ``>`` that ends it."""
    start = context.reader.read()
    return read_group_name_from(context, start)


def read_group_name_from(context: Context, first: int) -> str:
    if not is_ascii_letter(first):
        raise context.fail("a group's name starts with one of the letters A-Z and a-z")
    name = chr(first)
    while is_ascii_letter(c := context.reader.read()) or is_ascii_digit(c):
        name += chr(c)
    if c != ord(">"):
        raise context.fail("a group's name has letters A-Z, a-z and digits alone, and ends with >")
    return name


def _predefined(context: Context, letter: str) -> Property:
    kind = letter.lower()
    unicode = context.has(Flag.UNICODE_CLASSES)
    if kind == "h":
        found = properties.HORIZONTAL_SPACE
    elif kind == "v":
        found = properties.VERTICAL_SPACE
    elif kind == "d":
        found = Property(properties.unicode_digit()) if unicode else properties.ASCII_DIGIT
    elif kind == "s":
        found = Property(properties.white_space()) if unicode else properties.ASCII_SPACE
    else:
        found = Property(properties.unicode_word()) if unicode else properties.ASCII_WORD
    return found if letter == kind else Property(~found.members)


def _node(context: Context, letter: str) -> Node:
    match letter:
        case "A":
            return Anchor.BEGIN
        case "G":
            return Anchor.LAST_MATCH
        case "Z":
            unix = context.has(Flag.UNIX_LINES)
            return Anchor.UNIX_TEXT_END if unix else Anchor.TEXT_END
        case "z":
            return Anchor.END
        case "R":
            return LineBreak()
        case "X":
            return Cluster()
        case "B":
            return WordBoundary(negated=True, unicode=context.has(Flag.UNICODE_CLASSES))
        case "b":
            return _boundary(context)
        case _:
            return _numbered_reference(context, int(letter))


def _boundary(context: Context) -> Node:
    reader = context.reader
    if reader.peek() == ord("{"):
        if reader.skip() == ord("g"):
            if reader.read() == ord("}"):
                return Anchor.CLUSTER_BOUNDARY
            raise context.fail(r"\b{g is not closed: the boundary of a grapheme cluster is \b{g}")
        reader.unread()
        reader.unread()
    return WordBoundary(negated=False, unicode=context.has(Flag.UNICODE_CLASSES))


def _numbered_reference(context: Context, number: int) -> BackReference:
    """Further digits belong to it as long as there are so many groups already."""
    reader = context.reader
    position = reader.position()
    while is_ascii_digit(c := reader.peek()):
        longer = number * 10 + c - ord("0")
        if longer > context.groups:
            break
        number = longer
        reader.read()
    return BackReference(number, case_of(context), position)


def _named_reference(context: Context) -> BackReference:
    position = context.reader.position()
    if context.reader.read() != ord("<"):
        raise context.fail(r"\k is followed by a group's name in <>, as in \k<name>")
    name = read_group_name(context)
    if name not in context.names:
        raise context.fail(f"there is no group <{name}> before this reference to it")
    return BackReference(context.names[name], case_of(context), position)


def _control(context: Context) -> int:
    if context.reader.at_end():
        raise context.fail(r"\c is followed by a character, as in \cI")
    return context.reader.read() ^ 64


def _octal(context: Context) -> int:
    reader = context.reader
    digits: list[int] = []
    while len(digits) < 3:
        digit = reader.read() - ord("0")
        if not 0 <= digit <= 7 or (len(digits) == 2 and digits[0] > 3):
            if not digits:
                raise context.fail(r"\0 is followed by one to three octal digits, at most \0377")
            reader.unread()
            break
        digits.append(digit)
    value = 0
    for digit in digits:
        value = value * 8 + digit
    return value


def _hexadecimal(context: Context) -> int:
    reader = context.reader
    first = reader.read()
    if first in _HEX_DIGITS:
        second = reader.read()
        if second in _HEX_DIGITS:
            return _HEX_DIGITS[first] * 16 + _HEX_DIGITS[second]
    elif first == ord("{") and reader.peek() in _HEX_DIGITS:
        value = 0
        while (c := reader.read()) in _HEX_DIGITS:
            value = value * 16 + _HEX_DIGITS[c]
            if value > LAST_CODE_POINT:
                raise context.fail("there are no code points beyond 10FFFF")
        if c != ord("}"):
            raise context.fail(r"\x{ is not closed: write \x{h..h}")
        return value
    raise context.fail(r"\x is followed by two hexadecimal digits, or by more in {}")


def _four_digits(context: Context) -> int:
    value = 0
    for _ in range(4):
        c = context.reader.read()
        if c not in _HEX_DIGITS:
            raise context.fail(r"\u is followed by four hexadecimal digits")
        value = value * 16 + _HEX_DIGITS[c]
    return value


def _unicode(context: Context) -> int:
    """``\\uhhhh``, and two of them where they are the halves of one character."""
    high = _four_digits(context)
    if 0xD800 <= high <= 0xDBFF:
        reader = context.reader
        mark = reader.cursor
        if reader.read() == BACKSLASH and reader.read() == ord("u"):
            low = _four_digits(context)
            if 0xDC00 <= low <= 0xDFFF:
                return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
        reader.cursor = mark
    return high


def _by_name(context: Context) -> int:
    reader = context.reader
    if reader.read() != ord("{"):
        raise context.fail(r"\N is followed by a character's name in {}, as in \N{EURO SIGN}")
    start = reader.cursor
    while reader.read() != ord("}"):
        if reader.at_end():
            raise context.fail(r"\N{ is not closed")
    name = reader.text(start, reader.cursor - 1)
    character = names.find(name)
    if character is None:
        raise context.fail(f"no character is named {name!r} in Unicode 13")
    return character


_CHARACTERS = {
    "0": _octal,
    "c": _control,
    "u": _unicode,
    "x": _hexadecimal,
    "N": _by_name,
}
