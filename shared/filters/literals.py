"""From the text of a literal to its value."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from shared.filters.errors import FilterError, quote
from shared.filters.nodes import Moment

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_SHORT_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DATETIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(?P<second>\d\d)"
    r"(?:\.(?P<fraction>\d+))?(?P<zone>Z|(?P<sign>[+-])(?P<hours>\d\d):(?P<minutes>\d\d))?",
    re.ASCII | re.IGNORECASE,
)


def read_string(token: str, position: int) -> str:
    r"""Take off the quotes and resolve the escapes.

    ``\n \r \t \b \f`` and ``\u`` with four hex digits are as in JSON; a backslash before anything
    but a letter or a digit stands for that character.

    :raises FilterError: for any other escape, for NUL, and for half a surrogate pair.
    """

    def resolve(match: re.Match[str]) -> str:
        escape = match[1]
        if len(escape) == 5:
            return chr(int(escape[1:], 16))
        if escape in _SHORT_ESCAPES:
            return _SHORT_ESCAPES[escape]
        if escape.isalnum():
            at = position + 1 + match.start()
            raise FilterError(
                f"unexpected {quote(match[0])} at {at}: expected \\\\ for a backslash, or one of "
                "\\n, \\r, \\t, \\b, \\f and \\u with four hex digits",
                at,
            )
        return escape

    text = _ESCAPE.sub(resolve, token[1:-1])
    text = _SURROGATE_PAIR.sub(lambda pair: _join(pair[0]), text)
    if "\0" in text or _SURROGATE.search(text):
        raise FilterError(
            f"the string at {position} holds a character that no text can: NUL, or one half of a "
            "surrogate pair",
            position,
        )
    return text


def _join(pair: str) -> str:
    return pair.encode("utf-16", "surrogatepass").decode("utf-16")


def read_number(token: str, position: int) -> Decimal:
    """The exact value of a number.

    :raises FilterError: when its exponent is beyond all measure.
    """
    try:
        return Decimal(token)
    except InvalidOperation:
        raise FilterError(
            f"unexpected {quote(token)} at {position}: expected a number with a smaller exponent",
            position,
        ) from None


def read_datetime(token: str, position: int) -> Moment:
    """The moment that an RFC 3339 date-time names; second 60 is the first of the next minute.

    :raises FilterError: when there is no such moment, or no offset, or more than nine digits
        after the second.
    """
    match = _DATETIME.fullmatch(token)
    problem = "expected a date-time as 2026-11-05T08:15:30.250Z"
    if match is not None and not match["zone"]:
        problem = "expected Z, or an offset as +01:00, after the time"
    elif match is not None and len(match["fraction"] or "") > 9:
        problem = "expected at most nine digits after the second"
    elif match is not None:
        try:
            return _moment(match)
        except ValueError as error:
            problem += f" ({error})"
    raise FilterError(f"unexpected {quote(token)} at {position}: {problem}", position)


def _moment(match: re.Match[str]) -> Moment:
    year, month, day, hour, minute = (int(group) for group in match.groups()[:5])
    second = int(match["second"])
    hours, minutes = int(match["hours"] or 0), int(match["minutes"] or 0)
    if second > 60 or hours > 23 or minutes > 59:
        raise ValueError("second must be in 0..60, offset within 23:59")
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if match["sign"] == "-" else 1)
    # Durations, because in UTC it may lie outside the years that datetime knows.
    local = datetime(year, month, day, hour, minute, tzinfo=UTC) - _EPOCH
    seconds = (local - offset) // timedelta(seconds=1) + second
    return Moment(seconds * 10**9 + int((match["fraction"] or "").ljust(9, "0")))
