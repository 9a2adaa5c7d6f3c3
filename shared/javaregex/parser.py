"""From the text of an expression to its tree, accepting and refusing what Java does.

Java reads expressions with a cursor that looks ahead one character and now and then steps back,
and some of its decisions (``a{2}{3}`` is fine, ``a**`` is not) follow from just that. The parser
takes the same steps.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.javaregex.classes import parse_class, parse_property
from shared.javaregex.codepoints import ALL, CodePointSet
from shared.javaregex.context import Context, Flag, is_beyond_bmp
from shared.javaregex.escapes import read_escape, read_group_name_from
from shared.javaregex.nodes import (
    Alternation,
    Anchor,
    Atomic,
    Char,
    Group,
    Look,
    Node,
    Sequence,
    Text,
    Window,
)
from shared.javaregex.predicates import Fixed, Predicate, evaluate
from shared.javaregex.properties import Property
from shared.javaregex.quantifiers import read_quantifier
from shared.javaregex.reader import BACKSLASH
from shared.javaregex.study import study

_OPEN, _CLOSE, _BAR, _CARET, _DOLLAR, _DOT, _BRACKET, _BRACE = map(ord, "()|^$.[{")
_QUANTIFIERS = frozenset(map(ord, "?*+{"))
_DANGLING = frozenset(map(ord, "?*+"))
_TEXT_ENDS = frozenset(map(ord, "$.^([|)"))

_DOT_MEMBERS = ~CodePointSet.of(0x0A, 0x0D, 0x85, 0x2028, 0x2029)
_UNIX_DOT_MEMBERS = ~CodePointSet.of(0x0A)

_FLAGS = {
    ord("i"): Flag.IGNORE_CASE,
    ord("m"): Flag.MULTILINE,
    ord("s"): Flag.DOT_ALL,
    ord("d"): Flag.UNIX_LINES,
    ord("u"): Flag.UNICODE_CASE,
    ord("c"): Flag.CANONICAL,
    ord("x"): Flag.COMMENTS,
    ord("U"): Flag.UNICODE_CLASSES | Flag.UNICODE_CASE,
}


@dataclass(frozen=True, slots=True)
class Syntax:
    """A parsed expression.

    :param by_code_point: whether Java, looking for a match, steps from code point to code point;
        it steps from one UTF-16 unit to the next where it saw no need for more.
    """

    tree: Node
    by_code_point: bool


def parse(source: str) -> Syntax:
    """The tree of an expression.

    :raises JavaRegexError: Java refuses it, or part of it cannot be carried over.
    """
    context = Context(source)
    try:
        tree = _Parser(context).parse()
    except IndexError:  # where Java, too, runs past the end of its array
        last = context.reader.length - 1
        raise context.reader.fail("the expression ends too early", at=last) from None
    return Syntax(tree, context.by_code_point)


class _Parser:
    def __init__(self, context: Context) -> None:
        self.context = context
        self.reader = context.reader

    def parse(self) -> Node:
        if self.reader.length == 0:
            return Sequence(())
        tree = self._alternation()
        if self.reader.cursor > self.reader.length:
            raise self.reader.fail("the expression ends too early")
        if self.reader.cursor < self.reader.length:
            raise self.reader.fail("there is no ( for this ): write \\)", at=self.reader.cursor)
        return tree

    def _alternation(self) -> Node:
        branches = [self._sequence()]
        while self.reader.peek() == _BAR:
            self.reader.next()
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Alternation(tuple(branches))

    def _sequence(self) -> Node:
        items: list[Node] = []
        while True:
            c = self.reader.peek()
            if c in (_BAR, _CLOSE) or (c == 0 and self.reader.at_end()):
                break
            if c == _OPEN:
                group = self._group()
                if group is not None:
                    items.append(group)
                continue
            start = self.reader.cursor
            item = self._item(c)
            items.append(read_quantifier(self.context, item, start))
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def _item(self, c: int) -> Node:
        """Whatever can be quantified, but for groups."""
        context, reader = self.context, self.reader
        if c == _BRACKET:
            return self._property_node(parse_class(context))
        if c == BACKSLASH:
            if reader.next_raw() in (ord("p"), ord("P")):
                return self._property_node(parse_property(context))
            reader.unread()
            return self._text()
        if c in (_CARET, _DOLLAR, _DOT):
            reader.next()
            return self._dot() if c == _DOT else self._line_anchor(c)
        if c in _DANGLING:
            reader.next()
            raise context.fail(f"there is nothing that {chr(c)} could repeat: write \\{chr(c)}")
        return self._text()

    def _line_anchor(self, c: int) -> Node:
        unix = self.context.has(Flag.UNIX_LINES)
        multiline = self.context.has(Flag.MULTILINE)
        if c == _CARET:
            if not multiline:
                return Anchor.BEGIN
            return Anchor.UNIX_LINE_BEGIN if unix else Anchor.LINE_BEGIN
        if multiline:
            return Anchor.UNIX_LINE_END if unix else Anchor.LINE_END
        return Anchor.UNIX_TEXT_END if unix else Anchor.TEXT_END

    def _dot(self) -> Char:
        if self.context.has(Flag.DOT_ALL):
            return Char(ALL, bmp=False)
        unix = self.context.has(Flag.UNIX_LINES)
        return Char(_UNIX_DOT_MEMBERS if unix else _DOT_MEMBERS, bmp=False)

    def _property_node(self, predicate: Predicate) -> Node:
        if self.context.has(Flag.CANONICAL):
            raise self.context.fail(
                "the flag c (canonical equivalence) has no counterpart for classes: leave it out, "
                "and list the composed and decomposed forms"
            )
        return self._char(predicate)

    def _char(self, predicate: Predicate) -> Char:
        if not predicate.bmp:
            self.context.by_code_point = True
        return Char(evaluate(predicate), bmp=predicate.bmp)

    def _text(self) -> Node:
        """Characters in a row, up to the last one that a quantifier does not claim."""
        context, reader = self.context, self.reader
        characters: list[int] = []
        before = -1
        c = reader.peek()
        while not (c in _TEXT_ENDS or (c == 0 and reader.at_end())):
            if c in _QUANTIFIERS:
                if len(characters) > 1:
                    reader.cursor = before
                    characters.pop()
                break
            if c != BACKSLASH:
                before = reader.cursor
                characters.append(c)
                c = reader.next()
                continue
            if reader.next_raw() in (ord("p"), ord("P")):
                if characters:
                    reader.unread()
                    break
                return self._property_node(parse_property(context))
            reader.unread()
            before = reader.cursor
            escape = read_escape(context, in_class=False, wanted=not characters)
            if not isinstance(escape, int):
                if not characters and escape is not None:
                    return self._escape_node(escape)
                reader.cursor = before
                break
            characters.append(escape)
            c = reader.peek()
        if len(characters) == 1:
            return self._char(context.character(characters[0]))
        return Text(tuple(context.character_in_text(c) for c in characters))

    def _escape_node(self, escape: Property | Node) -> Node:
        if isinstance(escape, Property):
            return self._char(Fixed(escape.members, bmp=escape.bmp))
        return escape

    def _group(self) -> Node | None:
        """From ``(`` to behind ``)`` and its quantifier; ``None`` for flags alone, as ``(?i)``."""
        context, reader = self.context, self.reader
        start = reader.cursor
        flags = context.flags
        with context.deeper():
            group = self._open_group(start)
        if group is None:
            return None
        if reader.read() != _CLOSE:
            raise reader.fail("the group is not closed: ) is missing", at=start)
        context.flags = flags
        return read_quantifier(context, group, start)

    def _open_group(self, start: int) -> Node | None:
        """A group up to its ``)``."""
        context, reader = self.context, self.reader
        if reader.next() != ord("?"):
            return self._capturing()
        kind = chr(reader.skip())
        match kind:
            case ":":
                return Group(self._alternation(), None)
            case "=" | "!":
                return Look(self._alternation(), kind == "!", None, reader.position(start))
            case ">":
                return Atomic(self._alternation())
            case "<":
                return self._named_or_behind(start)
            case "$" | "@":
                raise context.fail(f"(?{kind} opens no group that Java knows")
        reader.unread()
        self._change_flags()
        c = reader.read()
        if c == _CLOSE:
            return None
        if c != ord(":"):
            raise context.fail("(? is followed by flags out of idmsuxU, or by one of : = ! > <")
        return Group(self._alternation(), None)

    def _capturing(self, name: str | None = None) -> Group:
        self.context.groups += 1
        number = self.context.groups
        if name is not None:
            self.context.names[name] = number
        return Group(self._alternation(), number)

    def _named_or_behind(self, start: int) -> Node:
        context, reader = self.context, self.reader
        c = reader.read()
        if c not in (ord("="), ord("!")):
            name = read_group_name_from(context, c)
            if name in context.names:
                raise context.fail(f"there is already a group <{name}>")
            return self._capturing(name)
        content = reader.cursor
        body = self._alternation()
        lengths = study(body)
        if not lengths.bounded:
            raise context.fail(
                "look-behind needs an obvious maximum length: "
                "use counts, as {0,9}, on single characters in place of * + and of repeated groups"
            )
        code_points = any(map(is_beyond_bmp, reader.codes[content : reader.length]))
        window = Window(lengths.low, lengths.high, code_points)
        return Look(body, c == ord("!"), window, reader.position(start))

    def _change_flags(self) -> None:
        context, reader = self.context, self.reader
        adding = True
        c = reader.peek()
        while True:
            if c in _FLAGS:
                changed = context.flags | _FLAGS[c] if adding else context.flags & ~_FLAGS[c]
                context.flags = changed
            elif c == ord("-") and adding:
                adding = False
            else:
                return
            c = reader.next()
