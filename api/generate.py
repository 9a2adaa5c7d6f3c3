"""Value generation: submit, read, cancel, delete."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Response

from api.answers import GenerateDataOperationSchema, GenerateDataResponseSchema
from api.auth import account
from api.ids import OPERATION_PARAMETER, parse_operation_id
from api.parts import parts
from api.rendering import render_job, render_operation
from api.rest import BASE, Blueprint, no_content
from api.schemas import GenerateDataRequestSchema
from api.tracing import trace_id
from shared.db import gateways, jobs, operations
from shared.requests import GenerateRequest

log = structlog.get_logger(__name__)

blueprint = Blueprint(
    "AiGenerate",
    __name__,
    url_prefix=f"{BASE}/ai/generate",
    description="Operations: lists of values, from the request to the last value.",
)


@blueprint.route("", methods=["POST"])
@blueprint.doc(operationId="generate_data")
@blueprint.arguments(GenerateDataRequestSchema)
@blueprint.response(200, GenerateDataResponseSchema, description="Submitted")
def submit(wanted: GenerateRequest) -> dict[str, Any]:
    """Start to generate a list of values.

    Answers at once with a job to poll.
    """
    with parts().database.transaction() as connection:
        job_id = operations.submit(connection, wanted, account_id=account().id, trace_id=trace_id())
        job = render_job(jobs.get(connection, job_id=job_id, account_id=account().id))
        slots = gateways.total_slots(connection)
    # Only after the commit is there work to wake up for.
    prompts = -(-wanted.requested_count // parts().settings.max_batch_values)
    parts().wake_ups.send(max(1, min(slots, prompts)))
    log.info("operation submitted", job=job["id"], requested_count=wanted.requested_count)
    return {"job": job}


@blueprint.route("/<string:operation_id>", parameters=[OPERATION_PARAMETER], methods=["GET"])
@blueprint.doc(operationId="get_generate_data_operation")
@blueprint.response(200, GenerateDataOperationSchema)
@blueprint.refuses(404, "No such operation; it may have expired or been deleted")
def get(operation_id: str) -> dict[str, Any]:
    """Read an operation."""
    with parts().database.transaction() as connection:
        row = operations.get(
            connection, operation_id=parse_operation_id(operation_id), account_id=account().id
        )
    return render_operation(row)


@blueprint.route(
    "/<string:operation_id>/cancel", parameters=[OPERATION_PARAMETER], methods=["POST"]
)
@blueprint.doc(operationId="cancel_generate_data_operation")
@blueprint.response(204, description="Cancelled")
@blueprint.refuses(404, "No such operation; it may have expired or been deleted")
@blueprint.refuses(409, "It has ended already")
def cancel(operation_id: str) -> Response:
    """End an operation early.

    It becomes `FAILED` with a `failure_reason`, its job `CANCELED`; the values made so far stay.
    """
    wanted = parse_operation_id(operation_id)
    parts().database.run(
        lambda connection: operations.cancel(
            connection, operation_id=wanted, account_id=account().id
        )
    )
    return no_content()


@blueprint.route(
    "/<string:operation_id>/delete", parameters=[OPERATION_PARAMETER], methods=["POST"]
)
@blueprint.doc(operationId="delete_generate_data_operation")
@blueprint.response(204, description="Deleted")
@blueprint.refuses(404, "No such operation; it may have expired or been deleted")
def delete(operation_id: str) -> Response:
    """Delete an operation and its values; one that still works is cancelled first.

    Its job stays.
    """
    wanted = parse_operation_id(operation_id)
    parts().database.run(
        lambda connection: operations.delete(
            connection, operation_id=wanted, account_id=account().id
        )
    )
    return no_content()
