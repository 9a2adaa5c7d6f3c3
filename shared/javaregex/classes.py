r"""Character classes in brackets, and ``\p{..}``."""

from __future__ import annotations

from shared.javaregex import casing, properties
from shared.javaregex.codepoints import CodePointSet
from shared.javaregex.context import Context, Flag
from shared.javaregex.escapes import read_escape
from shared.javaregex.predicates import Complement, Fixed, Join, Latin1, Missing, Predicate
from shared.javaregex.properties import Property
from shared.javaregex.reader import BACKSLASH

_OPEN, _CLOSE, _CARET, _AMPERSAND, _HYPHEN = map(ord, "[]^&-")
_BRACE, _BRACE_CLOSE = map(ord, "{}")

# Latin-1 characters with variants outside Latin-1: they stay out of Java's table.
_BEYOND_LATIN1 = frozenset((0xFF, 0xB5, *map(ord, "IiSsKk"), 0xC5, 0xE5))


def parse_class(context: Context, *, closing: bool = True) -> Predicate:
    """A class, the cursor on its ``[`` (or before the first character after ``&&``).

    :param closing: whether the ``]`` is part of it; the right side of ``&&`` leaves it.
    """
    with context.deeper():
        return _ClassParser(context, closing=closing).parse()


def parse_property(context: Context) -> Predicate:
    r"""``\p`` or ``\P`` and its name; the cursor is on the letter ``p``."""
    reader = context.reader
    negated = reader.codes[reader.cursor] == ord("P")
    braced = reader.next() == _BRACE
    if not braced:
        reader.unread()
    found = _find_property(context, _property_name(context, braced=braced))
    if negated:
        context.by_code_point = True
        return Complement(Fixed(found.members, bmp=found.bmp))
    return Fixed(found.members, bmp=found.bmp)


class _ClassParser:
    """One pair of brackets.

    ``joined`` is what is complete; single Latin-1 characters gather in ``latin1`` until they are
    joined as well; ``latest`` is the last part that was joined.
    """

    def __init__(self, context: Context, *, closing: bool) -> None:
        self.context = context
        self.reader = context.reader
        self.closing = closing
        self.latin1 = Latin1()
        self.latin1_pending = False
        self.joined: Predicate | None = None
        self.latest: Predicate | None = None

    def parse(self) -> Predicate:
        reader = self.reader
        c = reader.next()
        negated = c == _CARET and reader.codes[reader.cursor - 1] == _OPEN
        if negated:
            c = reader.next()
        while not (c == _CLOSE and self._started()):
            if c == _OPEN:
                self.latest = parse_class(self.context)
                self._unite(self.latest)
            elif c == _AMPERSAND and self._read_operator():
                self._intersect()
            elif c == 0 and reader.at_end():
                raise self.context.fail("the character class is not closed: ] is missing")
            else:
                self._read_member()
            c = reader.peek()
        if self.closing:
            reader.next()
        whole = self._settle()
        return Complement(whole) if negated else whole

    def _started(self) -> bool:
        return self.joined is not None or self.latin1_pending

    def _unite(self, part: Predicate) -> None:
        self.joined = part if self.joined is None else Join(self.joined, part, union=True)

    def _settle(self) -> Predicate:
        if self.latin1_pending:
            self._unite(self.latin1)
            self.latin1_pending = False
        assert self.joined is not None  # noqa: S101 - the loop ends only once something is there
        return self.joined

    def _read_operator(self) -> bool:
        """Past ``&&``; a single ``&`` is a character like others and stays."""
        if self.reader.next() == _AMPERSAND:
            return True
        self.reader.unread()
        return False

    def _read_member(self) -> None:
        self.latest = _read_range(self.context, self.latin1)
        if self.latest is None:
            self.latin1_pending = True
        else:
            self._unite(self.latest)

    def _intersect(self) -> None:
        right = self._read_right_side()
        if self.latin1_pending:
            if self.joined is None:
                self.latest = self.latin1
            self._settle()
        if right is not None:
            self.latest = right
        if self.joined is None:
            if right is None:
                raise self.context.fail("&& has nothing on either side")
            self.joined = right
        else:
            self.joined = Join(self.joined, self.latest or self._missing(), union=False)

    def _missing(self) -> Missing:
        return Missing(
            self.context.fail(
                "&& has nothing on its right side; Java accepts this and then fails with a "
                "NullPointerException when it matches: complete the intersection or drop it"
            )
        )

    def _read_right_side(self) -> Predicate | None:
        right: Predicate | None = None
        c = self.reader.next()
        while c not in (_CLOSE, _AMPERSAND):
            if c == _OPEN:
                part = parse_class(self.context)
            else:
                self.reader.unread()
                part = parse_class(self.context, closing=False)
            right = part if right is None else Join(right, part, union=True)
            c = self.reader.peek()
        return right


def _read_range(context: Context, latin1: Latin1) -> Predicate | None:
    """One member of a class; ``None`` when it went into the table."""
    reader = context.reader
    c = reader.peek()
    if c == BACKSLASH:
        c = reader.next_raw()
        if c in (ord("p"), ord("P")):
            return parse_property(context)
        in_range = reader.codes[reader.cursor + 1] == _HYPHEN
        reader.unread()
        escape = read_escape(context, in_class=True, in_range=in_range)
        if isinstance(escape, Property):
            return Fixed(escape.members, bmp=escape.bmp)
        assert isinstance(escape, int)  # noqa: S101 - in a class there is nothing else
        c = escape
    else:
        reader.next()
    if reader.peek() == _HYPHEN and reader.codes[reader.cursor + 1] not in (_OPEN, _CLOSE):
        return _range(context, c, _read_range_end(context))
    return _single(context, c, latin1)


def _read_range_end(context: Context) -> int:
    reader = context.reader
    reader.next()
    c = reader.peek()
    if c != BACKSLASH:
        reader.next()
        return c
    escape = read_escape(context, in_class=True, wanted=False, in_range=True)
    return escape if isinstance(escape, int) else -1


def _range(context: Context, first: int, last: int) -> Fixed:
    if last < first:
        raise context.fail("the range's end comes before its start")
    if context.has(Flag.IGNORE_CASE):
        if context.has(Flag.UNICODE_CASE):
            return Fixed(casing.range_unicode(first, last))
        return Fixed(casing.range_ascii(first, last))
    within_bmp = last < 0xD800 or (first > 0xDFFF and last < 0x10000)
    return Fixed(CodePointSet.span(first, last), bmp=within_bmp)


def _single(context: Context, c: int, latin1: Latin1) -> Fixed | None:
    ignore_case = context.has(Flag.IGNORE_CASE)
    unicode_case = context.has(Flag.UNICODE_CASE)
    if c >= 0x100 or (ignore_case and unicode_case and c in _BEYOND_LATIN1):
        return context.character(c)
    if not ignore_case:
        latin1.add(CodePointSet.of(c))
    elif c < 0x80:
        latin1.add(casing.ascii_variants(c))
    elif unicode_case:
        latin1.add(CodePointSet.of(c, casing.lower(c), casing.upper(c)))
    else:
        latin1.add(CodePointSet.of(c))
    return None


def _property_name(context: Context, *, braced: bool) -> str:
    reader = context.reader
    reader.next()
    start = reader.cursor
    if not braced:
        if reader.at_end():
            raise context.fail(r"\p names no property: write \p{name}")
        reader.read()
        return reader.text(start, start + 1)
    if not reader.read_until(_BRACE_CLOSE):
        raise context.fail(r"the property is not closed: write \p{name}")
    if start + 1 >= reader.cursor:
        raise context.fail(r"the property has no name: write \p{name}")
    return reader.text(start, reader.cursor - 1)


def _find_property(context: Context, name: str) -> Property:
    ignore_case = context.has(Flag.IGNORE_CASE)
    found: Property | None = None
    key, equals, value = name.partition("=")
    if equals:
        match key.lower():
            case "sc" | "script":
                found = properties.by_script(value)
            case "blk" | "block":
                found = properties.by_block(value)
            case "gc" | "general_category":
                found = properties.by_name(value, ignore_case=ignore_case)
    elif name.startswith("In"):
        found = properties.by_block(name[2:])
    elif name.startswith("Is"):
        found = (
            properties.by_binary_name(name[2:], ignore_case=ignore_case)
            or properties.by_name(name[2:], ignore_case=ignore_case)
            or properties.by_script(name[2:])
        )
    else:
        if context.has(Flag.UNICODE_CLASSES):
            found = properties.by_unicode_posix_name(name, ignore_case=ignore_case)
        found = found or properties.by_name(name, ignore_case=ignore_case)
    if found is None:
        raise context.fail(f"Java 17 knows no character property {name!r}")
    return found
