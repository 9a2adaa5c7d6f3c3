"""Read values out of what a model said, whatever else it said.

Answers come cut short, fenced, wrapped in chatter, or with the model's thinking in front. What
counts is a JSON array, of which every whole item is kept up to the first that is not.
"""

from __future__ import annotations

import json
import re

_THINKING = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
#: What may stand between items; a comma too many or too few is forgiven.
_BETWEEN = frozenset(" \t\r\n,")
#: Brackets that are tried for an array of values; chatter has a few, nonsense has thousands.
MOST_ARRAYS = 50

# Not strict: models put raw line breaks into strings.
_decoder = json.JSONDecoder(strict=False)


def read(text: str) -> list[str]:
    """Return the items of the longest array of strings in ``text``; none when there is none.

    Numbers count as their text, objects with one text in them as that text. Never raises.
    """
    text = _THINKING.sub("", text)
    best: list[str] = []
    at = text.find("[")
    for _ in range(MOST_ARRAYS):
        if at < 0:
            break
        items, end = _items(text, at + 1)
        if len(items) > len(best):
            best = items
        at = text.find("[", end)
    return best


def _items(text: str, at: int) -> tuple[list[str], int]:
    """Read items from ``at`` on; return them and where reading ended."""
    items: list[str] = []
    while True:
        while at < len(text) and text[at] in _BETWEEN:
            at += 1
        try:
            item, end = _decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return items, at
        value = _as_text(item)
        if value is None or (not isinstance(item, str) and end == len(text)):
            # Not a value; or a number at the very end, of which digits may be missing.
            return items, max(end if value is not None else at, at)
        items.append(value)
        at = end


def _as_text(item: object) -> str | None:
    match item:
        case str():
            return item
        case bool() | None:
            return None
        case int() | float():
            return json.dumps(item)
        case dict():
            texts = [value for value in item.values() if isinstance(value, str)]
            return texts[0] if len(texts) == 1 else None
        case _:
            return None
