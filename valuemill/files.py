"""Downloads that are whole or not there, under names that do no harm."""

from __future__ import annotations

import os
import re
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from email.utils import collapse_rfc2231_value
from pathlib import Path
from typing import BinaryIO

import httpx

from valuemill.errors import UnexpectedAnswer

#: Longest name of a file on common file systems, and longest ending that is kept, in bytes.
MAX_BYTES = 255
MAX_ENDING = 16

_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])\s*(\.|$)", re.I)


def store(response: httpx.Response, place: Path, *, fallback: str) -> Path:
    """Write the body of an answer to ``place``; return the path of the file.

    :param place: the path of the file, or a folder for a file named by the answer.
    :param fallback: its name when the answer has none that can be used.
    :raises UnexpectedAnswer: when nothing would show whether the body came whole.
    """
    chunked = "chunked" in response.headers.get("Transfer-Encoding", "").lower()
    if not chunked and "Content-Length" not in response.headers:
        raise UnexpectedAnswer(
            "the download came without its length, so it cannot be told whether it is whole; "
            "look for a proxy on the way that speaks HTTP/1.0"
        )
    target = place
    if place.is_dir():
        suggestion = suggested_name(response.headers.get("Content-Disposition", ""))
        target = place / safe_name(suggestion, fallback=fallback)
    with whole_file(target) as file:
        for piece in response.iter_bytes():
            file.write(piece)
    return target


@contextmanager
def whole_file(target: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that gets its name once the block has ended well.

    Until then it is hidden beside ``target``; if the block fails, nothing is left of it.
    """
    part = target.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def suggested_name(content_disposition: str) -> str:
    """The file name that a ``Content-Disposition`` suggests (RFC 6266); empty when none."""
    message = Message()
    message["Content-Disposition"] = content_disposition
    found = message.get_params(failobj=[], header="content-disposition")
    names = [value for name, value in found if name == "filename"]
    # ``filename*``, which can hold any character, comes as a triple.
    names.sort(key=lambda value: isinstance(value, tuple), reverse=True)
    return collapse_rfc2231_value(names[0]) if names else ""


def safe_name(name: str, *, fallback: str) -> str:
    """The name as a name and nothing else: no folders, devices, streams or hidden files."""
    last = re.split(r"[/\\]", name)[-1]
    clean = "".join("_" if _is_harmful(character) else character for character in last).strip(". ")
    if _DEVICE.match(clean):
        clean = f"_{clean}"
    return _shorten(clean) or fallback


def _is_harmful(character: str) -> bool:
    """Whether it has a meaning in names, cannot be shown, or turns the direction of text."""
    return (
        character in ':*?"<>|'
        or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(character)
        in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    )


def _shorten(name: str) -> str:
    if len(name.encode()) <= MAX_BYTES:
        return name
    ending = Path(name).suffix
    if len(ending.encode()) > MAX_ENDING:
        ending = ""
    stem = name.encode()[: MAX_BYTES - len(ending.encode())].decode(errors="ignore")
    return stem.rstrip(". ") + ending
