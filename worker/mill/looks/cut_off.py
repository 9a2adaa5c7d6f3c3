"""Values that end in the middle. Pure."""

from __future__ import annotations

import re

#: With so many blanks it is a text, which may trail off.
TEXT_WORDS = 6

#: A conjunction, with the blank before it.
LONGEST_END = 6

_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"), ("«", "»"), ("“", "”"))
_SMILEY = re.compile(r"[:;=8][-^']?[(\[{]")
#: Not those within a word, which are letters in Hebrew, nor those that stand for inches.
_QUOTES = re.compile(r'(?<![\w"])"|(?<!\d)"(?!\w)')
_OPEN_END = re.compile(
    r"(?:[^\W\d_]-|[,،、]|\s(?:and|or|the|of|und|oder|et|with|for|&))\Z", re.DOTALL
)


def ends_openly(value: str) -> bool:
    """Whether it has an end that asks for more; whether that is wrong, the others have to say."""
    if _OPEN_END.search(value[-LONGEST_END:]):
        return True
    if value.endswith(("...", "…")) and value.count(" ") < TEXT_WORDS:
        return True
    return _is_unbalanced(value)


def _is_unbalanced(value: str) -> bool:
    for opening, closing in _PAIRS:
        opened = value.count(opening)
        # One within a word is a part of it, as in a password.
        if opened > value.count(closing) and (value.startswith(opening) or f" {opening}" in value):
            return opened - len(_SMILEY.findall(value)) > value.count(closing)
    return '"' in value and len(_QUOTES.findall(value)) % 2 == 1
