r"""Characters by their names: ``\N{LATIN SMALL LETTER A}``.

The names of Unicode never change, so Python's serve as well as Java's. Java differs in three
groups: the control characters, which have no name in Unicode; ideographs, syllables, surrogates
and private characters, which it names after their blocks; and it knows no aliases.
"""

from __future__ import annotations

import unicodedata

from shared.javaregex import tables
from shared.javaregex.codepoints import LAST_CODE_POINT

_BLANKS = "".join(map(chr, range(0x21)))


def find(name: str) -> int | None:
    """The code point of a name in any case, as ``Character.codePointOf`` finds it."""
    name = name.strip(_BLANKS).upper()
    control = tables.control_character(name)
    if control is not None:
        return control
    return _by_unicode_name(name) or _by_block(name)


def _by_unicode_name(name: str) -> int | None:
    try:
        found = unicodedata.lookup(name)
    except KeyError:
        return None
    if len(found) != 1 or unicodedata.name(found, None) != name:
        return None
    c = ord(found)
    return c if tables.is_assigned(c) and not tables.is_named_by_block(c) else None


def _by_block(name: str) -> int | None:
    """``HANGUL SYLLABLES AC00``: the block and the code point."""
    block, _, digits = name.rpartition(" ")
    try:
        c = int(digits, 16)
    except ValueError:
        return None
    if not 0 <= c <= LAST_CODE_POINT or digits != f"{c:X}" or not tables.is_named_by_block(c):
        return None
    return c if (tables.block_of(c) or "").replace("_", " ") == block else None
