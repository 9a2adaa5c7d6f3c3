"""What is read of an answer has bounds, however it comes in pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import httpx
import pytest

from shared.models.transport import EVENT_ENDS, LINE_ENDS, Bounded


class Chunks(httpx.SyncByteStream):
    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        yield from self._chunks


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.models.transport.LONGEST_LINE", 20)


@pytest.mark.parametrize("end", [*LINE_ENDS, *EVENT_ENDS])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1_000])
def test_any_number_of_pieces_may_come_in_any_chunks(end: bytes, size: int) -> None:
    said = (b"0123456789" + end) * 50
    chunks = [said[at : at + size] for at in range(0, len(said), size)]
    ends = LINE_ENDS if end in LINE_ENDS else EVENT_ENDS
    assert b"".join(Bounded(Chunks(chunks), ends)) == said


@pytest.mark.parametrize("size", [1, 3, 1_000])
@pytest.mark.parametrize(
    ("said", "ends"),
    [(b"0123456789" * 3, LINE_ENDS), (b"data: 1\n" * 3, EVENT_ENDS), (b"x\r\n" * 9, EVENT_ENDS)],
)
def test_a_piece_that_does_not_end_is_cut_off(
    said: bytes, ends: tuple[bytes, ...], size: int
) -> None:
    chunks = [said[at : at + size] for at in range(0, len(said), size)]
    with pytest.raises(httpx.DecodingError):
        list(Bounded(Chunks(chunks), ends))
