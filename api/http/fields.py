"""JSON types, taken strictly: a number is no text, a text no number, and 1 not true."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from shared.generation.requests import INT32_MAX, INT32_MIN, INT64_MAX

_MESSAGES: dict[str, str | list[Any] | dict[Any, Any]] = {
    "required": "is missing; it must be given",
    "null": "must not be null; leave it out instead",
}


class WholeNumber(fields.Integer):
    """A JSON number without a fraction (``10``; ``10.0`` is the same number)."""

    default_error_messages = _MESSAGES

    def __init__(self, *, minimum: int, maximum: int, **options: Any) -> None:
        self.minimum, self.maximum = minimum, maximum
        limits = validate.Range(min=minimum, max=maximum)
        limits.error = f"must be a whole number from {minimum} to {maximum}"
        super().__init__(validate=limits, **options)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not whole:
            raise ValidationError(f"must be a whole number from {self.minimum} to {self.maximum}")
        return int(value)


def int32(*, minimum: int = INT32_MIN, maximum: int = INT32_MAX, **options: Any) -> WholeNumber:
    """A whole number of 32 bits."""
    return _sized("int32", minimum, maximum, options)


def int64(*, minimum: int, **options: Any) -> WholeNumber:
    """A whole number of 64 bits."""
    return _sized("int64", minimum, INT64_MAX, options)


def _sized(size: str, minimum: int, maximum: int, options: dict[str, Any]) -> WholeNumber:
    metadata = {"format": size, **options.pop("metadata", {})}
    return WholeNumber(minimum=minimum, maximum=maximum, metadata=metadata, **options)


class TrueOrFalse(fields.Boolean):
    """A JSON ``true`` or ``false``."""

    default_error_messages = _MESSAGES

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("must be true or false, without quotes")
        return value


class Text(fields.String):
    """A JSON string that PostgreSQL can store; lengths in code points.

    :param filled: it must hold something beside blanks.
    :param check: what else to ask of it; raises ``ValidationError``.
    """

    default_error_messages = _MESSAGES

    def __init__(
        self,
        *,
        max_length: int,
        min_length: int | None = None,
        filled: bool = False,
        check: Callable[[str], object] | None = None,
        **options: Any,
    ) -> None:
        self.filled = filled
        limits = validate.Length(min=min_length, max=max_length)
        bounds = f"{min_length} to" if min_length else "at most"
        limits.error = f"must have {bounds} {max_length} characters"
        if filled:
            limits.min = 1
        pattern = r"^[^\u0000]*[^\s\u0000][^\u0000]*$" if filled else r"^[^\u0000]*$"
        options["metadata"] = {"pattern": pattern, **options.get("metadata", {})}
        super().__init__(validate=[limits, check] if check else limits, **options)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("must be a string")
        if "\0" in value:
            raise ValidationError("must not contain the character NUL (\\u0000)")
        if _SURROGATE.search(value):
            raise ValidationError("contains one half of a surrogate pair; send the whole character")
        if self.filled and not value.strip():
            raise ValidationError("must not be empty or blank")
        return value


_SURROGATE = re.compile("[\ud800-\udfff]")


class QueryNumber(fields.Integer):
    """A whole number in a query: decimal digits."""

    def __init__(self, *, minimum: int, maximum: int, **options: Any) -> None:
        self.minimum, self.maximum = minimum, maximum
        # For the description; what is out of range never gets as far.
        super().__init__(validate=validate.Range(min=minimum, max=maximum), **options)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        number = int(value) if _DIGITS.fullmatch(value) else None
        if number is None or not self.minimum <= number <= self.maximum:
            raise ValidationError(f"must be a whole number from {self.minimum} to {self.maximum}")
        return number


_DIGITS = re.compile(r"[0-9]{1,18}")


class Choice(fields.String):
    """One of some words."""

    default_error_messages = _MESSAGES

    def __init__(self, choices: tuple[str, ...], **options: Any) -> None:
        one_of = validate.OneOf(choices)
        one_of.error = f"must be one of {', '.join(choices)}"
        super().__init__(validate=one_of, **options)


class Sort(fields.String):
    """The order of a list. Empty, or the word ``null``, is as if none was asked for.

    :param columns: what can be sorted by, upwards or with a ``-`` downwards.
    :param default: the default order; None is one that has no name.
    """

    def __init__(self, *columns: str, default: str | None = None) -> None:
        self.choices = [word for column in columns for word in (column, f"-{column}")]
        metadata = {
            "enum": [*self.choices, None],
            "example": default or columns[0],
            "description": "What to sort by; a `-` in front sorts downwards. Items without a value "
            "come last, and first downwards.",
        }
        if default:
            metadata["default"] = default
        super().__init__(load_default=None, metadata=metadata)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str | None:  # type: ignore[override]
        if value in ("", "null"):
            return None
        if value not in self.choices:
            raise ValidationError(f"must be one of {', '.join(self.choices)}")
        return str(value)


class Time(fields.DateTime):
    """A moment: RFC 3339 in UTC with milliseconds and ``Z``."""

    def _serialize(self, value: datetime | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else write_time(value)


def write_time(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
