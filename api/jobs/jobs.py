"""Jobs: what a client polls, lists and abandons. Most polls are answered by ``polls``."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.http.auth import account
from api.http.examples import page as example_page
from api.http.fields import Sort
from api.http.pages import PageQuerySchema, SearchBodySchema, read_page
from api.http.rest import BASE, Blueprint, etag_of, no_content
from api.jobs import examples
from api.jobs.answers import (
    JobResultResponseSchema,
    JobSchema,
    ListJobsResponseSchema,
    SearchJobsResponseSchema,
    render_job,
    write_job,
)
from api.jobs.ids import JOB_PARAMETER, parse_job_id
from api.parts import parts
from shared.filters import describe
from shared.queue.fields import JOBS
from shared.queue.jobs import SORTS

blueprint = Blueprint(
    "Jobs", __name__, url_prefix=f"{BASE}/jobs", description="How far work is; made to be polled."
)


LATEST = "-start_time"


class JobsQuerySchema(PageQuerySchema):
    """Which page of jobs."""

    sort = Sort(*SORTS, default=LATEST)


@blueprint.route("", methods=["GET"])
@blueprint.doc(operationId="get_jobs")
@blueprint.arguments(JobsQuerySchema, location="query")
@blueprint.response(200, ListJobsResponseSchema, example=example_page(examples.JOB, total=12))
@blueprint.revalidates()
def get_all(query: dict[str, Any]) -> dict[str, Any]:
    """List jobs, the last started first."""
    return _read("list", query)


@blueprint.route("/search", methods=["POST"])
@blueprint.doc(operationId="search_jobs", **{"x-filterable": describe(JOBS)})
@blueprint.arguments(JobsQuerySchema, location="query")
@blueprint.arguments(
    SearchBodySchema,
    required=False,
    example={
        "filter_expression": "status IN ['PENDING', 'STARTED'] AND tags CONTAINS {key EQ 'team'}"
    },
)
@blueprint.response(200, SearchJobsResponseSchema, example=example_page(examples.JOB))
def search(query: dict[str, Any], body: dict[str, str]) -> dict[str, Any]:
    """List the jobs that a filter expression selects, the last started first."""
    return _read("search", query, body.get("filter_expression"))


def _read(path: str, query: dict[str, Any], expression: str | None = None) -> dict[str, Any]:
    return read_page(
        f"jobs:{path}",
        query,
        expression,
        sort=LATEST,
        fields=JOBS,
        search=parts().jobs.search,
        render=render_job,
    )


@blueprint.route("/<id:job_id>", parameters=[JOB_PARAMETER], methods=["GET"])
@blueprint.doc(operationId="get_job_by_id")
@blueprint.response(200, JobSchema, example=examples.JOB)
@blueprint.revalidates()
@blueprint.refuses(404, "No such job")
def get(job_id: str) -> Response:
    """Read a job."""
    sight = parts().jobs.look(parse_job_id(job_id), account_id=account().id)
    response = Response(write_job(sight.read()), mimetype="application/json")
    response.set_etag(etag_of(sight.version))
    return response


@blueprint.route("/<id:job_id>/result", parameters=[JOB_PARAMETER], methods=["GET"])
@blueprint.doc(operationId="get_job_result", deprecated=True)
@blueprint.response(200, JobResultResponseSchema, example=examples.RESULT)
@blueprint.revalidates()
@blueprint.refuses(404, "No such job")
def get_result(job_id: str) -> dict[str, Any]:
    """Read where a job ended; the job says so too."""
    found = parts().jobs.get(parse_job_id(job_id), account_id=account().id)
    rendered = render_job(found)
    return {
        "job_id": rendered["id"],
        "result_type": rendered.get("result_type"),
        "result": rendered["result"],
    }


@blueprint.route("/<id:job_id>/abandon", parameters=[JOB_PARAMETER], methods=["POST"])
@blueprint.doc(operationId="abandon_job")
@blueprint.response(204, description="Abandoned")
@blueprint.refuses(404, "No such job")
@blueprint.refuses(409, "It has ended already")
def abandon(job_id: str) -> Response:
    """End a job early.

    Its operation becomes `FAILED`; the values made so far stay.
    """
    parts().jobs.abandon(parse_job_id(job_id), account_id=account().id)
    return no_content()
