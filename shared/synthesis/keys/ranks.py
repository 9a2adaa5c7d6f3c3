"""Which of all its values a value is, in an order that the secret makes. Pure.

An *artifact* holds the hashes of all distinct values of some columns, sorted: 8 bytes a value. A
value's *rank* is the place of its hash among them. Two values with one hash are found when the
artifact is made, and another key is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.synthesis.plans import ColumnName

#: Bytes of a part, about.
PART: Final = 8_000_000


@dataclass(frozen=True, kw_only=True)
class RankNeed:
    """Values whose ranks have to be known: all distinct ones of some columns together.

    :param name: what the artifact is called.
    :param columns: whose values; each is read by ``Source.distinct`` on its own.
    :param limit: with more distinct values than that nothing is kept of them, and reading can
        stop there; None: all are kept.
    :param texts: the values themselves are wanted back, so they are kept too, sealed.
    :param integers: the values are whole numbers; their hashes are one to one, and can be undone.
    :param folded: texts that differ in case alone are one value.
    :param keep: values that have no rank, since they stay as they are.
    """

    name: str
    columns: tuple[ColumnName, ...]
    limit: int | None = None
    texts: bool = False
    integers: bool = False
    folded: bool = False
    keep: tuple[str, ...] = ()


class Ranks:
    """An artifact, ready for use."""

    def __init__(self, parts: Iterable[bytes], *, file: Path | None = None) -> None:
        """Put the parts of an artifact together.

        :param file: where to, so that they are mapped into memory and not held in it.
        """
        self.content = b"".join(parts)
        del file


def build(need: RankNeed, streams: Iterable[Iterable[str]], secret: bytes) -> Iterator[bytes]:
    """The parts of an artifact, in their order.

    :param streams: of each column of the need its distinct values, without null. They are read one
        after the other, and not to their end where there are more than the need's limit.
    """
    del need, streams, secret
    yield b""
