"""What stands in queries."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields


class QueryFlag(fields.Boolean):
    """``true`` or ``false``, also in upper case, as some clients write it."""

    _WORDS = {"true": True, "false": False}  # noqa: RUF012 - constants

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        found = self._WORDS.get(str(value).lower())
        if found is None:
            raise ValidationError("must be true or false")
        return found
