"""What the parts of the parser share: the reader, the flags in force, the groups seen so far."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntFlag, auto

from shared.javaregex import casing
from shared.javaregex.codepoints import CodePointSet
from shared.javaregex.errors import JavaRegexError
from shared.javaregex.predicates import Fixed
from shared.javaregex.reader import Reader

MAX_DEPTH = 60
"""How deep groups and classes may nest."""


class Flag(IntFlag):
    NONE = 0
    UNIX_LINES = auto()
    IGNORE_CASE = auto()
    COMMENTS = auto()
    MULTILINE = auto()
    DOT_ALL = auto()
    UNICODE_CASE = auto()
    CANONICAL = auto()
    UNICODE_CLASSES = auto()


class Context:
    """The state of one parse.

    :ivar groups: the number of capturing groups opened so far.
    :ivar names: the numbers of the named ones.
    :ivar by_code_point: whether Java moves along a text by code points; otherwise by UTF-16 units.
    """

    def __init__(self, source: str) -> None:
        self.reader = Reader(source)
        self.groups = 0
        self.names: dict[str, int] = {}
        self.by_code_point = any(is_beyond_bmp(c) for c in self.reader.codes)
        self._flags = Flag.NONE
        self._depth = 0

    @property
    def flags(self) -> Flag:
        return self._flags

    @flags.setter
    def flags(self, flags: Flag) -> None:
        self._flags = flags
        self.reader.comments = Flag.COMMENTS in flags
        self.reader.unix_lines = Flag.UNIX_LINES in flags

    def has(self, flag: Flag) -> bool:
        return flag in self._flags

    def fail(self, message: str) -> JavaRegexError:
        return self.reader.fail(message)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Around the parse of a group or a class."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self.fail(f"groups and classes nest more than {MAX_DEPTH} deep: flatten them")
        yield
        self._depth -= 1

    def character(self, c: int) -> Fixed:
        """One character by itself, with its variants where case is ignored."""
        if self.has(Flag.IGNORE_CASE):
            if self.has(Flag.UNICODE_CASE):
                if casing.upper(c) != casing.fold(c):
                    return Fixed(casing.folding_to(casing.fold(c)))
            elif is_cased_ascii(c):
                return Fixed(casing.ascii_variants(c), bmp=True)
        return Fixed(CodePointSet.of(c), bmp=not is_beyond_bmp(c))

    def character_in_text(self, c: int) -> CodePointSet:
        """One character among others in a row.

        Java compares these otherwise than single ones: ``ß`` alone has no variant, in ``aß`` the
        capital ``ẞ`` is one.
        """
        if not self.has(Flag.IGNORE_CASE):
            return CodePointSet.of(c)
        if self.has(Flag.UNICODE_CASE):
            return casing.folding_to(casing.fold(c))
        return casing.ascii_variants(c)


def is_beyond_bmp(c: int) -> bool:
    """Whether Java takes special care of a code point: supplementary ones and surrogates."""
    return c >= 0x10000 or 0xD800 <= c <= 0xDFFF


def is_cased_ascii(c: int) -> bool:
    return 0x41 <= c <= 0x5A or 0x61 <= c <= 0x7A
