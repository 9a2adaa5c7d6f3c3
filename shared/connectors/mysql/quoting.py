"""Names and values within statements of MySQL.

The driver quotes no names, and its quoting of values is slow and tries to guess a mode of the
server. Ours is one rule for each: our sessions have ``NO_BACKSLASH_ESCAPES``, so within quotes the
quote alone has a meaning, and is doubled.
"""

from __future__ import annotations

import re

from shared.connectors.errors import NotSupported

_NUMBER = re.compile(rb"-?[0-9]+(\.[0-9]+)?")


def name(text: str) -> str:
    """A name, whatever is in it.

    :raises NotSupported: for what no server takes as a name.
    """
    if not text or "\0" in text:
        raise NotSupported(f"{text!r} is no name that MySQL can have.")
    return "`" + text.replace("`", "``") + "`"


def names(texts: list[str] | tuple[str, ...]) -> str:
    """Names, separated by commas."""
    return ", ".join(map(name, texts))


def text(value: bytes) -> bytes:
    """A text in UTF-8; anything that has a text form may be written so, numbers and dates too."""
    return b"'" + value.replace(b"'", b"''") + b"'"


def binary(value: bytes) -> bytes:
    """Bytes, of which no server thinks that they are characters."""
    return b"x'" + value.hex().encode() + b"'"


def number_or_text(value: bytes) -> bytes:
    """A number as such, so that it is compared as one; else a text."""
    return value if _NUMBER.fullmatch(value) else text(value)
