"""Expressions that PostgreSQL prints one way and reads another. Pure.

What ``status IN ('a', 'b')`` on a ``varchar`` is printed as,
``((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))``, is
read as an array of casts and no longer as a cast of an array, so a schema that goes through its
own print is not the same any more, although it means the same. Said as a person would say it, it
is.
"""

from __future__ import annotations

import re

_LABEL = r"'(?:[^']|'')*'::character varying"
_ANY_OF = re.compile(
    r"\((?P<value>\((?:\w+|\"(?:[^\"]|\"\")*\")\))::text (?P<how>= ANY|<> ALL) "
    rf"\(\(ARRAY\[(?P<labels>{_LABEL}(?:, {_LABEL})*)\]\)::text\[\]\)\)"
)
_CAST = re.compile(r"::character varying(?=, |$)")

#: Texts stay; casts, brackets and white space mean nothing here.
_IGNORED = re.compile(
    r"""('(?:[^']|'')*')
      | ::(?:character[ ]varying|double[ ]precision|bit[ ]varying
          |time(?:stamp)?[ ]with(?:out)?[ ]time[ ]zone|(?:"(?:[^"]|"")*"|[\w.])+)
        (?:\(\d+(?:,\d+)?\))?(?:\[\])*
      | [()\s]""",
    re.VERBOSE,
)


def as_said(expression: str) -> str:
    """SQL in which such lists are said in a way that is printed again as it was."""
    return _ANY_OF.sub(_list, expression)


def _list(found: re.Match[str]) -> str:
    how = "IN" if found["how"] == "= ANY" else "NOT IN"
    return f"({found['value']} {how} ({_CAST.sub('', found['labels'])}))"


def in_short(expression: str) -> str:
    """What two expressions have in common that differ in their casts and brackets alone."""
    return _IGNORED.sub(lambda found: found[1] or "", expression)
