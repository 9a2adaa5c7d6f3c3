"""What engines were told to do: start, poll, cancel, and read what came of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from api.http.answers import AnswerSchema
from api.http.fields import Choice, QueryNumber, Text, Time, TrueOrFalse, WholeNumber, int32
from api.http.schemas import RequestSchema
from api.http.tracing import trace_id
from api.parts import parts
from api.synthesis import examples
from api.synthesis.access import principal
from api.synthesis.engines import DELETED, DeletedSchema
from api.synthesis.ids import DATABASE, ENGINE, JOB, parse_id
from api.synthesis.queries import QueryFlag
from api.synthesis.rest import Blueprint
from shared.errors import NotFound
from shared.synthesis.locales import LOCALES
from shared.synthesis.plans import Entity
from shared.synthesis.requests import ScanRequest, SynthesizeRequest
from shared.synthesis.run import Run, RunState

jobs = Blueprint(
    "Jobs", __name__, url_prefix="/jobs", description="How far engines are; made to be polled."
)
scans = Blueprint(
    "PII scan",
    __name__,
    url_prefix="/pii_scan",
    description="Looking for personal data in a source.",
)
synthesis = Blueprint(
    "Synthesize", __name__, url_prefix="/synthesize", description="Filling a target."
)

#: As published; some have no use here, and so no jobs.
JOB_TYPES = (
    *("synthesize", "fk_scan", "pii_scan", "subsetting", "create_engine", "update_engine"),
    *("update_engine_settings", "schema_resolve", "sync_target", "import_engine"),
    "export_engine",
)

#: Most jobs in a list.
MOST_JOBS = 1_000

#: Most words in a list of a scan, and rows in a block.
MOST_WORDS = 1_000
MOST_ROWS = 1_000_000
MOST_CONNECTIONS = 64

#: Published, for the writing of a target; both hold whatever is asked for.
FUNCTIONALITIES = ("HIGH_PERFORMANCE_WRITING", "IDEMPOTENT_WRITING")


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


class ScanQuerySchema(Schema):
    """How to look."""

    data_scan = QueryFlag(
        load_default=True, metadata={"description": "In values too, not in names alone."}
    )
    locale = Choice(LOCALES, metadata={"description": "Left out: the engine's."})
    cardinality_check = QueryFlag(
        load_default=False,
        metadata={
            "description": "Whether a column of which nearly every value is another one counts: "
            "numbers of orders and of articles do, so the first look leaves it out, too."
        },
    )
    overwrite_previous_scans = QueryFlag(
        load_default=True, metadata={"description": "Forget what was found before."}
    )


def _words(description: str) -> fields.List[Any]:
    return fields.List(
        Text(max_length=500, min_length=1),
        load_default=list,
        validate=validate.Length(max=MOST_WORDS),
        metadata={"description": description},
    )


class ScanBodySchema(RequestSchema):
    """What to look for."""

    may_be_missing = True

    allow_list = _words("Words that are not personal.")
    deny_list = _words("Words that are.")
    deselected_entities = fields.List(
        Choice(tuple(Entity)),
        load_default=list,
        validate=validate.Length(max=MOST_WORDS),
        metadata={"description": "What is not looked for."},
    )


class RecognizerSchema(Schema):
    """Something personal that is looked for."""

    name = fields.String(required=True)
    entity = fields.String(required=True, validate=validate.OneOf(list(Entity)))


class RecognizersResponseSchema(Schema):
    """All that is looked for."""

    recognizers = fields.List(fields.Nested(RecognizerSchema), required=True)


class StartQuerySchema(Schema):
    """What older clients say in the query; what the body says counts."""

    generate_batch_size = QueryNumber(
        minimum=1, maximum=MOST_ROWS, metadata={"description": "`data_batch_size` of the body."}
    )
    n_connections = QueryNumber(minimum=1, maximum=MOST_CONNECTIONS)
    write_batch_size = QueryNumber(
        minimum=1, maximum=MOST_ROWS, metadata={"description": "The smaller of both counts."}
    )


class StartBodySchema(RequestSchema):
    """How to fill the target."""

    may_be_missing = True

    functionalities = fields.List(
        Choice(FUNCTIONALITIES),
        validate=validate.Length(max=10),
        metadata={"description": "Both hold always."},
    )
    data_batch_size = WholeNumber(
        minimum=1,
        maximum=MOST_ROWS,
        metadata={
            "description": "Rows in a block, about: at most 250,000, and a ten thousandth of the "
            "table at least, whatever is said; where nothing is, so many as have a million values."
        },
    )
    n_connections = WholeNumber(
        minimum=1,
        maximum=MOST_CONNECTIONS,
        metadata={
            "description": "Kept. How many processes work at once is the engine's setting "
            "`n_parallel_pipeline_processes`."
        },
    )
    simultaneous_read_write = TrueOrFalse(
        load_default=True, metadata={"description": "Taken; reading and writing go on together."}
    )
    priority = int32(
        load_default=0,
        metadata={"description": "Work of a higher priority goes first; within one, the oldest."},
    )

    @post_load
    def _keep(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data


class SummarySchema(Schema):
    """How far a job is, in numbers."""

    id = fields.UUID(required=True)
    engine_id = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(list(RunState)))
    summary = fields.Dict(
        required=True, metadata={"description": "For each table: `rows` and `written`."}
    )


class ReportSchema(Schema):
    """What each column became and why; what was found, and what was not touched."""

    id = fields.UUID(required=True)
    engine_id = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(list(RunState)))
    warnings = fields.List(fields.String(), required=True)
    report = fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "Null before the job has come so far."},
    )


@scans.route("/<database_id>/start/", methods=["POST"], parameters=[DATABASE])
@scans.doc(operationId="start_pii_scan")
@scans.arguments(ScanQuerySchema, location="query")
@scans.arguments(ScanBodySchema, required=False)
@scans.response(200, StartedSchema, example=examples.STARTED)
@scans.refuses(404, "there is no such database")
@scans.refuses(409, "another job of this engine goes on")
@scans.refuses(422, "that is the target of its engine")
def start_scan(query: dict[str, Any], body: dict[str, Any], database_id: str) -> dict[str, Any]:
    """Look for personal data in a source once more

    Columns that nobody set by hand get new generators by what is found.
    """
    run = parts().engines.scan(
        parse_id(database_id, "database"),
        ScanRequest(**query, **body),
        account_id=principal().account_id,
        trace_id=trace_id(),
    )
    return render_started(run)


@scans.route("/<engine_id>/recognizers/", methods=["GET"], parameters=[ENGINE])
@scans.doc(operationId="list_recognizers")
@scans.response(200, RecognizersResponseSchema)
@scans.refuses(404, "there is no such engine")
def get_recognizers(engine_id: str) -> dict[str, Any]:
    """List what is looked for"""
    parts().engines.get(parse_id(engine_id, "engine"), account_id=principal().account_id)
    return {
        "recognizers": [
            {"name": entity.replace("_", " ").capitalize(), "entity": entity} for entity in Entity
        ]
    }


@synthesis.route("/<engine_id>/start/", methods=["POST"], parameters=[ENGINE])
@synthesis.doc(operationId="start_synthesis")
@synthesis.arguments(StartQuerySchema, location="query")
@synthesis.arguments(StartBodySchema, required=False)
@synthesis.response(200, StartedSchema, example=examples.STARTED)
@synthesis.refuses(404, "there is no such engine")
@synthesis.refuses(409, "another job of this engine goes on")
def start(query: dict[str, Any], body: dict[str, Any], engine_id: str) -> dict[str, Any]:
    """Fill the target

    The settings, and what is to become of tables and columns, are kept as they are now. Where the
    mode, or a generator, waits for models of tables, that is a 409.
    """
    sizes = [query[name] for name in ("generate_batch_size", "write_batch_size") if name in query]
    older = {"data_batch_size": min(sizes)} if sizes else {}
    if "n_connections" in query:
        older["n_connections"] = query["n_connections"]
    run = parts().engines.synthesize(
        parse_id(engine_id, "engine"),
        SynthesizeRequest(**(older | body)),
        account_id=principal().account_id,
        trace_id=trace_id(),
    )
    return render_started(run)


@synthesis.route("/<job_id>/summary/", methods=["GET"], parameters=[JOB])
@synthesis.doc(operationId="get_summary")
@synthesis.response(200, SummarySchema)
@synthesis.refuses(404, "there is no such job")
def get_summary(job_id: str) -> dict[str, Any]:
    """Read how far a job is, in numbers"""
    run = parts().engines.run(parse_id(job_id, "job"), account_id=principal().account_id)
    return {"id": run.id, "engine_id": run.engine_id, "status": run.state, "summary": run.summary}


@synthesis.route("/<job_id>/report/", methods=["GET"], parameters=[JOB])
@synthesis.doc(operationId="get_report")
@synthesis.response(200, ReportSchema)
@synthesis.refuses(404, "there is no such job")
def get_report(job_id: str) -> dict[str, Any]:
    """Read what each column became, and why"""
    run, report = parts().engines.report(parse_id(job_id, "job"), account_id=principal().account_id)
    return {
        "id": run.id,
        "engine_id": run.engine_id,
        "status": run.state,
        "warnings": run.warnings,
        "report": report,
    }


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
