"""Ids of operations in paths."""

from __future__ import annotations

import re
import uuid

from api.generation import examples
from shared.errors import NotFound

_OPERATION = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)

#: The ids in the description of the API.
OPERATION_PARAMETER = {
    "in": "path",
    "name": "generateDataOperationId",
    "description": "The `target_id` of a job.",
    "example": examples.OPERATION_ID,
    "schema": {"type": "string", "minLength": 1},
}


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
