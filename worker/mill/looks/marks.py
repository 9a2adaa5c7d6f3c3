"""Marks that all items of an answer carry: they are the list's, and are taken off. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from worker.mill.looks.wording import Wording

#: So many items show which marks an answer carries; no more are held back for it.
HEAD = 3

_NUMBER = re.compile(r"\s*[(\[]?(\d{1,4})[.)\]:]\s+(?=\S)")
_BULLET = re.compile(r"\s*[-*•–·]\s+(?=\S)")
_TAIL = re.compile(r"(?<=\S)\s*[,;]\s*\Z")
_QUOTES = (('"', '"'), ("'", "'"), ("“", "”"), ("„", "“"), ("«", "»"), ("`", "`"))


class Marks:
    """Finds out from the first items, and takes off what comes behind them."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._found: list[str] = []
        #: The number that the first item carries, when all count up.
        self._first = 0

    def may_carry(self, item: str) -> bool:
        """Whether an item carries anything that could be a mark."""
        return any(self._carries(kind, item) for kind in self._kinds)

    def find(self, head: Sequence[str]) -> None:
        """Learn from the first items; one alone shows nothing."""
        if len(head) < 2:
            return
        items = list(head)
        more = True
        while more:
            more = False
            for kind in self._kinds:
                if kind in self._found or not all(self._carries(kind, item) for item in items):
                    continue
                if kind == "number" and not self._count_up(items):
                    continue
                self._found.append(kind)
                items = [self._strip(kind, item) for item in items]
                more = True

    def take_off(self, item: str, index: int) -> str:
        """The item without the marks that all carry.

        :param index: its place in the answer.
        """
        for kind in self._found:
            if not self._carries(kind, item):
                continue
            if kind == "number" and _number(item) != self._first + index:
                continue
            item = self._strip(kind, item)
        return item

    @property
    def _kinds(self) -> tuple[str, ...]:
        if self._wording.written_in_marks:
            return ("number",)
        return ("number", "bullet", "tail") if self._wording.quoted else _KINDS

    def _count_up(self, items: Sequence[str]) -> bool:
        numbers = [_number(item) for item in items]
        self._first = numbers[0]
        return numbers == list(range(numbers[0], numbers[0] + len(numbers)))

    @staticmethod
    def _carries(kind: str, item: str) -> bool:
        match kind:
            case "number":
                return _NUMBER.match(item) is not None
            case "bullet":
                return _BULLET.match(item) is not None
            case "tail":
                return _TAIL.search(item) is not None
            case _:
                return _unquoted(item) is not None

    @staticmethod
    def _strip(kind: str, item: str) -> str:
        match kind:
            case "number":
                return _NUMBER.sub("", item, count=1)
            case "bullet":
                return _BULLET.sub("", item, count=1)
            case "tail":
                return _TAIL.sub("", item)
            case _:
                return _unquoted(item) or item


_KINDS = ("number", "bullet", "tail", "quotes")


def _number(item: str) -> int:
    found = _NUMBER.match(item)
    return int(found[1]) if found else -1


def _unquoted(item: str) -> str | None:
    text = item.strip()
    for opening, closing in _QUOTES:
        if len(text) > 2 and text[0] == opening and text[-1] == closing:
            inner = text[1:-1]
            return inner if opening not in inner and closing not in inner else None
    return None
