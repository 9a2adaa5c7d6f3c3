"""What model servers stream: JSON objects, a line each or an event each. Pure.

Read leniently: what a server or a proxy adds to a good answer, and what it leaves out of one that
need not be there, is no reason to lose the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any


class NoRecords(ValueError):
    """What was sent is not a stream of JSON objects."""


def read_records(chunks: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the objects of a stream, as their lines end. Lines end at a line feed and nowhere else.

    Blank lines are passed over, and so are lines that are no objects, where others are.

    :raises NoRecords: for an object that is none, and a stream of anything else. A last line that
        breaks off is neither.
    """
    found, odd = False, False
    for line, has_ended in _lines(chunks, _LINE_FEED):
        try:
            record = _read(line)
        except NoRecords:
            if has_ended:
                raise
            record = None
        if record is not None:
            found = True
            yield record
        odd = odd or (record is None and bool(line.strip()))
    if odd and not found:
        raise NoRecords("no JSON objects")


def read_events(chunks: Iterable[bytes]) -> Iterator[str]:
    """Yield the data of server-sent events, as they end; the last one may end with the stream.

    See https://html.spec.whatwg.org/multipage/server-sent-events.html. What Unicode knows as ends
    of lines besides is none here.
    """
    data: list[str] = []
    for line, _ in _lines(_unparted(chunks), _LINE_END):
        field, _, value = line.decode(errors="replace").partition(":")
        if field == "data":
            data.append(value.removeprefix(" "))
        elif not line and data:
            yield "\n".join(data)
            data = []
    if data:
        yield "\n".join(data)


def _lines(chunks: Iterable[bytes], end: re.Pattern[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The lines of a stream, and whether each has come to its end: the last one may not have."""
    held: list[bytes] = []
    for chunk in chunks:
        # Only what is new is looked through, however long a line becomes.
        first, *others = end.split(chunk)
        held.append(first)
        for other in others:
            yield b"".join(held), True
            held = [other]
    yield b"".join(held), False


def _unparted(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks, such that no end of a line is in two of them."""
    held = b""
    for chunk in chunks:
        whole = held + chunk
        held = b"\r" if whole.endswith(b"\r") else b""
        yield whole.removesuffix(held)
    yield held


_LINE_FEED = re.compile(rb"\n")
_LINE_END = re.compile(rb"\r\n|\n|\r")


def _read(line: bytes) -> dict[str, Any] | None:
    """The object of a line; None where it holds something else, or nothing."""
    text = line.decode(errors="replace").strip("\ufeff \t\r")
    if not text.startswith("{"):
        return None
    try:
        record = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise NoRecords("an object that is none") from error
    return record if isinstance(record, dict) else None


def part_of(record: Any, key: str) -> dict[str, Any]:
    """An object within another; empty where there is none."""
    found = record.get(key) if isinstance(record, dict) else None
    return found if isinstance(found, dict) else {}


def words(said: Any) -> str:
    """A text, also where it comes in parts, as some servers send it; empty for anything else."""
    if isinstance(said, str):
        return said
    if isinstance(said, list):
        return "".join(words(each.get("text")) for each in said if isinstance(each, dict))
    return ""


def amount(said: Any) -> float | None:
    """A number that is not negative, also where it comes as a text; None for anything else."""
    if isinstance(said, str):
        try:
            said = float(said)
        except ValueError:
            return None
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None
    # NaN is neither.
    return said if 0 <= said < float("inf") else None


def count(said: Any) -> int | None:
    """Likewise, of whole things."""
    found = amount(said)
    return None if found is None else int(found)
