"""Conditions of tables (``CHECK``): which made-up values are held to, and which nobody can read.

Read are comparisons of one column with constants, BETWEEN, lists of constants and IS NOT NULL,
joined by AND, in the spelling that PostgreSQL gives them too. Pure.
"""

from __future__ import annotations

import re

from shared.synthesis.schema import Check, Table

_CAST = re.compile(r"::[a-z ]+(?:\(\d+(?:,\d+)?\))?(?:\[\])?", re.IGNORECASE)
_CONSTANT = r"(?:-?\d+(?:\.\d+)?|'(?:[^']|'')*'|true|false)"
_LIST = rf"{_CONSTANT}(?:\s*,\s*{_CONSTANT})*"
_NAME = r"[\"`\[]?\w+[\"`\]]?"
_PLAIN = re.compile(
    rf"(?:{_NAME}\s*(?:>=|<=|<>|!=|=|>|<)\s*{_CONSTANT}"
    rf"|{_NAME}\s+between\s+{_CONSTANT}\s+and\s+{_CONSTANT}"
    rf"|{_NAME}\s+in\s*{_LIST}|{_NAME}\s*=\s*any\s*array\s*\[\s*{_LIST}\s*\]"
    rf"|{_NAME}\s+is\s+not\s+null)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[()]")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_BETWEEN = re.compile(r"(between\s+\S+)\s+and\s+", re.IGNORECASE)

#: A longer condition is not taken apart.
LONGEST = 4_000


def unreadable(table: Table, column: str) -> list[Check]:
    """The conditions that name a column, and that say what nobody here can read."""
    return [
        check
        for check in table.checks
        if column in check.columns and not (len(check.columns) == 1 and _is_plain(check))
    ]


def _is_plain(check: Check) -> bool:
    if len(check.expression) > LONGEST:
        return False
    bare = _BRACKETS.sub(" ", _CAST.sub("", check.expression))
    bare = re.sub(r"^\s*check\b", "", bare, flags=re.IGNORECASE)
    joined = _BETWEEN.sub(r"\1 .. ", " ".join(bare.split()))
    return all(
        _PLAIN.fullmatch(part.replace(" .. ", " and ").strip()) is not None
        for part in _AND.split(joined)
    )
