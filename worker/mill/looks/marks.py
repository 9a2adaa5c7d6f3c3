"""Marks that all or most items of an answer carry: they are the list's, and are taken off. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from worker.mill.looks.wording import Wording

#: So many items show which marks an answer carries, and are held back for it where they carry any.
HEAD = 3

#: Numbers that are missing in a row: what was between two items was none, or is not here.
FORGIVEN = 2

_NUMBER = re.compile(r"\s*[(\[]?(\d{1,4})[.)\]:]\s+(?=\S)")
_BULLET = re.compile(r"\s*[-*•–·]\s+(?=\S)")
_TAIL = re.compile(r"(?<=\S)\s*[,;]\s*\Z")
_QUOTES = (('"', '"'), ("'", "'"), ("“", "”"), ("„", "“"), ("«", "»"), ("`", "`"))

#: What an item behind the first begins with that may be a mark.
_BEGINS = re.compile(r"\s*[-*•–·(\[0-9]")


class Marks:
    """Finds out which marks most items carry, and takes them off.

    Most are more than half of all so far, and two at least. A bullet is one on an only item too,
    and so is whatever other answers of the cell have carried.

    :param known: marks that other answers of the cell have carried.
    :param found: takes those of this answer.
    """

    def __init__(self, wording: Wording, *, known: Collection[str] = (), found: set[str]) -> None:
        self._wording = wording
        self._known = known
        self._learned = found
        self._found: list[str] = []
        self._heard = 0
        #: Items that carry a bullet; and by what a number is ahead of the place of its item.
        self._bullets = 0
        self._ahead: Counter[int] = Counter()
        #: The number taken off last, and what the first item's would be.
        self._last: int | None = None
        self._first = 0

    def may_carry(self, item: str) -> bool:
        """Whether an item carries anything that could be a mark."""
        return any(self._carries(kind, item) for kind in self._kinds)

    def find(self, head: Sequence[str]) -> None:
        """Learn from the first items; of more, ``hear`` tells."""
        self._heard = len(head)
        items = list(head)
        more = True
        while more:
            more = False
            for kind in self._kinds:
                if kind in self._found or not self._is_carried(kind, items):
                    continue
                self._note(kind)
                items = [self._strip(kind, item) for item in items]
                more = True
        self._bullets = sum(self._carries("bullet", item) for item in items)
        self._ahead = _ahead(items)

    def hear(self, item: str, index: int) -> bool:
        """Take note of an item behind the first; tells whether its mark may turn out to be one."""
        self._heard = index + 1
        if not _BEGINS.match(item):
            return False
        waits = False
        for kind in self._kinds:
            if kind == "bullet" and kind not in self._found and self._carries(kind, item):
                self._bullets += 1
                waits = True
            elif kind == "number" and kind not in self._found and self._carries(kind, item):
                self._ahead[_number(item) - index] += 1
                waits = True
        return waits

    def find_late(self) -> bool:
        """Whether what was heard behind the first items is a mark of most by now."""
        before = len(self._found)
        if 2 * self._bullets > self._heard and "bullet" not in self._found:
            self._note("bullet")
        if "number" not in self._found and self._counts_up(self._ahead, self._heard):
            self._note("number")
        return len(self._found) > before

    def take_off(self, item: str, index: int) -> str:
        """The item without the marks of the list.

        :param index: its place in the answer.
        """
        for kind in self._found:
            if self._carries(kind, item) and (kind != "number" or self._is_next(item, index)):
                item = self._strip(kind, item)
        return item

    @property
    def _kinds(self) -> tuple[str, ...]:
        if self._wording.written_in_marks:
            return ("number",)
        return ("number", "bullet", "tail") if self._wording.quoted else _KINDS

    def _is_carried(self, kind: str, items: Sequence[str]) -> bool:
        if len(items) == 1:
            likely = kind in self._known or (kind == "bullet" and not self._wording.quoted)
            if kind == "number":
                self._first = _number(items[0])
            return likely and self._carries(kind, items[0])
        if kind == "number":
            return self._counts_up(_ahead(items), len(items))
        carrying = sum(self._carries(kind, item) for item in items)
        return carrying > 1 and 2 * carrying > len(items)

    def _counts_up(self, ahead: Counter[int], count: int) -> bool:
        """Whether the numbers of most items count up with them."""
        if not ahead:
            return False
        [(self._first, carrying)] = ahead.most_common(1)
        return carrying > 1 and 2 * carrying > count

    def _is_next(self, item: str, index: int) -> bool:
        number = _number(item)
        last = self._last
        if number == self._first + index or (
            last is not None and last < number <= last + 1 + FORGIVEN
        ):
            self._last = number
            return True
        return False

    def _note(self, kind: str) -> None:
        self._found.append(kind)
        self._learned.add(kind)

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


def _ahead(items: Sequence[str]) -> Counter[int]:
    return Counter(
        number - index for index, item in enumerate(items) if (number := _number(item)) >= 0
    )


def _unquoted(item: str) -> str | None:
    text = item.strip()
    for opening, closing in _QUOTES:
        if len(text) > 2 and text[0] == opening and text[-1] == closing:
            inner = text[1:-1]
            return inner if opening not in inner and closing not in inner else None
    return None
