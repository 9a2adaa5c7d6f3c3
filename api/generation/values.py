"""Pages of values."""

from __future__ import annotations

from typing import Any

from api.generation.answers import GetGenerateDataValuesResponseSchema
from api.generation.ids import OPERATION_PARAMETER, parse_operation_id
from api.http.auth import account
from api.http.examples import page as example_page
from api.http.fields import Sort
from api.http.pages import PageQuerySchema, ask, render_page
from api.http.rest import BASE, Blueprint
from api.parts import parts

blueprint = Blueprint(
    "Values",
    __name__,
    url_prefix=f"{BASE}/ai/generate/<id:operation_id>",
    tag="AiGenerate",
)


class ValuesQuerySchema(PageQuerySchema):
    """Which page of values."""

    sort = Sort("value")


@blueprint.route("/values", parameters=[OPERATION_PARAMETER], methods=["GET"])
@blueprint.doc(operationId="get_generate_values")
@blueprint.arguments(ValuesQuerySchema, location="query")
@blueprint.response(
    200,
    GetGenerateDataValuesResponseSchema,
    example=example_page("Anneliese", "Bernhard", "Liesel", total=65),
)
@blueprint.refuses(404, "No such operation; it may have expired or been deleted")
def get_values(query: dict[str, Any], operation_id: str) -> dict[str, Any]:
    """Read the values of an operation, while it works too.

    They come in the order of generation, or with `sort` in the order of their Unicode code
    points.
    """
    wanted_id = parse_operation_id(operation_id)
    asked = ask(query, scope=f"values:{account().id}:{wanted_id}")
    found = parts().lists.values(wanted_id, account_id=account().id, wanted=asked.wanted)
    return render_page(found, asked, render=str)
