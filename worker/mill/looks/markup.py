"""Markup: key names, pieces of JSON or code, tags, placeholders, and labels. Pure."""

from __future__ import annotations

import re

from worker.mill.looks.echo import is_labelled
from worker.mill.looks.wording import Wording, word_list, words_of

_MARKUP = re.compile(
    r"""
      ```                                   # a fence
    | </?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>     # a tag
    | ^\s*[{\[].*[}\]]\s*$                  # an object, an array, a placeholder
    | ["'][\w $-]{1,40}["']\s*:             # a key
    | ^\s*[{}\[\]]+[\s,]*$                  # brackets alone
    | \*\*[^*]+\*\* | ^__[^_]+__$           # bold
    | ["\]}]\s*,\s*["\[{]                   # between two items of JSON
    | \{\{.*\}\}
    | \[[A-Z][A-Za-z]*(?:\s[A-Z][A-Za-z]*)*\d*\]?  # [Your Name], [JobTitle1
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_CAN_HAVE = re.compile(r"[`<{\[\"'*_]")
_KEY = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+\Z")

#: Labels that models put before a value whatever it is.
_LABELS = frozenset(
    (word,)
    for word in word_list("name value item answer output example result text string entry type")
)

#: A longer value may begin with a word and a colon of its own.
LONGEST_LABELLED = 60


def has_markup(value: str) -> bool:
    """Whether there is markup in a value; whether that is wrong, the others have to say."""
    return _CAN_HAVE.search(value) is not None and _MARKUP.search(value) is not None


def has_label(value: str, wording: Wording) -> bool:
    """Whether it begins with the data type, or a word like it, and a colon."""
    if len(value) > LONGEST_LABELLED or not (":" in value or "=" in value):
        return False
    label = words_of(value.replace("=", ":").partition(":")[0])
    if not label or not is_labelled(value, label):
        return False
    if label == wording.kind or label in _LABELS:
        return True
    return len(label) <= 3 and all(word in wording.kind_forms for word in label)


def is_key(value: str, wording: Wording) -> bool:
    """Whether it is written like the name of a column, with a word of the request in it."""
    if "_" not in value or not _KEY.match(value):
        return False
    return any(word in wording.kind_forms or word in wording.said for word in value.split("_"))
