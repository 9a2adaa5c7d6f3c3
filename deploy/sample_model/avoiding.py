"""The values that a text asks to avoid, and the text without them. Pure functions."""

from __future__ import annotations

import json
import re

_MARKER = (
    r"\b(?:not\s+(?:any\s+of\s+)?(?:these|those|the\s+following)|none\s+of\s+(?:these|those)|"
    r"avoid(?:ing)?|except(?:\s+for)?|excluding|exclude|other\s+than|apart\s+from|"
    r"(?:do\s+not|don't|don’t|never)\s+(?:use|repeat|give|include|list|write))\b"
)
_AVOID = re.compile(rf"({_MARKER})[^\n:.\[\"“”]{{0,60}}", re.IGNORECASE)
QUOTED = re.compile(r"[\"“]([^\"“”\n]+)[\"”]")
_QUOTED_RUN = re.compile(r"(?:\s*(?:[-*•]\s*)?[\"“][^\"“”\n]+[\"”]\s*(?:,|;|and\b|or\b)?)+")
_LISTED = re.compile(r"\s*(?:[-*•]|\d+[.)])\s*(.+)")


def split_avoided(text: str) -> tuple[str, frozenset[str]]:
    """The text without its lists of unwanted values, and those values in lower case."""
    avoided: set[str] = set()
    at = 0
    kept = []
    while match := _AVOID.search(text, at):
        begin, end, found = _avoid_region(text, match)
        kept.append(text[at:begin])
        avoided.update(found)
        at = max(end, match.start() + 1)
    kept.append(text[at:])
    plain = (value.strip(" .\t\"'“”").casefold() for value in avoided)
    return " ".join(kept), frozenset(value for value in plain if value)


def _avoid_region(text: str, match: re.Match[str]) -> tuple[int, int, list[str]]:
    end = match.end()
    mark = text[end : end + 1]
    start = end + 1 if mark == ":" else end
    ahead = text[start:].lstrip()
    offset = len(text) - len(ahead)
    if ahead.startswith("["):
        try:
            values, length = json.JSONDecoder().raw_decode(ahead)
            return match.start(), offset + length, [str(value) for value in values]
        except ValueError:
            pass
    if quoted := _QUOTED_RUN.match(text, start):
        return match.start(), quoted.end(), QUOTED.findall(quoted.group())
    if mark == ":" and text[start:].partition("\n")[0].strip():
        line_end = _find(text, "\n", start)
        return match.start(), line_end, _split_list(text[start:line_end])
    if mark == ":":
        return _avoid_block(text, match.start(), start)
    sentence = re.search(r"[.\n]", text[match.start() :])
    stop = match.start() + sentence.start() if sentence else len(text)
    return match.start(), stop, _split_list(text[match.end(1) : stop])


def _avoid_block(text: str, begin: int, start: int) -> tuple[int, int, list[str]]:
    """A list below the marker, one value a line, up to an empty line."""
    block_start = _find(text, "\n", start) + 1
    block_end = _find(text, "\n\n", block_start)
    values: list[str] = []
    for line in text[block_start:block_end].splitlines():
        item = _LISTED.match(line)
        values += [item.group(1)] if item else _split_list(line)
    return begin, block_end, values


def _split_list(text: str) -> list[str]:
    return re.split(r"\s*[,;]\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+", text.strip(" .:"))


def _find(text: str, mark: str, start: int) -> int:
    at = text.find(mark, start)
    return len(text) if at < 0 else at
