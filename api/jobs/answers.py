"""The shapes of answers about jobs, and rows brought into them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, post_load

from api.http.answers import AnswerSchema, PaginatedResponseMetadataSchema
from api.http.fields import Text, Time, write_time
from api.http.schemas import RequestSchema
from shared.queue.job import LOCALIZED_TYPES, Job, JobState
from shared.queue.tags import Tag

#: Longest keys and values of tags, in characters.
TAG_LENGTH = 4000


class TagSchema(RequestSchema):
    """A word on a job: a key and a value; a key may come with several values."""

    key = Text(required=True, min_length=1, max_length=TAG_LENGTH)
    value = Text(required=True, min_length=1, max_length=TAG_LENGTH)

    @post_load
    def _build(self, data: dict[str, str], **_: Any) -> Tag:
        return data["key"], data["value"]


class JobSchema(AnswerSchema):
    """What to poll: it works as long as its status is ``PENDING`` or ``STARTED``."""

    id = fields.String(required=True, metadata={"pattern": "^[0-9a-f]{32}$"})
    status = fields.String(
        required=True,
        metadata={"enum": list(JobState)},
    )
    type = fields.String(required=True)
    localized_type = fields.String(required=True)
    error_details = fields.String(metadata={"description": "Why it failed."})
    warning_message = fields.String(
        metadata={"description": "What it waits for, or what did not go as asked."}
    )
    target_id = fields.String(
        required=True,
        metadata={
            "description": "The id of the operation; of the type `SYNTHESIS`, which another API "
            "makes (`/api/v1`), the id that the job has there."
        },
    )
    target_name = fields.String(required=True)
    start_time = Time(
        required=True,
        metadata={"description": "When work began; until then, when it was submitted."},
    )
    update_time = Time(required=True)
    trace_id = fields.String(required=True)
    tags = fields.List(fields.Nested(TagSchema), required=True)
    account_id = fields.Integer(required=True)
    account_name = fields.String(required=True)
    percent_complete = fields.Integer(
        metadata={"minimum": 0, "maximum": 100, "description": "Absent once it cannot be told."}
    )
    tasks = fields.List(fields.Dict(), required=True)
    result_type = fields.String(
        metadata={"description": "What `result` is about; absent while it works."}
    )
    result = fields.Dict(
        metadata={
            "description": "Where it ended: `id`, `status` and `generated_count` of its operation. "
            "Absent while it works, and once the operation is deleted."
        }
    )
    is_waiting_for_telemetry = fields.Boolean(required=True)


class JobResultResponseSchema(AnswerSchema):
    """Where a job ended, as in the job itself."""

    job_id = fields.String(required=True)
    result_type = fields.String(
        metadata={"description": "What `result` is about; absent while it works."}
    )
    result = fields.Dict(metadata={"description": "As in the job."})


class ListJobsResponseSchema(Schema):
    """Some jobs of a list."""

    items = fields.List(fields.Nested(JobSchema), required=True)
    response_metadata = fields.Nested(PaginatedResponseMetadataSchema, required=True)


class SearchJobsResponseSchema(ListJobsResponseSchema):
    """Some of the jobs that were searched for."""


class TagsResponseSchema(Schema):
    """The tags of a job, the oldest first."""

    tags = fields.List(fields.Nested(TagSchema), required=True)


def render_job(job: Job) -> dict[str, Any]:
    """Shape a job for ``JobSchema``."""
    return {
        **vars(job),
        "id": job.id.hex,
        "localized_type": LOCALIZED_TYPES.get(job.type, job.type),
        "warning_message": job.waiting or job.warning,
        "target_id": str(job.target_id),
        "tasks": [],
        **_result(job),
        "is_waiting_for_telemetry": False,
    }


def write_job(job: Job) -> bytes:
    """The body of an answer: what ``JobSchema`` makes of a job, for a tenth of the time."""
    rendered = render_job(job)
    said = {
        name: write_time(value) if isinstance(value, datetime) else value
        for name in _FIELDS
        if (value := rendered.get(name)) is not None
    }
    return f"{_ENCODER.encode(said)}\n".encode()


_FIELDS = tuple(JobSchema().fields)

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _result(job: Job) -> dict[str, Any]:
    if job.result is None:
        return {}
    return {"result_type": _RESULT_TYPES.get(job.type, job.type), "result": job.result}


#: What the result of a job is about, by its type.
_RESULT_TYPES = {"AI_GENERATE_DATA": "GenerateDataOperation", "SYNTHESIS": "SynthesisJob"}
