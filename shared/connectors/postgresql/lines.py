r"""Rows as ``COPY ... (FORMAT text)`` writes them. Pure.

A row is a line, its values are parted by tabs, and a null is ``\N``. A backslash begins what
stands for another character, so no value holds a tab or the end of a line as it is, and bytes can
be split without being read. What is decoded comes first in each row: only so many splits are
needed, and all others pass as one piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from shared.connectors.interface import Chunk

FORM = "postgresql"

#: What comes of a connection is gathered until there is about so much, in bytes.
CHUNK_BYTES = 1 << 20

#: What the driver hands over.
Piece = bytes | bytearray | memoryview

_ESCAPES = {b"b": "\b", b"f": "\f", b"n": "\n", b"r": "\r", b"t": "\t", b"v": "\v"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BY_LETTER = {letter.decode(): meant for letter, meant in _ESCAPES.items()}

_TO_ESCAPE = str.maketrans(
    {"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
)
_NEEDS_ESCAPE = re.compile(r"[\\\x08-\x0d]")


def gather(pieces: Iterable[Piece], *, size: int = CHUNK_BYTES) -> Iterator[bytes]:
    """Whole rows in blocks of about ``size`` bytes; each piece holds whole rows."""
    waiting: list[Piece] = []
    held = 0
    for piece in pieces:
        waiting.append(piece)
        held += len(piece)
        if held >= size:
            yield b"".join(waiting)
            waiting.clear()
            held = 0
    if waiting:
        yield b"".join(waiting)


def split(block: bytes, *, decoded: Sequence[str], opaque: Sequence[str]) -> Chunk:
    """A chunk of a block of rows, whose first values are those of ``decoded``."""
    rows = block.count(b"\n")
    rest: bytes | list[bytes] | None = None
    if not decoded:
        columns, rest = {}, block
    elif not opaque:
        columns = _all(block, decoded)
    else:
        lines = block.split(b"\n")
        lines.pop()
        parted = [line.split(b"\t", len(decoded)) for line in lines]
        columns = {
            name: decode([parts[place] for parts in parted]) for place, name in enumerate(decoded)
        }
        rest = [parts[-1] for parts in parted]
    return Chunk(rows=rows, columns=columns, opaque=tuple(opaque), rest=rest, form=FORM)


def _all(block: bytes, names: Sequence[str]) -> dict[str, list[str | None]]:
    """All columns of a block as texts: with one decoding and one split, and no loop over rows."""
    text = block.decode()
    values: list[str] = text.replace("\n", "\t").split("\t")
    values.pop()
    count = len(names)
    plain = "\\" not in text
    columns: dict[str, list[str | None]] = {}
    for place, name in enumerate(names):
        found = values[place::count]
        columns[name] = [*found] if plain else _meant(found)
    return columns


def decode(values: Sequence[bytes]) -> list[str | None]:
    """The texts that these bytes stand for."""
    if not values:
        return []
    # One decoding of all is much faster than one of each; no value holds an end of a line.
    joined = b"\n".join(values).decode()
    texts = joined.split("\n")
    return _meant(texts) if "\\" in joined else [*texts]


def _meant(texts: Sequence[str]) -> list[str | None]:
    return [
        text if "\\" not in text else None if text == "\\N" else _unescape(text) for text in texts
    ]


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda found: _BY_LETTER.get(found[1], found[1]), text)


def encode(values: Sequence[str | None]) -> list[bytes]:
    """What :func:`decode` reads."""
    if not values:
        return []
    texts = [value for value in values if value is not None]
    if _NEEDS_ESCAPE.search("\0".join(texts)):
        texts = [text.translate(_TO_ESCAPE) for text in texts]
    if len(texts) < len(values):
        there = iter(texts)
        texts = ["\\N" if value is None else next(there) for value in values]
    # PostgreSQL has no text with a zero byte, so it parts values here; where one has come in all
    # the same, the values are taken one by one, and the server refuses that one.
    joined = "\0".join(texts)
    if joined.count("\0") == len(texts) - 1:
        return joined.encode().split(b"\0")
    return [text.encode() for text in texts]


def join(chunk: Chunk, names: Sequence[str]) -> bytes:
    """The rows of a chunk, with the values of its columns in this order; opaque ones come last.

    :raises ValueError: for a chunk that is of another kind of database, or has other columns.
    """
    opaque = tuple(names[len(names) - len(chunk.opaque) :])
    if opaque != chunk.opaque or (chunk.opaque and chunk.form != FORM):
        raise ValueError("the chunk does not hold its opaque columns as this target takes them")
    plain = names[: len(names) - len(opaque)]
    if not chunk.rows:
        return b""
    if not plain:
        return bytes(chunk.rest or b"\n" * chunk.rows)
    columns: list[Sequence[bytes]] = [encode(chunk.columns[name]) for name in plain]
    if chunk.opaque:
        rest = chunk.rest
        columns.append(rest[:-1].split(b"\n") if isinstance(rest, bytes) else rest)
    lines = columns[0] if len(columns) == 1 else map(b"\t".join, zip(*columns, strict=True))
    return b"\n".join([*lines, b""])


def rows_of(chunk: Chunk, names: Sequence[str]) -> Iterator[tuple[str | None, ...]]:
    """The rows of a chunk as texts, with these of its columns."""
    columns = dict(chunk.columns)
    if chunk.opaque:
        rest = chunk.rest
        lines = rest[:-1].split(b"\n") if isinstance(rest, bytes) else rest
        parted = zip(*[line.split(b"\t") for line in lines], strict=True)
        columns |= zip(chunk.opaque, map(decode, parted), strict=False)
    yield from zip(*[columns[name] for name in names], strict=True)
