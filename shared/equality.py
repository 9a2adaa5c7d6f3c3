"""Which values are equal: those that look the same to a person. Pure.

Values are equal that fold to the same text. Folded is a value in NFC (Unicode Standard Annex 15),
where what is not seen makes no difference: blanks in a row, of whatever kind, are one
space, and none before a line break; whatever breaks a line is LF; code points that are not seen are
left out, unless they change what is (``unseen``). Case, accents, punctuation and width make a
difference, and so do blanks at the ends.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from functools import lru_cache
from unicodedata import is_normalized, normalize

from shared.unseen import BLANKS, BREAKS, IGNORABLE, without_unseen

#: Whatever could make a folded value differ from the value in NFC.
_ODD = re.compile(rf"  |(?! )[{IGNORABLE}{BREAKS}{BLANKS}]")

_LINE_BREAK = re.compile(rf"[{BLANKS}]*(?:\r\n|[{BREAKS}])")
_BLANK = re.compile(rf"[{BLANKS}]+")


def fold(value: str) -> str:
    """What values that are equal have in common; most fold to themselves."""
    if value.isascii():
        if value.isprintable() and "  " not in value:
            return value
    elif is_normalized("NFC", value) and not _ODD.search(value):
        return value
    return _fold_until_it_stays(value)


def compose(value: str) -> str:
    """A value in NFC, as it is stored."""
    # Python's own test is quick where there is nothing to do.
    return value if is_normalized("NFC", value) else normalize("NFC", value)


def digest(text: str) -> uuid.UUID:
    """128 bits of BLAKE2b (RFC 7693) over a text in UTF-8, in the shape of a UUID.

    Of a billion texts, two share one with a probability of about 10^-21.
    """
    return uuid.UUID(bytes=hashlib.blake2b(text.encode(), digest_size=16).digest())


# Each value is asked for a few times: by its answer, when it is stored, by what remembers it.
@lru_cache(maxsize=1_024)
def _fold_until_it_stays(value: str) -> str:
    # What is left out may bring together what composes, and that may have other neighbours.
    while (folded := _fold(value)) != value:
        value = folded
    return folded


def _fold(value: str) -> str:
    value = without_unseen(compose(value))
    return compose(_BLANK.sub(" ", _LINE_BREAK.sub("\n", value)))
