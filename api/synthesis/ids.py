"""Ids, in paths and in bodies: UUIDs in their form of 36 characters."""

from __future__ import annotations

import re
import uuid
from typing import Any

from marshmallow import ValidationError, fields

from shared.errors import NotFound

_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)

#: As published.
EXAMPLE = "123e4567-e89b-12d3-a456-426614174000"


def id_parameter(name: str, description: str) -> dict[str, Any]:
    """How an id in a path is described."""
    return {
        "in": "path",
        "name": name,
        "description": description,
        "schema": {"type": "string", "format": "uuid"},
    }


ENGINE = id_parameter("engine_id", "Of an engine.")
DATABASE = id_parameter("database_id", "Of the source or the target of an engine.")
TABLE = id_parameter("table_id", "Of a table.")
COLUMN = id_parameter("column_id", "Of a column.")
JOB = id_parameter("job_id", "Of a job.")


def parse_id(text: str, what: str) -> uuid.UUID:
    """Read an id of a path.

    :param what: names the kind of thing, for the error.
    :raises NotFound: what does not look like an id names nothing.
    """
    if not _FORM.fullmatch(text):
        raise NotFound(f"there is no such {what}; an id looks like {EXAMPLE}")
    return uuid.UUID(text)


class Id(fields.UUID):
    """An id in a body."""

    default_error_messages = {  # noqa: RUF012 - typed by its base
        "required": "is missing; it must be given",
        "null": "must not be null",
    }

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> uuid.UUID:
        if not isinstance(value, str) or not _FORM.fullmatch(value):
            raise ValidationError(f"must be an id such as {EXAMPLE}")
        return uuid.UUID(value)
