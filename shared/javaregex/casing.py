"""Which characters are the same to Java when case does not matter.

Java compares ``toLowerCase(toUpperCase(c))`` under ``UNICODE_CASE`` and maps A-Z alone without it.
Both are per code point: there is no full case folding (``ß`` never equals ``ss``).
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from shared.javaregex.codepoints import CodePointSet
from shared.javaregex.tables import case_mapping


def upper(c: int) -> int:
    return case_mapping("upper").get(c, c)


def lower(c: int) -> int:
    return case_mapping("lower").get(c, c)


def fold(c: int) -> int:
    return lower(upper(c))


def ascii_lower(c: int) -> int:
    return c + 32 if 0x41 <= c <= 0x5A else c


def ascii_upper(c: int) -> int:
    return c - 32 if 0x61 <= c <= 0x7A else c


@cache
def _cased() -> tuple[tuple[int, int, int], ...]:
    """(character, its upper case, the lower case of that) of all that have case."""
    characters = sorted(case_mapping("upper").keys() | case_mapping("lower").keys())
    return tuple((c, upper(c), fold(c)) for c in characters)


@cache
def _by_fold() -> dict[int, list[int]]:
    classes: dict[int, list[int]] = defaultdict(list)
    for c, _, folded in _cased():
        classes[folded].append(c)
    return classes


def folding_to(folded: int) -> CodePointSet:
    """``folded`` itself and all that fold to it."""
    return CodePointSet.of(folded, *_by_fold().get(folded, ()))


def ascii_variants(c: int) -> CodePointSet:
    return CodePointSet.of(c, ascii_lower(c), ascii_upper(c))


def range_ascii(first: int, last: int) -> CodePointSet:
    """A range in a class under ``(?i)``."""
    members = CodePointSet.span(first, last)
    variants = (
        c for c in range(0x80) if first <= ascii_upper(c) <= last or first <= ascii_lower(c) <= last
    )
    return members | CodePointSet.of(*variants)


def range_unicode(first: int, last: int) -> CodePointSet:
    """A range in a class under ``(?iu)``."""
    members = CodePointSet.span(first, last)
    variants = (c for c, up, low in _cased() if first <= up <= last or first <= low <= last)
    return members | CodePointSet.of(*variants)
