"""Which kind of junk a value is that nobody would keep. For tables; nothing is refused by it."""

from __future__ import annotations

import re

from tests.eval.dictionaries import fold, read_list
from tests.eval.kinds.kind import Kind, words_of

ECHO, COUNTING, MARKUP, CUT, RUN_AWAY, REPEAT, OFF_KIND = KINDS_OF_JUNK = (
    "echo",
    "counting",
    "markup",
    "cut",
    "run-away",
    "repeat",
    "off kind",
)

#: What most people would call endless.
_ENDLESS = 300
_OVER_AND_OVER = re.compile(
    r"(.{1,3}?)\1{5,}|(.{4,40}?)(?:\W{0,3}\2){2,}|\b(\w+)(?:\W+\3\b){3,}",
    re.DOTALL | re.IGNORECASE,
)
_NUMBERED = re.compile(r"[\W_]*[0-9]+[\W_]*|[a-z #.:-]{0,20}[0-9]{1,4}[.,:)]*|[ivx]+\.?")
_MARKUP = re.compile(r"[{}\[\]<>|\\`*=]|\"|^\s*[\w ]{1,20}\s*:|_\w+_|^[\W_]*$|\.(?:json|html)$")


def classify(kind: Kind, value: str, *, before: set[str]) -> str:
    """Name the junk.

    :param value: one that the kind's scorer has refused.
    :param before: folded, the values before it in the list.
    """
    folded = fold(value)
    if folded in before:
        return REPEAT
    if _OVER_AND_OVER.search(value) or len(value) > max(_ENDLESS, 3 * kind.longest):
        return RUN_AWAY
    if kind.sort != "codes" and _NUMBERED.fullmatch(folded):
        return COUNTING
    if _is_echo(kind, folded):
        return ECHO
    if _MARKUP.search(value) and not (kind.sort == "texts" and _MARKUP.search(value[:30]) is None):
        return MARKUP
    if _is_cut(kind, value):
        return CUT
    return OFF_KIND


def _is_echo(kind: Kind, folded: str) -> bool:
    """Nothing but words of the request, or words that only instructions have."""
    words = words_of(folded)
    if folded in kind.echoes or words & read_list("instructions"):
        return True
    asked = frozenset().union(*(words_of(text) for text in (*kind.echoes, kind.wish)))
    small = {"a", "an", "and", "as", "for", "in", "of", "or", "the"}
    said = {word.removesuffix("s") for word in words - small if not word.isdigit()}
    return bool(said) and said <= {word.removesuffix("s") for word in asked}


def _is_cut(kind: Kind, value: str) -> bool:
    """It ends at the longest that was allowed, with an open bracket, or in the midst of a list."""
    if kind.max_value_length is not None and len(value) >= kind.max_value_length:
        return True
    if value.count("(") > value.count(")") or re.search(r"[-,;:(&/]\s*$", value):
        return True
    return kind.sort == "texts" and len(value) > 60 and not re.search(r"[.!?][\"')]?\s*$", value)
