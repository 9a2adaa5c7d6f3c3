"""The jobs of engines: polled, cancelled, deleted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, fields, validate

from api.http.answers import AnswerSchema
from api.http.fields import Choice, Time
from api.parts import parts
from api.synthesis import examples
from api.synthesis.access import principal
from api.synthesis.engines import DELETED, DeletedSchema
from api.synthesis.ids import ENGINE, JOB, parse_id
from api.synthesis.rest import Blueprint
from shared.errors import NotFound
from shared.synthesis.run import Run, RunState

jobs = Blueprint(
    "Jobs", __name__, url_prefix="/jobs", description="How far engines are; made to be polled."
)


#: As published; some have no use here, and so no jobs.
JOB_TYPES = (
    *("synthesize", "fk_scan", "pii_scan", "subsetting", "create_engine", "update_engine"),
    *("update_engine_settings", "schema_resolve", "sync_target", "import_engine"),
    "export_engine",
)


#: Most jobs in a list.
MOST_JOBS = 1_000


class JobSchema(AnswerSchema):
    """What an engine was told to do: it works while its status is `STARTED` or `IN_PROGRESS`."""

    id = fields.UUID(required=True)
    engine_id = fields.UUID(required=True)
    workflow_id = fields.UUID(required=True, metadata={"description": "The same as `id`."})
    type = fields.String(required=True, validate=validate.OneOf(JOB_TYPES))
    status = fields.String(required=True, validate=validate.OneOf(list(RunState)))
    created = Time(required=True)
    last_updated = Time(required=True)
    settings = fields.Dict(
        required=True,
        metadata={"description": "Of the engine, as they were when it began: it keeps them."},
    )
    now = Time(required=True)
    attachment_types = fields.List(
        fields.String(), required=True, metadata={"description": "There are none."}
    )
    percent_complete = fields.Integer(metadata={"minimum": 0, "maximum": 100})
    warning_message = fields.String(
        metadata={"description": "What it waits for; else what did not go as asked."}
    )
    error_details = fields.String(metadata={"description": "Why it failed, or has ended."})


class ListJobsResponseSchema(Schema):
    """The jobs of an engine, the latest first."""

    jobs = fields.List(fields.Nested(JobSchema), required=True)


class LatestQuerySchema(Schema):
    """Of which type."""

    job_type = Choice(JOB_TYPES, metadata={"description": "Left out: any."})


class StartedSchema(Schema):
    """A job that will be done; `id` and `job_id` are the same."""

    job_id = fields.UUID(required=True)
    id = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(list(RunState)))
    reason = fields.String(required=True, metadata={"description": "Empty: nothing to say."})


class CancelledSchema(Schema):
    """A job that was ended."""

    id = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(list(RunState)))
    reason = fields.String(required=True)


@jobs.route("/<engine_id>/latest/", methods=["GET"], parameters=[ENGINE])
@jobs.doc(operationId="get_latest_engine_job")
@jobs.arguments(LatestQuerySchema, location="query")
@jobs.response(200, JobSchema, example=examples.JOB)
@jobs.refuses(404, "this engine has no such job")
def get_latest(query: dict[str, Any], engine_id: str) -> dict[str, Any]:
    """Read the latest job of an engine"""
    found = parts().engines.runs(
        parse_id(engine_id, "engine"),
        run_type=query.get("job_type"),
        limit=1,
        account_id=principal().account_id,
    )
    if not found:
        raise NotFound(f"this engine has no job of the type {query.get('job_type', 'any')}")
    return render_job(found[0])


@jobs.route("/<engine_id>/list/", methods=["GET"], parameters=[ENGINE])
@jobs.doc(operationId="list_engine_jobs")
@jobs.response(200, ListJobsResponseSchema, example={"jobs": [examples.JOB]})
@jobs.refuses(404, "there is no such engine")
def get_all(engine_id: str) -> dict[str, Any]:
    """List the jobs of an engine, the latest first: at most 1,000"""
    found = parts().engines.runs(
        parse_id(engine_id, "engine"), limit=MOST_JOBS, account_id=principal().account_id
    )
    return {"jobs": [render_job(run) for run in found]}


@jobs.route("/<job_id>/", methods=["GET"], parameters=[JOB])
@jobs.doc(operationId="get_engine_job")
@jobs.response(200, JobSchema, example=examples.JOB)
@jobs.refuses(404, "there is no such job")
def get(job_id: str) -> dict[str, Any]:
    """Read a job"""
    return render_job(
        parts().engines.run(parse_id(job_id, "job"), account_id=principal().account_id)
    )


@jobs.route("/<job_id>/", methods=["DELETE"], parameters=[JOB])
@jobs.doc(operationId="delete_engine_job")
@jobs.response(200, DeletedSchema, example=examples.DELETED)
@jobs.refuses(404, "there is no such job")
def delete(job_id: str) -> dict[str, Any]:
    """Delete a job

    One that goes on is cancelled first.
    """
    found = parse_id(job_id, "job")
    parts().engines.delete_run(found, account_id=principal().account_id)
    return {"id": found, "status": DELETED}


@jobs.route("/<job_id>/cancel/", methods=["PUT"], parameters=[JOB])
@jobs.doc(operationId="cancel_engine_job")
@jobs.response(
    200,
    CancelledSchema,
    example={**examples.DELETED, "status": "REVOKED", "reason": "The run was cancelled."},
)
@jobs.refuses(404, "there is no such job")
@jobs.refuses(409, "the job has ended already (SUCCESS); nothing to cancel")
def cancel(job_id: str) -> dict[str, Any]:
    """Cancel a job

    What it has taken away from its target, such as indexes, is put back.
    """
    run = parts().engines.cancel(parse_id(job_id, "job"), account_id=principal().account_id)
    return {"id": run.id, "status": run.state, "reason": run.reason or ""}


def render_job(run: Run) -> dict[str, Any]:
    """Shape a run for ``JobSchema``."""
    return {
        "id": run.id,
        "engine_id": run.engine_id,
        "workflow_id": run.id,
        "type": run.type,
        "status": run.state,
        "created": run.created_at,
        "last_updated": run.updated_at,
        "settings": run.settings,
        "now": datetime.now(UTC),
        "attachment_types": [],
        "percent_complete": run.percent_complete,
        "warning_message": run.waiting or " ".join(run.warnings) or None,
        "error_details": run.reason,
    }


def render_started(run: Run) -> dict[str, Any]:
    """Shape a run for ``StartedSchema``."""
    return {"job_id": run.id, "id": run.id, "status": run.state, "reason": run.reason or ""}
