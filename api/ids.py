"""Ids in paths. What does not look like one names nothing, so it is a 404 and not a 400."""

from __future__ import annotations

import re
import uuid

from werkzeug.routing import BaseConverter

from api import examples
from shared.errors import NotFound

_OPERATION = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_JOB = re.compile(r"[0-9a-f]{32}", re.ASCII | re.IGNORECASE)

#: The ids in the description of the API.
OPERATION_PARAMETER = {
    "in": "path",
    "name": "operation_id",
    "description": "The `target_id` of a job.",
    "example": examples.OPERATION_ID,
    "schema": {"type": "string", "format": "uuid"},
}
JOB_PARAMETER = {
    "in": "path",
    "name": "job_id",
    "description": "The `id` of a job.",
    "example": examples.JOB_ID,
    "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
}


class IdConverter(BaseConverter):
    """A segment of a path that is an id: anything but ``search``, which is a path of its own."""

    regex = "(?!search$)[^/]+"
    part_isolating = True


def parse_operation_id(text: str) -> uuid.UUID:
    """Read a UUID in its form of 36 characters.

    :raises NotFound: when it is anything else.
    """
    if not _OPERATION.fullmatch(text):
        raise NotFound(
            "there is no such operation; an id looks like a638d976-6b7e-43f4-9212-90f4dc6d405c "
            "and is the target_id of a job"
        )
    return uuid.UUID(text)


def parse_job_id(text: str) -> uuid.UUID:
    """Read 32 hexadecimal digits.

    :raises NotFound: when it is anything else.
    """
    if not _JOB.fullmatch(text):
        raise NotFound("there is no such job; an id is the 32 hexadecimal digits of its field 'id'")
    return uuid.UUID(text)
