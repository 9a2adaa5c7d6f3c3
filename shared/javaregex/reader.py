r"""The expression as Java reads it: code points with a cursor, quotation undone, comments skipped.

How the cursor moves over blanks and comments in comments mode, what ``\Q..\E`` turns into, and the
zeros that follow the last character decide what Java accepts in odd corners, so all of these are
kept as they are there.
"""

from __future__ import annotations

from collections.abc import Sequence

from shared.javaregex.errors import JavaRegexError

BACKSLASH = ord("\\")
HASH = ord("#")


def is_ascii_space(c: int) -> bool:
    return 0x09 <= c <= 0x0D or c == 0x20


def is_ascii_letter(c: int) -> bool:
    return 0x41 <= c <= 0x5A or 0x61 <= c <= 0x7A


def is_ascii_digit(c: int) -> bool:
    return 0x30 <= c <= 0x39


class Reader:
    """A cursor over the code points of an expression.

    ``comments`` and ``unix_lines`` follow the flags ``x`` and ``d`` and may be changed at any time.
    """

    def __init__(self, source: str) -> None:
        units = source.encode("utf-16-le", "surrogatepass")
        codes = [ord(c) for c in units.decode("utf-16-le", "surrogatepass")]
        self.length = len(codes)
        self.codes, self._origins = _unquote(codes, padding=len(units) // 2 - len(codes) + 2)
        self.length = len(self._origins)
        self.cursor = 0
        self.comments = False
        self.unix_lines = False

    def fail(self, message: str, *, at: int | None = None) -> JavaRegexError:
        return JavaRegexError(message, self.position(at))

    def position(self, cursor: int | None = None) -> int:
        """The place in the source of a cursor, by default of the character read last."""
        index = self.cursor - 1 if cursor is None else cursor
        if not self._origins:
            return 0
        return self._origins[min(max(index, 0), len(self._origins) - 1)]

    def at_end(self) -> bool:
        return self.cursor >= self.length

    def peek(self) -> int:
        """The next character; the cursor moves only over comments."""
        return self._skip_forward(self.codes[self.cursor])

    def next(self) -> int:
        """Moves on by one and peeks."""
        self.cursor += 1
        return self._skip_forward(self.codes[self.cursor])

    def next_raw(self) -> int:
        """As ``next``, in no regard to comments."""
        self.cursor += 1
        return self.codes[self.cursor]

    def read(self) -> int:
        """The next character, and past it."""
        c = self.codes[self.cursor]
        self.cursor += 1
        while self.comments and (is_ascii_space(c) or c == HASH):
            c = self._read_past_line() if c == HASH else self._take()
        return c

    def skip(self) -> int:
        """The character after the next, and past it."""
        c = self.codes[self.cursor + 1]
        self.cursor += 2
        return c

    def unread(self) -> None:
        self.cursor -= 1

    def text(self, start: int, end: int) -> str:
        return "".join(map(chr, self.codes[start:end]))

    def read_until(self, stop: int) -> bool:
        """Past the next ``stop``; false when there is none."""
        self.codes[self.length] = stop
        while self.read() != stop:
            pass
        self.codes[self.length] = 0
        return self.cursor <= self.length

    def _take(self) -> int:
        c = self.codes[self.cursor]
        self.cursor += 1
        return c

    def _skip_forward(self, c: int) -> int:
        while self.comments and (is_ascii_space(c) or c == HASH):
            if c == HASH:
                c = self._peek_past_line()
            else:
                self.cursor += 1
                c = self.codes[self.cursor]
        return c

    def _read_past_line(self) -> int:
        c = self._take()
        while c != 0 and not self._ends_line(c):
            c = self._take()
        if c == 0 and self.cursor > self.length:
            self.cursor = self.length
            c = self._take()
        return c

    def _peek_past_line(self) -> int:
        self.cursor += 1
        while self.codes[self.cursor] != 0 and not self._ends_line(self.codes[self.cursor]):
            self.cursor += 1
        if self.codes[self.cursor] == 0 and self.cursor > self.length:
            self.cursor = self.length
        return self.codes[self.cursor]

    def _ends_line(self, c: int) -> bool:
        if self.unix_lines:
            return c == 0x0A
        return c in (0x0A, 0x0D, 0x85, 0x2028, 0x2029)


def _unquote(codes: Sequence[int], *, padding: int) -> tuple[list[int], list[int]]:
    r"""Writes out ``\Q..\E`` with backslashes; the second list says where each code came from.

    As in Java, letters and characters beyond ASCII stand bare, and a digit that opens a quotation
    becomes ``\x3n`` so that it cannot lengthen an escape before it.
    """
    length = len(codes)
    i = 0
    while i < length - 1 and not (codes[i] == BACKSLASH and codes[i + 1] == ord("Q")):
        i += 2 if codes[i] == BACKSLASH else 1
    if i >= length - 1:
        return [*codes, *[0] * padding], list(range(length))

    result = list(codes[:i])
    origins = list(range(i))

    def put(text: Sequence[int], origin: int) -> None:
        result.extend(text)
        origins.extend([origin] * len(text))

    i += 2
    quoting = opening = True
    while i < length:
        c, here = codes[i], i
        i += 1
        following = codes[i] if i < length else 0
        if c >= 0x80 or is_ascii_letter(c):
            put([c], here)
        elif is_ascii_digit(c):
            put([*map(ord, "\\x3"), c] if opening else [c], here)
        elif c != BACKSLASH:
            put([BACKSLASH, c] if quoting else [c], here)
        elif quoting:
            if following == ord("E"):
                i += 1
                quoting = False
            else:
                put([BACKSLASH, BACKSLASH], here)
        elif following == ord("Q"):
            i += 1
            quoting = opening = True
            continue
        else:
            put([c], here)
            if i < length:
                put([following], i)
                i += 1
        opening = False
    return [*result, 0, 0], origins
