"""The words of a server that answers with an error, whatever it puts them into. Pure."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

#: Longest part of a server's error text that is passed on, in characters.
ERROR_CHARACTERS = 500

#: Bytes of an error that are looked at.
LONGEST_ERROR = 64 * 1024

#: Errors may be JSON within JSON within JSON.
DEEPEST = 8

#: Where servers put what they have to say, the most telling first.
_PLACES = (
    *("error", "message", "detail", "details", "msg", "reason", "description", "title"),
    *("error_description", "errors", "type", "code"),
)

#: What a page for people has that is none of its words.
_MARKUP = re.compile(
    r"<(?:script|style|head)\b.*?</(?:script|style|head)\s*>|<!--.*?-->|<[^<>]*>",
    re.DOTALL | re.IGNORECASE,
)
_IS_PAGE = re.compile(r"\s*<(?:!doctype|html|head|body|center|h1)\b", re.IGNORECASE)


def words_of(said: str | bytes) -> str:
    """What an error says, out of JSON or a page where it is one, on one line and not too long."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    with suppress(ValueError, RecursionError):
        text = find_words(json.loads(text)) or text
    if _IS_PAGE.match(text):
        text = _MARKUP.sub(" ", text)
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text[:ERROR_CHARACTERS] or "no reason given"


def find_words(said: Any, depth: int = 0) -> str:
    """What a value of JSON says, wherever servers put it; empty when it is nowhere."""
    if depth > DEEPEST:
        return ""
    if isinstance(said, str):
        if said.lstrip()[:1] in ("{", "["):
            with suppress(ValueError, RecursionError):
                return find_words(json.loads(said), depth + 1) or said
        return said
    if isinstance(said, dict):
        found = (find_words(said[place], depth + 1) for place in _PLACES if place in said)
        return next(filter(None, found), "")
    if isinstance(said, list):
        return next(filter(None, (find_words(each, depth + 1) for each in said)), "")
    return ""
