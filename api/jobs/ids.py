"""Ids of jobs in paths."""

from __future__ import annotations

import re
import uuid

from api.jobs import examples
from shared.errors import NotFound

_JOB = re.compile(r"[0-9a-f]{32}", re.ASCII | re.IGNORECASE)

JOB_PARAMETER = {
    "in": "path",
    "name": "jobId",
    "description": "The `id` of a job.",
    "example": examples.JOB_ID,
    "schema": {"type": "string", "minLength": 1},
}


def parse_job_id(text: str) -> uuid.UUID:
    """Read 32 hexadecimal digits.

    :raises NotFound: when it is anything else.
    """
    if not _JOB.fullmatch(text):
        raise NotFound("there is no such job; an id is the 32 hexadecimal digits of its field 'id'")
    return uuid.UUID(text)
