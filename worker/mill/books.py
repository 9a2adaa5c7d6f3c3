"""What a process has learned of the ways of asking: by model and kind, and by cell. Bounded."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TypeVar

from shared.generation.claim import Claim
from worker.mill.arms import Arm, Book, Cell

K = TypeVar("K")
V = TypeVar("V")

#: Models and kinds, and cells, that are remembered; those used last.
MOST_BOOKS = 1_000
MOST_CELLS = 5_000


class Books:
    """See the module. Used by many threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._books: OrderedDict[tuple[str, str], Book] = OrderedDict()
        self._cells: OrderedDict[tuple[int, int], Cell] = OrderedDict()

    def of(self, *, model: str, kind: str) -> Book:
        """What is known of a model with a kind of value; kept up to date."""
        with self._lock:
            return _get(self._books, (model, kind_key(kind)), Book, MOST_BOOKS)

    def cell(self, key: tuple[int, int]) -> Cell:
        """What the arms have shown in a cell; kept up to date."""
        with self._lock:
            return _get(self._cells, key, Cell, MOST_CELLS)

    def learn(
        self, claim: Claim, arm: Arm, *, said: int, fit: Sequence[str], fresh: int, tokens: int
    ) -> None:
        """Take note of an answer that is over.

        :param said: its values; these of them were fit to store, and so many of those new.
        """
        book = self.of(model=claim.model, kind=claim.data_type)
        cell = self.cell((claim.operation_number, claim.cell_ordinal))
        with self._lock:
            book.learn(arm, said=said, fit=len(fit), tokens=tokens)
            book.learn_length(fit, said=said)
            cell.learn(arm, fit=len(fit), fresh=fresh)


def kind_key(data_type: str) -> str:
    """A kind of value, however it is written."""
    return " ".join(data_type.casefold().replace("_", " ").split())


def _get(kept: OrderedDict[K, V], key: K, make: Callable[[], V], most: int) -> V:
    if key not in kept:
        kept[key] = make()
        if len(kept) > most:
            kept.popitem(last=False)
    kept.move_to_end(key)
    return kept[key]
