"""Strings that match a regular expression, for the subset that a llama.cpp grammar knows.

Literals, ``.``, classes, negated classes, groups, alternation and quantifiers. No look-around,
no back-references, no Unicode properties.
"""

from __future__ import annotations

import random
import string
from dataclasses import dataclass
from functools import cached_property, lru_cache

REPETITION_LIMIT = 2000
_UNBOUNDED_EXTRA = 8
_WORD = string.ascii_letters + string.digits + "_"
# What a class may produce, likeliest first: printable and harmless inside a JSON string.
_ALPHABET = (
    string.ascii_lowercase
    + string.ascii_uppercase
    + string.digits
    + " -_.,:;!?'()[]{}@#$%&*+/<=>^`|~"
    + "äöüßéèêáàâçñóòôúíøåæœßğşıłżśćńőűčšžřěď"
)
_SHORTHANDS = {"d": string.digits, "w": _WORD, "s": " "}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}


class BadPattern(ValueError):
    """The pattern cannot become a grammar; the message says why."""


@dataclass(frozen=True)
class _Chars:
    """One character out of `ranges`, or out of all the others when negated."""

    ranges: tuple[tuple[int, int], ...]
    negated: bool = False

    def holds(self, character: str) -> bool:
        code = ord(character)
        return any(low <= code <= high for low, high in self.ranges) != self.negated

    @cached_property
    def _likely(self) -> tuple[list[str], list[str]]:
        fitting = [c for c in _ALPHABET if self.holds(c)]
        return fitting, [c for c in fitting if c in string.ascii_lowercase] or fitting

    def draw(self, rng: random.Random) -> str:
        fitting, lower = self._likely
        if fitting:
            return rng.choice(lower if rng.random() < 0.85 else fitting)
        if self.negated:
            return next(chr(code) for code in range(0x21, 0x110000) if self.holds(chr(code)))
        low, high = rng.choice(self.ranges)
        return chr(rng.randint(low, high))


@dataclass(frozen=True)
class _Repeat:
    item: _Node
    least: int
    most: int | None


@dataclass(frozen=True)
class _Sequence:
    items: tuple[_Node, ...]


@dataclass(frozen=True)
class _Choice:
    options: tuple[_Node, ...]


_Node = _Chars | _Repeat | _Sequence | _Choice


class Pattern:
    """A parsed pattern. Raises `BadPattern` where llama.cpp would refuse the schema."""

    def __init__(self, text: str) -> None:
        if len(text) < 2 or not text.startswith("^") or not text.endswith("$"):
            raise BadPattern("Pattern must start with '^' and end with '$'")
        self._root = _Parser(text[1:-1]).parse()

    def draw(self, rng: random.Random) -> str:
        """A random string that the whole pattern matches."""
        return _draw(self._root, rng)


@lru_cache(maxsize=256)
def parse_pattern(text: str) -> Pattern:
    """The pattern, parsed once for all requests that bring it. Raises `BadPattern`."""
    return Pattern(text)


def _draw(node: _Node, rng: random.Random) -> str:
    match node:
        case _Chars():
            return node.draw(rng)
        case _Sequence(items):
            return "".join(_draw(item, rng) for item in items)
        case _Choice(options):
            return _draw(rng.choice(options), rng)
        case _Repeat(item, least, most):
            top = min(least + _UNBOUNDED_EXTRA, most if most is not None else REPETITION_LIMIT)
            return "".join(_draw(item, rng) for _ in range(rng.randint(least, max(least, top))))


class _Parser:
    """Recursive descent over the text between the anchors."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def parse(self) -> _Node:
        node = self._choice()
        if self._at < len(self._text):
            raise BadPattern(f"unbalanced parentheses at {self._at + 1}")
        return node

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        character = self._peek()
        if not character:
            raise BadPattern("the pattern ends too early")
        self._at += 1
        return character

    def _choice(self) -> _Node:
        options = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            options.append(self._sequence())
        return options[0] if len(options) == 1 else _Choice(tuple(options))

    def _sequence(self) -> _Node:
        items: list[_Node] = []
        while self._peek() and self._peek() not in "|)":
            items.append(self._quantified(self._atom()))
        return _Sequence(tuple(items))

    def _atom(self) -> _Node:
        character = self._next()
        match character:
            case "(":
                return self._group()
            case "[":
                return self._class()
            case ".":
                return _Chars(_ranges('\n\r"\\'), negated=True)
            case "\\":
                return _Chars(_ranges(self._escape(inside_class=False)))
            case "*" | "+" | "?":
                raise BadPattern(f"nothing to repeat at {self._at}")
            case "^" | "$":
                raise BadPattern("'^' and '$' are only known at the ends of a pattern")
        return _Chars(_ranges(character))

    def _group(self) -> _Node:
        if self._peek() == "?":
            if self._text[self._at : self._at + 2] != "?:":
                raise BadPattern("Unsupported pattern syntax: (?")
            self._at += 2
        node = self._choice()
        if self._peek() != ")":
            raise BadPattern("unbalanced parentheses")
        self._at += 1
        return node

    def _class(self) -> _Node:
        negated = self._peek() == "^"
        self._at += negated
        ranges: list[tuple[int, int]] = []
        while self._peek() != "]" or not ranges:
            found = self._class_member()
            if (
                len(found) == 1
                and self._text[self._at : self._at + 1] == "-"
                and (self._text[self._at + 1 : self._at + 2] not in ("]", ""))
            ):
                self._at += 1
                end = self._class_member()
                if len(end) != 1 or ord(end) < ord(found):
                    raise BadPattern(f"bad character range at {self._at}")
                ranges.append((ord(found), ord(end)))
            else:
                ranges += _ranges(found)
        self._at += 1
        return _Chars(tuple(ranges), negated)

    def _class_member(self) -> str:
        character = self._next()
        return self._escape(inside_class=True) if character == "\\" else character

    def _escape(self, *, inside_class: bool) -> str:
        """The characters that an escape stands for."""
        character = self._next()
        if character in _SHORTHANDS:
            return _SHORTHANDS[character]
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character in "xu":
            width = 2 if character == "x" else 4
            digits = self._text[self._at : self._at + width]
            if len(digits) < width or not all(d in string.hexdigits for d in digits):
                raise BadPattern(f"\\{character} needs {width} hexadecimal digits")
            self._at += width
            return chr(int(digits, 16))
        if character.isalnum() and not (inside_class and character == "b"):
            raise BadPattern(f"Unsupported pattern syntax: \\{character}")
        return "\b" if character == "b" else character

    def _quantified(self, item: _Node) -> _Node:
        if not self._peek() or self._peek() not in "*+?{":
            return item
        match self._next():
            case "*":
                item = _Repeat(item, 0, None)
            case "+":
                item = _Repeat(item, 1, None)
            case "?":
                item = _Repeat(item, 0, 1)
            case _:
                item = _Repeat(item, *self._bounds())
        if self._peek() and self._peek() in "*+?{":
            raise BadPattern("lazy, possessive and repeated quantifiers are not supported")
        return item

    def _bounds(self) -> tuple[int, int | None]:
        end = self._text.find("}", self._at)
        body = self._text[self._at : end] if end >= 0 else ""
        first, comma, second = body.partition(",")
        if not (first.isascii() and first.isdigit()) or (second and not second.isdigit()):
            raise BadPattern(f"bad repetition at {self._at}")
        self._at = end + 1
        least = int(first)
        most = least if not comma else int(second) if second else None
        if most is not None and most < least:
            raise BadPattern(f"bad repetition {{{body}}}")
        if max(least, most or 0) >= REPETITION_LIMIT:
            raise BadPattern("number of repetitions exceeds sane defaults")
        return least, most


def _ranges(characters: str) -> tuple[tuple[int, int], ...]:
    return tuple((ord(c), ord(c)) for c in characters)
