"""Cursors: where a page starts, as an opaque signed text.

A cursor is bound to what it pages through (its *scope*: path, sort, filter, account). One that
was altered, or comes from another list, is refused.
"""

from __future__ import annotations

from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from shared.errors import InvalidRequest

#: Longest cursor that is looked at, in characters; the published bound.
MAX_LENGTH = 4096


class Cursors:
    """Makes and reads cursors under one secret key."""

    def __init__(self, secret_key: str) -> None:
        self._secret_key = secret_key

    def make(self, *, scope: str, anchor: Any, backward: bool) -> str:
        """A cursor for the page after ``anchor``, or before it when ``backward``."""
        return str(self._serializer(scope).dumps([anchor, backward]))

    def read(self, cursor: str, *, scope: str) -> tuple[Any, bool]:
        """Return ``(anchor, backward)``.

        :raises InvalidRequest: when the cursor was not made for this scope under this key.
        """
        try:
            anchor, backward = self._serializer(scope).loads(cursor)
        except (BadData, ValueError, TypeError):
            raise InvalidRequest(
                "not a cursor of this list; use prev_cursor or next_cursor of a page that was "
                "read with the same path, sort and filter, or leave it out to start over",
                field="cursor",
            ) from None
        return anchor, bool(backward)

    def _serializer(self, scope: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._secret_key, salt=f"cursor:{scope}")
