"""Jobs: what a client polls."""

from __future__ import annotations

from typing import Any

from api.answers import JobSchema
from api.auth import account
from api.ids import JOB_PARAMETER, parse_job_id
from api.parts import parts
from api.rendering import render_job
from api.rest import BASE, Blueprint
from shared.db import jobs

blueprint = Blueprint(
    "Jobs", __name__, url_prefix=f"{BASE}/jobs", description="How far work is; made to be polled."
)


@blueprint.route("/<string:job_id>", parameters=[JOB_PARAMETER], methods=["GET"])
@blueprint.doc(operationId="get_job_by_id")
@blueprint.response(200, JobSchema)
@blueprint.refuses(404, "No such job")
def get(job_id: str) -> dict[str, Any]:
    """Read a job."""
    with parts().database.transaction() as connection:
        row = jobs.get(connection, job_id=parse_job_id(job_id), account_id=account().id)
    return render_job(row)
