"""Files of values, streamed."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import chain, islice

from flask import Response

from api.generation.ids import OPERATION_PARAMETER, parse_operation_id
from api.http.auth import account
from api.http.fields import Choice
from api.http.filenames import content_disposition
from api.http.rest import BASE, Blueprint
from api.http.schemas import RequestSchema
from api.parts import parts
from shared.errors import Conflict
from shared.generation import exports

blueprint = Blueprint(
    "Downloads",
    __name__,
    url_prefix=f"{BASE}/ai/generate/<id:operation_id>",
    tag="AiGenerate",
)


class FormatQuerySchema(RequestSchema):
    """Which file."""

    format = Choice(
        ("JSON", "SECURE_LOOKUP"),
        required=True,
        metadata={
            "description": "`JSON` is one array of strings; `SECURE_LOOKUP` is one value a line."
        },
    )


@blueprint.route("/download", parameters=[OPERATION_PARAMETER], methods=["GET"])
@blueprint.doc(operationId="download_generate_values")
@blueprint.arguments(FormatQuerySchema, location="query")
@blueprint.response(
    200,
    # As published: what is generated of it saves a file.
    {"type": "string", "format": "binary"},
    content_type="text/plain; charset=utf-8",
    description="The file, named after the operation",
    examples={
        "JSON": {"value": '["Anneliese", "Bernhard", "Liesel"]'},
        "SECURE_LOOKUP": {"value": "Anneliese\nBernhard\nLiesel"},
    },
)
@blueprint.refuses(404, "No such operation; it may have expired or been deleted")
@blueprint.refuses(409, "Values of several lines have no SECURE_LOOKUP file")
def download(query: dict[str, str], operation_id: str) -> Response:
    """Download all values that the operation has, in the order of generation."""
    wanted = parse_operation_id(operation_id)
    file_format = query["format"]
    with ExitStack() as stack:
        # The transaction outlives this function, so that the file is of one moment. What can go
        # wrong goes wrong here, before the first byte.
        operation, chunks = stack.enter_context(
            parts().lists.stream(wanted, account_id=account().id)
        )
        if operation.multiline_values and file_format == "SECURE_LOOKUP":
            raise Conflict(
                "values of this operation may have several lines, which SECURE_LOOKUP cannot "
                "hold; download it as JSON"
            )
        begin = list(islice(chunks, 1))
        response = Response(
            exports.write(chain(begin, chunks), file_format=file_format),
            content_type="text/plain; charset=utf-8",
        )
        response.headers["Content-Disposition"] = content_disposition(
            operation.name, extension=exports.EXTENSIONS[file_format]
        )
        # Servers close a response when it is sent, and just so when its reader has gone away.
        response.call_on_close(stack.pop_all().close)
    return response
