"""Cursors: where a page starts, as an opaque signed text.

A cursor is bound to what it pages through (its *scope*: path and account), and carries in which
order and under which filter, so that it can be sent alone. One that was altered, or comes from
another list, is refused.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from shared.errors import InvalidRequest

#: Longest cursor, in characters; the published bound.
MAX_LENGTH = 4096


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a page starts: after ``anchor``, or before it when ``backward``."""

    anchor: Any
    backward: bool
    #: The order of the list, as ``sort`` names it.
    sort: str = ""
    #: The filter that the list is under.
    expression: str | None = None
    #: Of a filter that is too long for a cursor, instead of it.
    digest: str | None = None

    def is_under(self, expression: str) -> bool:
        """Whether the list is under this filter."""
        if self.digest is not None:
            return self.digest == _digest(expression)
        return self.expression == expression


class Cursors:
    """Makes and reads cursors under one secret key."""

    def __init__(self, secret_key: str) -> None:
        self._secret_key = secret_key

    def make(self, place: Place, *, scope: str) -> str:
        """A cursor for this place; without its filter where that is too long."""
        parts = [place.anchor, place.backward, place.sort]
        cursor = self._write([*parts, place.expression, place.digest], scope=scope)
        if len(cursor) > MAX_LENGTH and place.expression is not None:
            cursor = self._write([*parts, None, _digest(place.expression)], scope=scope)
        return cursor

    def read(self, cursor: str, *, scope: str) -> Place:
        """The place that a cursor was made for.

        :raises InvalidRequest: when it was not made for this scope under this key.
        """
        try:
            anchor, backward, sort, expression, digest = self._serializer(scope).loads(cursor)
        except (BadData, ValueError, TypeError):
            raise InvalidRequest(
                "not a cursor of this list; use prev_cursor or next_cursor of a page that was "
                "read at the same path, or leave it out to start over",
                field="cursor",
            ) from None
        return Place(
            anchor=anchor,
            backward=bool(backward),
            sort=sort,
            expression=expression,
            digest=digest,
        )

    def _write(self, parts: list[Any], *, scope: str) -> str:
        return str(self._serializer(scope).dumps(parts))

    def _serializer(self, scope: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._secret_key, salt=f"cursor:{scope}")


def _digest(expression: str) -> str:
    return hashlib.sha256(expression.encode()).hexdigest()
