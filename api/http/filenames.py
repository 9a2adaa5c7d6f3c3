"""From the name of an operation to the header that names its file."""

from __future__ import annotations

import unicodedata
from string import ascii_letters, digits
from urllib.parse import quote

#: Longest name of a file on common file systems, in bytes.
MAX_BYTES = 255

#: When nothing of a name is left.
FALLBACK = "values"

# What Windows or Unix give a meaning of its own; "%" because some browsers decode it.
_FORBIDDEN = frozenset('/\\:*?"<>|%')

_RESERVED = frozenset(
    {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}
    | {f"{device}{digit}" for device in ("COM", "LPT") for digit in "0123456789¹²³"}
)

# Turn the direction of the text around them, and so the looks of an extension.
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

#: ``attr-char`` of RFC 8187, beside letters and digits.
_ATTR_CHARS = "!#$&+-.^_`|~"


def file_name(name: str, *, extension: str) -> str:
    """The name of a file that any file system takes, as like ``name`` as can be."""
    kept = "".join(
        " " if character.isspace() else character
        for character in name
        if character.isspace()
        or not (character in _DIRECTIONS or unicodedata.category(character) in ("Cc", "Cs"))
    )
    text = " ".join(unicodedata.normalize("NFC", kept).split())
    text = "".join("_" if character in _FORBIDDEN else character for character in text)
    text = text.strip(". ")
    if text.split(".")[0].rstrip().upper() in _RESERVED:
        text = f"_{text}"
    ending = f".{extension}"
    stem = text.encode()[: MAX_BYTES - len(ending)].decode(errors="ignore").rstrip(". ")
    return (stem or FALLBACK) + ending


def content_disposition(name: str, *, extension: str) -> str:
    """The value of ``Content-Disposition`` (RFC 6266) for a file to save.

    ``filename*`` (RFC 8187) has the name; ``filename`` one for readers that do not know it, of
    whom some end a name at the first blank or quote.
    """
    full = file_name(name, extension=extension)
    encoded = quote(full, safe=_ATTR_CHARS, encoding="utf-8")
    return f"attachment; filename=\"{_ascii(full)}\"; filename*=UTF-8''{encoded}"


def _ascii(text: str) -> str:
    """Letters without their accents, digits, and one underscore for each other character."""
    return "".join(
        character if character in _PLAIN else "_"
        for character in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(character)
    )


_PLAIN = frozenset(f"{ascii_letters}{digits}.-_")
