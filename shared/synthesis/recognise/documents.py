"""JSON documents: their leaves are treated, all else of them stays to the letter. Pure.

A document is read token by token, and not made into objects and written again: so blanks, the order
and the doubles of keys, and the digits of numbers stay as they are, and one that is nested a
million deep takes no more than its length.
"""

from __future__ import annotations

import json
import re
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]

from shared.synthesis.recognise.leaves import Leaves

_TOKEN = re.compile(
    r"[ \t\r\n]*+(?:([{}\[\],:\"])|(-?\d++(?:\.\d++)?(?:[eE][+-]?\d++)?)|(true|false|null))"
)
_BLANK = re.compile(r"[ \t\r\n]*+")


def looks_like_json(text: str) -> bool:
    """Whether a text may be a document: it begins and ends as one with parts does."""
    stripped = text.strip()
    return len(stripped) > 1 and stripped[0] + stripped[-1] in {"{}", "[]"}


def scrub_json(text: str, leaves: Leaves, *, cutoff: int | None = None) -> str | None:
    """A document with treated leaves and names; None: it is no JSON.

    :param cutoff: parts that begin behind so many characters are dropped; what is left is whole.
    """
    return _Reader(text, leaves, cutoff).read()


class _Reader:
    def __init__(self, text: str, leaves: Leaves, cutoff: int | None) -> None:
        self._text, self._leaves, self._cutoff = text, leaves, cutoff
        self._parts: list[str] = []
        #: What is open, and the name of the part of it that is being read.
        self._open: list[tuple[str, str]] = []
        #: So many parts are a document, once all that is open is closed.
        self._whole = 0
        self._name = ""

    def read(self) -> str | None:
        text, at = self._text, 0
        wants_name = False
        while (match := _TOKEN.match(text, at)) is not None:
            mark, number, word = match.groups()
            start = match.end() - len(mark or number or word)
            if self._cutoff is not None and start >= self._cutoff and mark not in {"}", "]"}:
                return self._cut()
            self._parts.append(text[at:start])
            at = match.end()
            if mark == '"':
                try:
                    value, at = scanstring(text, at, False)
                except JSONDecodeError:
                    return None
                written = text[start:at]
                if wants_name:
                    self._name = value
                    self._write(written, value, self._leaves.name(value))
                    wants_name = False
                    continue
                self._write(written, value, self._string(value, start))
                self._whole = len(self._parts)
            elif mark in {"{", "["}:
                self._parts.append(mark)
                self._open.append((mark, self._name))
                wants_name = mark == "{"
                self._whole = len(self._parts)
            elif mark in {"}", "]"}:
                if not self._open or self._open[-1][0] + mark not in {"{}", "[]"}:
                    return None
                self._parts.append(mark)
                self._name = self._open.pop()[1]
                wants_name = False
                self._whole = len(self._parts)
            elif mark:
                self._parts.append(mark)
                wants_name = mark == "," and bool(self._open) and self._open[-1][0] == "{"
            else:
                self._parts.append(
                    self._leaves.number(number, self._name, self._owner()) if number else word
                )
                self._whole = len(self._parts)
        if self._open or _BLANK.fullmatch(text, at) is None or not self._parts:
            return None
        return "".join([*self._parts, text[at:]])

    def _string(self, value: str, start: int) -> str:
        if self._cutoff is not None:
            value = self._leaves.cut(value, self._cutoff - start)
        return self._leaves.string(value, self._name, self._owner())

    def _owner(self) -> str:
        """What the part is called that a leaf is in; of a list, what the list is in."""
        return next((name for _, name in reversed(self._open[-2:]) if name != self._name), "")

    def _write(self, written: str, value: str, treated: str) -> None:
        same = treated == value
        self._parts.append(written if same else json.dumps(treated, ensure_ascii=False))

    def _cut(self) -> str:
        closing = ["}" if mark == "{" else "]" for mark, _ in reversed(self._open)]
        return "".join(self._parts[: self._whole] + closing) or "null"
