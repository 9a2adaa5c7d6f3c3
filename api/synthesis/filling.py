"""Filling a target, and what came of it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from api.http.fields import Choice, QueryNumber, TrueOrFalse, WholeNumber, int32
from api.http.schemas import RequestSchema
from api.http.tracing import trace_id
from api.parts import parts
from api.synthesis import examples
from api.synthesis.access import principal
from api.synthesis.ids import ENGINE, JOB, parse_id
from api.synthesis.jobs import StartedSchema, render_started
from api.synthesis.rest import Blueprint
from shared.synthesis.requests import SynthesizeRequest
from shared.synthesis.run import RunState

synthesis = Blueprint(
    "Synthesize", __name__, url_prefix="/synthesize", description="Filling a target."
)

#: Most rows in a block, and connections.
MOST_ROWS = 1_000_000
MOST_CONNECTIONS = 64

#: Published, for the writing of a target; both hold whatever is asked for.
FUNCTIONALITIES = ("HIGH_PERFORMANCE_WRITING", "IDEMPOTENT_WRITING")


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
