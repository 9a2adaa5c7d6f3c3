"""SQLite's values as texts, and back as what they were. Pure.

A column of SQLite has no type of its own: each value has one of five storage classes. So a chunk
keeps, beside the texts of a decoded column, of which class each was; a text that is written in
their place becomes a value of that class where it can, and else goes as a text, of which SQLite
makes what the column prefers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.connectors.interface import Chunk

FORM = "sqlite"

Value = int | float | str | bytes | None

#: A blob as a text.
_BLOB = "\\x"


@dataclass(frozen=True)
class Rest:
    """What is in a chunk beside its texts.

    :param rows: the values of its opaque columns.
    :param classes: of each decoded column, the class of each value.
    """

    rows: Sequence[tuple[Value, ...]]
    classes: dict[str, list[type]]


def chunk_of(
    rows: Sequence[tuple[Value, ...]], *, decoded: Sequence[str], opaque: Sequence[str]
) -> Chunk:
    """A chunk of rows whose first values are those of ``decoded``."""
    count = len(decoded)
    columns: dict[str, list[str | None]] = {}
    classes: dict[str, list[type]] = {}
    for place, name in enumerate(decoded):
        values = [row[place] for row in rows]
        columns[name] = [to_text(value) for value in values]
        classes[name] = [type(value) for value in values]
    return Chunk(
        rows=len(rows),
        columns=columns,
        opaque=tuple(opaque),
        rest=Rest(rows=[row[count:] for row in rows], classes=classes),
        form=FORM,
    )


def rows_of(chunk: Chunk, names: Sequence[str]) -> Iterator[tuple[Value, ...]]:
    """The rows of a chunk as SQLite takes them, with these decoded columns, then opaque ones.

    :raises ValueError: the chunk is of another kind of database.
    """
    if chunk.form != FORM and chunk.opaque:
        raise ValueError("the chunk's opaque columns are none of SQLite's")
    rest = chunk.rest if isinstance(chunk.rest, Rest) else Rest(rows=[()] * chunk.rows, classes={})
    columns: list[list[Value]] = []
    for name in names:
        texts = chunk.columns[name]
        classes = rest.classes.get(name)
        columns.append(
            [from_text(text, kind) for text, kind in zip(texts, classes, strict=True)]
            if classes is not None
            else list(texts)
        )
    if not columns:
        yield from rest.rows
    else:
        for row, opaque in zip(zip(*columns, strict=True), rest.rows, strict=True):
            yield (*row, *opaque)


def to_text(value: Value) -> str | None:
    """A value as a text, the same for equal values of one class."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return _BLOB + value.hex()
    return repr(value) if isinstance(value, float) else str(value)


def from_text(text: str | None, kind: type) -> Value:
    """A text as a value of this class, where it can be one."""
    if text is None or kind is str:
        return text
    try:
        if kind is int:
            number = int(text)
            return number if -(2**63) <= number < 2**63 else text
        if kind is float:
            return text if math.isnan(float(text)) else float(text)
        if kind is bytes and text.startswith(_BLOB):
            return bytes.fromhex(text[len(_BLOB) :])
    except ValueError:
        pass
    return text
