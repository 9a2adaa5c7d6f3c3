"""How a text is written: what is the same word, in which case, within how many characters. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

#: Letters that are written with others where only those of ASCII are at hand.
_SPELT: Final = str.maketrans(
    {
        **{"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa"},
        **{"œ": "oe", "þ": "th", "ð": "d", "ł": "l", "đ": "d", "ı": "i", "ħ": "h", "ŋ": "n"},
    }
)
_NO_WORD: Final = re.compile(r"[^a-z0-9]+")


def folded(text: str) -> str:
    """What texts have in common that are one name in different spellings.

    ``Müller``, ``MÜLLER`` and ``mueller`` are one; so are ``José`` and ``jose``.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).casefold().translate(_SPELT)
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(each for each in parts if not unicodedata.combining(each))
    return " ".join(text.lower().split())


def spellings(name: str) -> tuple[str, ...]:
    """How a name may be spelt in ASCII: ``mueller`` and ``muller`` for ``Müller``."""
    if name.isascii():
        return (plain(name),)
    parts = unicodedata.normalize("NFKD", name)
    bare = plain("".join(each for each in parts if not unicodedata.combining(each)))
    return tuple(dict.fromkeys((plain(name), bare)))


@lru_cache(maxsize=100_000)
def plain(text: str) -> str:
    """The letters and digits of ASCII that a text can be spelt with; may be none."""
    text = folded(text)
    return text if text.isalpha() and text.isascii() else _NO_WORD.sub("", text)


def in_case_of(pattern: str, text: str) -> str:
    """A text in capitals or in small letters where the pattern is all of these."""
    if pattern.isupper() and sum(map(str.isalpha, pattern)) > 1:
        return text.upper()
    if pattern.islower():
        return text.lower()
    return text


def cut(text: str, length: int | None) -> str:
    """At most so many characters, without a blank at the end."""
    if length is None or len(text) <= length:
        return text
    return text[:length].rstrip() or text[:length]


def numbered(text: str, number: int, length: int | None) -> str:
    """A text that ends in a number, cut so that all of the number fits.

    Two of them are different where their numbers are: a text loses the digits at its own end.
    Where not even the number fits, its last digits do.
    """
    suffix = str(number)
    room = None if length is None else max(0, length - len(suffix))
    base = text.rstrip("0123456789")
    base = base if room is None else base[:room].rstrip("0123456789")
    written = base + suffix
    return written if length is None else written[-length:] if len(written) > length else written
