"""What a worker and the process of a step tell each other, through two pipes. Pure.

A *frame* is a letter, the length of what follows in four bytes, and so many bytes: ``J`` is JSON,
``B`` are bytes that belong to the JSON before them. The process reads tasks, and answers each with
any number of messages, of which the last one says how it ended (``done``, ``refused``, ``again``,
``broken``).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

_HEAD = struct.Struct("<cI")

#: A frame that is longer is none of ours.
LONGEST = 1 << 30

#: The ends of a task.
DONE = "done"
REFUSED = "refused"
AGAIN = "again"
BROKEN = "broken"
ENDS = frozenset({DONE, REFUSED, AGAIN, BROKEN})

#: What may come before.
LOG = "log"
HELD = "held"
ARTIFACT = "artifact"


class BadFrame(ValueError):
    """What came through the pipe is no frame."""


def write(stream: BinaryIO, message: Mapping[str, Any], content: bytes | None = None) -> None:
    """Write a message, and what belongs to it."""
    payload = json.dumps(message).encode()
    stream.write(_HEAD.pack(b"J", len(payload)) + payload)
    if content is not None:
        stream.write(_HEAD.pack(b"B", len(content)) + content)
    stream.flush()


def read(stream: BinaryIO) -> Iterator[dict[str, Any]]:
    """The messages that come, to the end of the pipe; ``content`` is what belongs to one.

    :raises BadFrame: for anything else.
    """
    while (message := _read_frame(stream, b"J")) is not None:
        found: dict[str, Any] = json.loads(message)
        if found.get("has_content"):
            found["content"] = _read_frame(stream, b"B")
        yield found


def _read_frame(stream: BinaryIO, wanted: bytes) -> bytes | None:
    """The next frame; None at the end of the pipe, also in the midst of a frame."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    letter, length = _HEAD.unpack(head)
    if letter != wanted or length > LONGEST:
        raise BadFrame
    content = stream.read(length)
    return content if len(content) == length else None
