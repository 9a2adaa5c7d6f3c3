"""What only the statement that made a table tells of it: its checks. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shared.synthesis.schema import Check

#: Texts, quoted names, comments, words, numbers, and single signs.
_TOKEN = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\]
      | --[^\n]* | /\*.*?\*/ | [^\W\d][\w$]* | \d[\w.]* | \s+ | .""",
    re.VERBOSE | re.DOTALL,
)


def checks_of(statement: str, columns: Sequence[str]) -> tuple[Check, ...]:
    """The checks in a ``CREATE TABLE``, with the columns that each names."""
    tokens = [found[0] for found in _TOKEN.finditer(statement)]
    meant = [token for token in tokens if not token.isspace() and token[:2] not in ("--", "/*")]
    found: list[Check] = []
    by_name = {name.lower(): name for name in columns}
    for place, token in enumerate(meant):
        if token.lower() != "check" or meant[place + 1 : place + 2] != ["("]:
            continue
        inside = list(_within(meant[place + 1 :]))
        named = place >= 2 and meant[place - 2].lower() == "constraint"
        mentioned = dict.fromkeys(
            by_name[plain] for each in inside if (plain := _plain(each).lower()) in by_name
        )
        found.append(
            Check(
                name=_plain(meant[place - 1]) if named else f"check {len(found) + 1}",
                expression=" ".join(inside),
                columns=tuple(mentioned),
            )
        )
    return tuple(found)


def _within(tokens: Sequence[str]) -> Iterator[str]:
    """What stands between the first bracket and the one that closes it."""
    depth = 1
    for each in tokens[1:]:
        depth += {"(": 1, ")": -1}.get(each, 0)
        if depth == 0:
            return
        yield each


def _plain(token: str) -> str:
    """A name without its quotes; a text stays one."""
    if token[:1] in ('"', "`") and len(token) > 1:
        return token[1:-1].replace(token[0] * 2, token[0])
    return token[1:-1] if token[:1] == "[" and len(token) > 1 else token
