"""What a process knows of the ways of asking: by model and kind, and by cell. Bounded.

What it learns itself is also kept apart, until ``worker.mill.sharing`` has told the others.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from shared.generation.claim import Claim
from shared.generation.yields import Yield, bounded
from worker.mill.arms import Arm
from worker.mill.book import Book, Record
from worker.mill.cell import Cell

K = TypeVar("K")
V = TypeVar("V")

#: A model, and a kind of value.
Pair = tuple[str, str]

#: Models and kinds, and cells, that are remembered; those used last.
MOST_BOOKS = 1_000
MOST_CELLS = 5_000


def unknown(_: str) -> None:
    """Of no model is anything known."""


class Books:
    """See the module. Used by many threads at once.

    :param size_of: weights of a model; None: not known.
    """

    def __init__(self, size_of: Callable[[str], float | None] = unknown) -> None:
        self._size_of = size_of
        #: Held by whoever learns, or chooses: what is chosen is noted in the cell.
        self.lock = threading.Lock()
        self._books: OrderedDict[Pair, Book] = OrderedDict()
        self._cells: OrderedDict[tuple[int, int], Cell] = OrderedDict()
        #: Books begun here, of which others may know more.
        self._unread: set[Pair] = set()

    def of(self, *, model: str, kind: str) -> Book:
        """What is known of a model with a kind of value, as it is now."""
        size = self._size_of(model)
        with self.lock:
            book = self._get(_pair(model, kind))
            if size is not None:
                book.size = size
            # Others learn while this is read.
            return replace(book, records=_copied(book.records), unshared={})

    def cell(self, key: tuple[int, int]) -> Cell:
        """What the arms have shown in a cell; kept up to date."""
        with self.lock:
            return _get(self._cells, key, Cell, MOST_CELLS)

    def learn(
        self, claim: Claim, arm: Arm, *, said: int, fit: Sequence[str], fresh: int, tokens: int
    ) -> None:
        """Take note of an answer that is over.

        :param said: its values; these of them were fit to store, and so many of those new.
        """
        cell = self.cell((claim.operation_number, claim.cell_ordinal))
        with self.lock:
            book = self._get(_pair(claim.model, claim.data_type))
            book.learn(arm, said=said, fit=len(fit), tokens=tokens)
            book.learn_length(fit, said=said)
            cell.learn(arm, said=said, fit=len(fit), fresh=fresh)

    def unread(self) -> list[Pair]:
        """The books that were begun here and not read since."""
        with self.lock:
            return list(self._unread)

    def take(self) -> list[Yield]:
        """What was learned here and is not shared yet; it counts as shared from now on."""
        taken = []
        with self.lock:
            for (model, kind), book in self._books.items():
                taken += [
                    Yield(
                        model=model,
                        kind=kind,
                        arm=arm,
                        said=record.said,
                        fit=record.fit,
                        tokens=record.tokens,
                    )
                    for arm, record in book.unshared.items()
                ]
                book.unshared = {}
        return taken

    def put_back(self, taken: Iterable[Yield]) -> None:
        """It was not shared after all."""
        with self.lock:
            for each in taken:
                # One that was forgotten meanwhile stays so.
                if (book := self._books.get((each.model, each.kind))) is not None:
                    record = book.unshared.setdefault(Arm(each.arm), Record())
                    record.add(_record(each))

    def know(self, shared: Iterable[Yield], *, read: Collection[Pair] = ()) -> None:
        """Take over what all have learned, with what was learned here since it was taken.

        :param shared: replaces what was known. Ways of asking that this version has not are left.
        :param read: the books that were looked for; of some, nothing was found.
        """
        with self.lock:
            self._unread.difference_update(read)
            for each in shared:
                if each.arm not in _ARMS:
                    continue
                pair = each.model, each.kind
                self._unread.discard(pair)
                book = _get(self._books, pair, Book, MOST_BOOKS)
                record = _record(each)
                if (own := book.unshared.get(Arm(each.arm))) is not None:
                    record.add(own)
                book.records[Arm(each.arm)] = record

    def _get(self, pair: Pair) -> Book:
        if pair not in self._books:
            self._unread.add(pair)
        book = _get(self._books, pair, Book, MOST_BOOKS)
        if len(self._unread) > MOST_BOOKS:
            self._unread.intersection_update(self._books)
        return book


def kind_key(data_type: str) -> str:
    """A kind of value, however it is written."""
    return " ".join(data_type.casefold().replace("_", " ").split())


_ARMS = frozenset(Arm)


def _pair(model: str, kind: str) -> Pair:
    return bounded(model), bounded(kind_key(kind))


def _record(shared: Yield) -> Record:
    return Record(said=shared.said, fit=shared.fit, tokens=shared.tokens)


def _copied(records: dict[Arm, Record]) -> dict[Arm, Record]:
    return {arm: replace(record) for arm, record in records.items()}


def _get(kept: OrderedDict[K, V], key: K, make: Callable[[], V], most: int) -> V:
    if key not in kept:
        kept[key] = make()
        if len(kept) > most:
            kept.popitem(last=False)
    kept.move_to_end(key)
    return kept[key]
