"""What a process reads and rewrites ahead of what it writes."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import cast

import pytest

from shared.connectors.interface import Chunk
from worker.synthesis.generate import _ahead


class Chunks:
    """So many chunks; ``reached`` is set when one of them is taken, ``gone_past`` with the next."""

    def __init__(self, count: int, *, reaching: int) -> None:
        self.taken = 0
        self.reached = threading.Event()
        self.gone_past = threading.Event()
        self._count, self._reaching = count, reaching

    def __iter__(self) -> Iterator[Chunk]:
        for number in range(self._count):
            self.taken += 1
            if self.taken == self._reaching:
                self.reached.set()
            if self.taken > self._reaching:
                self.gone_past.set()
            yield Chunk(rows=1, columns={"n": [str(number)]})


def ahead_of(chunks: Chunks, *, most: int) -> Generator[Chunk]:
    return cast("Generator[Chunk]", _ahead(iter(chunks), most=most))


@pytest.mark.parametrize("most", [1, 4])
def test_no_more_chunks_are_made_than_may_wait_while_nothing_is_written(most: int) -> None:
    # One is being written, ``most`` wait, and one is made and finds no room.
    chunks = Chunks(50, reaching=most + 2)
    with closing(ahead_of(chunks, most=most)) as ahead:
        assert next(ahead).columns["n"] == ["0"]
        assert chunks.reached.wait(30)
        # Nothing ever comes of this wait, unless there is no bound: then it ends at once.
        assert not chunks.gone_past.wait(0.3)
        assert [chunk.columns["n"] for chunk in ahead] == [[str(n)] for n in range(1, 50)]


def test_what_fails_ahead_fails_where_it_is_written() -> None:
    def breaks() -> Iterator[Chunk]:
        yield Chunk(rows=1, columns={})
        raise ZeroDivisionError

    ahead = _ahead(breaks(), most=4)
    assert next(ahead).rows == 1
    with pytest.raises(ZeroDivisionError):
        next(ahead)


def test_nothing_is_made_any_more_once_nobody_writes() -> None:
    chunks = Chunks(1_000, reaching=3)
    ahead = ahead_of(chunks, most=1)
    next(ahead)
    assert chunks.reached.wait(30)
    ahead.close()
    assert chunks.taken == 3
