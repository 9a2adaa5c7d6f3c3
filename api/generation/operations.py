"""Value generation: submit, list, search, read, cancel, delete."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

import structlog
from flask import Response

from api.generation import examples
from api.generation.answers import (
    GenerateDataOperationSchema,
    GenerateDataResponseSchema,
    OperationsPageSchema,
    render_operation,
)
from api.generation.ids import OPERATION_PARAMETER, parse_operation_id
from api.generation.requests import GenerateDataRequestSchema, IdempotencyHeaderSchema
from api.http.auth import account
from api.http.examples import page as example_page
from api.http.fields import Sort
from api.http.pages import PageQuerySchema, SearchBodySchema, render_page, scope_of, wanted_page
from api.http.rest import BASE, Blueprint, no_content
from api.http.tracing import trace_id
from api.jobs.answers import render_job
from api.jobs.examples import JOB
from api.parts import parts
from shared.filters import OPERATIONS, describe, parse
from shared.generation import operations
from shared.generation.requests import GenerateRequest
from shared.models import gateways
from shared.queue import idempotency, jobs

log = structlog.get_logger(__name__)

blueprint = Blueprint(
    "AiGenerate",
    __name__,
    url_prefix=f"{BASE}/ai/generate",
    description="Operations: lists of values, from the request to the last value.",
)


class OperationsQuerySchema(PageQuerySchema):
    """Which page of operations."""

    sort = Sort(*operations.SORTS, default="-submit_time")


@blueprint.route("", methods=["POST"])
@blueprint.doc(operationId="generate_data")
@blueprint.arguments(IdempotencyHeaderSchema, location="headers")
@blueprint.arguments(GenerateDataRequestSchema, example=examples.REQUEST)
@blueprint.response(
    200,
    GenerateDataResponseSchema,
    description="Submitted",
    example={"job": {**JOB, "status": "PENDING", "percent_complete": 0, "tags": []}},
)
@blueprint.refuses(409, "The Idempotency-Key was sent with another body before")
def submit(headers: dict[str, str], wanted: GenerateRequest) -> dict[str, Any]:
    """Start to generate a list of values.

    Answers at once with a job to poll.
    """
    key = headers.get("key")
    job, slots = parts().database.run(
        lambda connection: _submit_once(connection, wanted, key=key, whose=account().id)
    )
    if slots is None:
        return {"job": job}
    # Only after the commit is there work to wake up for.
    # The values are spread over all slots, however few a prompt then asks for.
    parts().wake_ups.send(max(1, min(slots, wanted.requested_count)))
    log.info("operation submitted", job=job["id"], requested_count=wanted.requested_count)
    return {"job": job}


def _submit_once(
    connection: Any, wanted: GenerateRequest, *, key: str | None, whose: int
) -> tuple[dict[str, Any], int | None]:
    """The job as it is shown, and the slots of all gateways; None for a job that was there."""
    body = _digest(wanted)
    if key is not None:
        earlier = idempotency.find(connection, account_id=whose, key=key, body_sha256=body)
        if earlier is not None:
            return render_job(jobs.get(connection, job_id=earlier, account_id=whose)), None
    job_id = operations.submit(
        connection,
        wanted,
        account_id=whose,
        trace_id=trace_id(),
        limits=parts().settings.limits,
    )
    if key is not None:
        idempotency.remember(connection, account_id=whose, key=key, body_sha256=body, job_id=job_id)
    job = render_job(jobs.get(connection, job_id=job_id, account_id=whose))
    return job, gateways.total_slots(connection)


def _digest(wanted: GenerateRequest) -> bytes:
    """Equal for bodies that ask for the same, however they are written."""
    return hashlib.sha256(json.dumps(asdict(wanted), sort_keys=True).encode()).digest()


@blueprint.route("", methods=["GET"])
@blueprint.doc(operationId="get_generate_data_operations")
@blueprint.arguments(OperationsQuerySchema, location="query")
@blueprint.response(200, OperationsPageSchema, example=example_page(examples.OPERATION, total=12))
@blueprint.revalidates()
def get_all(query: dict[str, Any]) -> dict[str, Any]:
    """List operations, the newest first."""
    return _read("list", query, None)


@blueprint.route("/search", methods=["POST"])
@blueprint.doc(
    operationId="search_generate_data_operations", **{"x-filterable": describe(OPERATIONS)}
)
@blueprint.arguments(OperationsQuerySchema, location="query")
@blueprint.arguments(
    SearchBodySchema,
    required=False,
    example={"filter_expression": "status EQ 'COMPLETED' AND data_type CONTAINS 'name'"},
)
@blueprint.response(200, OperationsPageSchema, example=example_page(examples.OPERATION))
def search(query: dict[str, Any], body: dict[str, str]) -> dict[str, Any]:
    """List the operations that a filter expression selects, the newest first."""
    return _read("search", query, body.get("filter_expression"))


def _read(path: str, query: dict[str, Any], expression: str | None) -> dict[str, Any]:
    condition = None if expression is None else parse(expression, OPERATIONS)
    scope = scope_of("operations", path, account().id, query["sort"], filter_expression=expression)
    wanted = wanted_page(query, scope=scope)
    with parts().database.transaction() as connection:
        found = operations.search(
            connection, account_id=account().id, wanted=wanted, condition=condition
        )
    return render_page(found, scope=scope, render=render_operation)


@blueprint.route("/<id:operation_id>", parameters=[OPERATION_PARAMETER], methods=["GET"])
@blueprint.doc(operationId="get_generate_data_operation")
@blueprint.response(200, GenerateDataOperationSchema, example=examples.OPERATION)
@blueprint.revalidates()
@blueprint.refuses(404, "No such operation; it may have expired or been deleted")
def get(operation_id: str) -> dict[str, Any]:
    """Read an operation."""
    with parts().database.transaction() as connection:
        row = operations.get(
            connection, operation_id=parse_operation_id(operation_id), account_id=account().id
        )
        coverage = operations.coverage(connection, number=row["number"])
    return render_operation(row, coverage=coverage)


@blueprint.route("/<id:operation_id>/cancel", parameters=[OPERATION_PARAMETER], methods=["POST"])
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


@blueprint.route("/<id:operation_id>/delete", parameters=[OPERATION_PARAMETER], methods=["POST"])
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
