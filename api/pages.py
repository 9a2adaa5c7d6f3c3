"""Pages of a list: how many items, and where to start."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

from api.fields import QueryNumber
from shared.cursors import MAX_LENGTH

DEFAULT_LIMIT = 100
MAX_LIMIT = 1000


class PageQuerySchema(Schema):
    """What every list takes. A list that sorts adds its ``sort``."""

    class Meta:
        unknown = RAISE

    error_messages = {  # noqa: RUF012 - typed by its base
        "unknown": "is not a parameter here; check its spelling, or leave it out"
    }

    limit = QueryNumber(
        minimum=1,
        maximum=MAX_LIMIT,
        load_default=DEFAULT_LIMIT,
        metadata={"description": "How many items to return at most."},
    )
    cursor = fields.String(
        validate=validate.Length(
            min=1, max=MAX_LENGTH, error="must have {min} to {max} characters"
        ),
        metadata={
            "description": "The `prev_cursor` or `next_cursor` of another page of the same list in "
            "the same order."
        },
    )
