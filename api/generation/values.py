"""Pages of values."""

from __future__ import annotations

from typing import Any

from api.generation.answers import ValuesPageSchema
from api.generation.ids import OPERATION_PARAMETER, parse_operation_id
from api.http.auth import account
from api.http.examples import page as example_page
from api.http.fields import Sort
from api.http.pages import PageQuerySchema
from api.http.rest import BASE, Blueprint
from api.parts import parts

blueprint = Blueprint(
    "Values",
    __name__,
    url_prefix=f"{BASE}/ai/generate/<id:operation_id>",
    description="The values of an operation, page by page.",
)


class ValuesQuerySchema(PageQuerySchema):
    """Which page of values."""

    sort = Sort("value")


@blueprint.route("/values", parameters=[OPERATION_PARAMETER], methods=["GET"])
@blueprint.doc(operationId="get_generate_data_operation_values")
@blueprint.arguments(ValuesQuerySchema, location="query")
@blueprint.response(
    200, ValuesPageSchema, example=example_page("Anneliese", "Bernhard", "Liesel", total=65)
)
@blueprint.refuses(404, "No such operation; it may have expired or been deleted")
def get_values(query: dict[str, Any], operation_id: str) -> dict[str, Any]:
    """Read the values of an operation, while it works too.

    They come in the order of generation, or with `sort` in the order of their Unicode code
    points.
    """
    wanted = parse_operation_id(operation_id)
    sort = query["sort"]
    scope = f"values:{account().id}:{wanted}:{sort or ''}"
    anchor, backward = None, False
    if "cursor" in query:
        anchor, backward = parts().cursors.read(query["cursor"], scope=scope)
    page, total = parts().lists.values(
        wanted,
        account_id=account().id,
        limit=query["limit"],
        sort=sort,
        anchor=anchor,
        backward=backward,
    )
    metadata: dict[str, Any] = {"total": total}
    if page.has_previous:
        metadata["prev_cursor"] = parts().cursors.make(
            scope=scope, anchor=page.first, backward=True
        )
    if page.has_next:
        metadata["next_cursor"] = parts().cursors.make(
            scope=scope, anchor=page.last, backward=False
        )
    return {"items": page.values, "response_metadata": metadata}
