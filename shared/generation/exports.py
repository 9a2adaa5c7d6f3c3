"""File formats for lists of values, written piece by piece."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

#: What ends a line for any reader that a file may meet (Unicode's line boundaries, and those of
#: ``str.splitlines``): LF, VT, FF, CR, FS, GS, RS, NEL, LINE SEPARATOR, PARAGRAPH SEPARATOR.
LINE_BREAKS = frozenset("\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029")

#: At the beginning of a file it says how the text is encoded, and is no part of it.
BYTE_ORDER_MARK = "\ufeff"

EXTENSIONS = {"JSON": "json", "SECURE_LOOKUP": "txt"}


def write(chunks: Iterable[Sequence[str]], *, file_format: str) -> Iterator[bytes]:
    """Encode chunks of values as ``JSON`` (one array) or ``SECURE_LOOKUP`` (one value a line).

    UTF-8 without a byte order mark, also where the first value begins with what would be one; lines
    end with LF, except the last, which has none.
    """
    encode = _json if file_format == "JSON" else _secure_lookup
    return (piece.encode() for piece in encode(chunks))


def _json(chunks: Iterable[Sequence[str]]) -> Iterator[str]:
    before = "["
    for chunk in chunks:
        if chunk:
            # An array without its brackets; the encoder in C is faster than any join of ours.
            yield before + json.dumps(chunk, ensure_ascii=False)[1:-1]
            before = ", "
    yield "[]" if before == "[" else "]"


def _secure_lookup(chunks: Iterable[Sequence[str]]) -> Iterator[str]:
    before = ""
    for chunk in chunks:
        if chunk:
            lines = "\n".join(chunk)
            yield before + lines if before else lines.lstrip(BYTE_ORDER_MARK)
            before = "\n"


def is_single_line(value: str) -> bool:
    """Tell whether a value fits on one line of a secure lookup file."""
    return LINE_BREAKS.isdisjoint(value)
