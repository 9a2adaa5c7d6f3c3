"""Value generation: submit, list, search, read, cancel, delete."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.generation import examples
from api.generation.answers import (
    GenerateDataOperationSchema,
    GenerateDataResponseSchema,
    GetAllGenerateDataOperationsResponseSchema,
    render_operation,
)
from api.generation.ids import OPERATION_PARAMETER, parse_operation_id
from api.generation.requests import GenerateDataRequestSchema, IdempotencyHeaderSchema
from api.http.auth import account
from api.http.examples import page as example_page
from api.http.fields import Sort
from api.http.pages import PageQuerySchema, SearchBodySchema, read_page
from api.http.rest import BASE, Blueprint, no_content
from api.http.tracing import trace_id
from api.jobs.answers import render_job
from api.jobs.examples import JOB
from api.parts import parts
from shared.filters import describe
from shared.generation.fields import OPERATIONS
from shared.generation.operations import SORTS
from shared.generation.requests import GenerateRequest

blueprint = Blueprint(
    "AiGenerate",
    __name__,
    url_prefix=f"{BASE}/ai/generate",
    description="Operations: lists of values, from the request to the last value.",
)


NEWEST = "-submit_time"


class OperationsQuerySchema(PageQuerySchema):
    """Which page of operations."""

    sort = Sort(*SORTS, default=NEWEST)


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
    job = parts().lists.submit(
        wanted, account_id=account().id, trace_id=trace_id(), idempotency_key=headers.get("key")
    )
    return {"job": render_job(job)}


@blueprint.route("", methods=["GET"])
@blueprint.doc(operationId="get_all_generate_operations")
@blueprint.arguments(OperationsQuerySchema, location="query")
@blueprint.response(
    200,
    GetAllGenerateDataOperationsResponseSchema,
    example=example_page(examples.OPERATION, total=12),
)
@blueprint.revalidates()
def get_all(query: dict[str, Any]) -> dict[str, Any]:
    """List operations, the newest first."""
    return _read("list", query)


@blueprint.route("/search", methods=["POST"])
@blueprint.doc(
    operationId="search_all_generate_operations", **{"x-filterable": describe(OPERATIONS)}
)
@blueprint.arguments(OperationsQuerySchema, location="query")
@blueprint.arguments(
    SearchBodySchema,
    required=False,
    example={"filter_expression": "status EQ 'COMPLETED' AND data_type CONTAINS 'name'"},
)
@blueprint.response(
    200, GetAllGenerateDataOperationsResponseSchema, example=example_page(examples.OPERATION)
)
def search(query: dict[str, Any], body: dict[str, str]) -> dict[str, Any]:
    """List the operations that a filter expression selects, the newest first."""
    return _read("search", query, body.get("filter_expression"))


def _read(path: str, query: dict[str, Any], expression: str | None = None) -> dict[str, Any]:
    return read_page(
        f"operations:{path}",
        query,
        expression,
        sort=NEWEST,
        fields=OPERATIONS,
        search=parts().lists.search,
        render=render_operation,
    )


@blueprint.route("/<id:operation_id>", parameters=[OPERATION_PARAMETER], methods=["GET"])
@blueprint.doc(operationId="get_generate_operation")
@blueprint.response(200, GenerateDataOperationSchema, example=examples.OPERATION)
@blueprint.revalidates()
@blueprint.refuses(404, "No such operation; it may have expired or been deleted")
def get(operation_id: str) -> dict[str, Any]:
    """Read an operation."""
    found = parts().lists.get(parse_operation_id(operation_id), account_id=account().id)
    return render_operation(found)


@blueprint.route("/<id:operation_id>/cancel", parameters=[OPERATION_PARAMETER], methods=["POST"])
@blueprint.doc(operationId="cancel_generate_operation")
@blueprint.response(204, description="Cancelled")
@blueprint.refuses(404, "No such operation; it may have expired or been deleted")
@blueprint.refuses(409, "It has ended already")
def cancel(operation_id: str) -> Response:
    """End an operation early.

    It becomes `FAILED`, its job `CANCELED` with `error_details`; the values made so far stay.
    """
    parts().lists.cancel(parse_operation_id(operation_id), account_id=account().id)
    return no_content()


@blueprint.route("/<id:operation_id>/delete", parameters=[OPERATION_PARAMETER], methods=["POST"])
@blueprint.doc(operationId="delete_generate_operation")
@blueprint.response(204, description="Deleted")
@blueprint.refuses(404, "No such operation; it may have expired or been deleted")
def delete(operation_id: str) -> Response:
    """Delete an operation and its values; one that still works is cancelled first.

    Its job stays.
    """
    parts().lists.delete(parse_operation_id(operation_id), account_id=account().id)
    return no_content()
