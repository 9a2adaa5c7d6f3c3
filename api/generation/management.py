"""The model servers and their models, as they are now."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from api.generation import examples
from api.generation.answers import (
    ORCHESTRATOR_ID,
    AiModelSchema,
    GatewaySchema,
    GatewaysPageSchema,
    ModelsPageSchema,
)
from api.http.examples import page as example_page
from api.http.pages import PageQuerySchema, part_of, render_page, scope_of
from api.http.rest import BASE, Blueprint
from api.parts import parts
from shared.addresses import endpoint_of, kind_of
from shared.errors import NotFound
from shared.models import gateways
from shared.models.catalogue import Server
from shared.models.gateway import Gateway, GatewayState
from shared.models.names import is_among

#: Ids of models are made from their names, so that they are the same on every server.
MODEL_IDS = uuid.UUID("5e0cbe0d-5c5e-4c3d-9a51-0d1f2b0d4b6a")

blueprint = Blueprint(
    "AiManagement",
    __name__,
    url_prefix=f"{BASE}/ai/management",
    description="The model servers and what they have. They are asked live, but at most every few "
    "seconds.",
)

MODEL_PARAMETER = {
    "in": "path",
    "name": "model_id",
    "description": "The `id` of a model.",
    "example": examples.MODEL_ID,
    "schema": {"type": "string", "format": "uuid"},
}
GATEWAY_PARAMETER = {
    "in": "path",
    "name": "gateway_id",
    "description": "The `id` of a gateway.",
    "example": examples.GATEWAY["id"],
    "schema": {"type": "string", "minLength": 1},
}


@blueprint.route("/model", methods=["GET"])
@blueprint.doc(operationId="get_ai_models")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, ModelsPageSchema, example=example_page(examples.MODEL))
def get_models(query: dict[str, Any]) -> dict[str, Any]:
    """List the models that any server has, by name."""
    return _page(query, _models(), scope=scope_of("models"), key=lambda model: model["name"])


@blueprint.route("/model/<string:model_id>", parameters=[MODEL_PARAMETER], methods=["GET"])
@blueprint.doc(operationId="get_ai_model_by_id")
@blueprint.response(200, AiModelSchema, example=examples.MODEL)
@blueprint.refuses(404, "No server that answers has such a model")
def get_model(model_id: str) -> dict[str, Any]:
    """Read a model."""
    return _find(_models(), model_id, what="model that a server has")


@blueprint.route("/gateway", methods=["GET"])
@blueprint.doc(operationId="get_ai_gateways")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, GatewaysPageSchema, example=example_page(examples.GATEWAY))
def get_gateways(query: dict[str, Any]) -> dict[str, Any]:
    """List the model servers that the workers use, those that are down with the reason."""
    return _page(
        query, _gateways(), scope=scope_of("gateways"), key=lambda gateway: int(gateway["id"])
    )


@blueprint.route("/gateway/<string:gateway_id>", parameters=[GATEWAY_PARAMETER], methods=["GET"])
@blueprint.doc(operationId="get_ai_gateway_by_id")
@blueprint.response(200, GatewaySchema, example=examples.GATEWAY)
@blueprint.refuses(404, "No worker uses such a gateway")
def get_gateway(gateway_id: str) -> dict[str, Any]:
    """Read how a model server is."""
    return _find(_gateways(), gateway_id, what="gateway that a worker uses")


def _page(
    query: dict[str, Any],
    items: Sequence[dict[str, Any]],
    *,
    scope: str,
    key: Callable[[Mapping[Any, Any]], Any],
) -> dict[str, Any]:
    return render_page(part_of(items, query, scope=scope, key=key), scope=scope, render=dict)


def _find(items: Sequence[dict[str, Any]], wanted: str, *, what: str) -> dict[str, Any]:
    for item in items:
        if item["id"] == wanted:
            return item
    raise NotFound(f"there is no {what} with the id {wanted}")


def _look() -> list[tuple[Gateway, Server]]:
    with parts().database.transaction() as connection:
        rows = gateways.read_live(connection)
    # Only after the transaction, since servers may take a while.
    return list(zip(rows, parts().catalogue.look(row.url for row in rows), strict=True))


def _models() -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    looked = _look()
    defaults = {parts().settings.model} - {""} or {
        # Without a setting, work that names no model gets the first of its server.
        (row.models or [model.name for model in server.models])[0]
        for row, server in looked
        if row.models or server.models
    }
    for _, server in looked:
        for model in server.models:
            is_default = any(is_among(each, [model.name], url=server.url) for each in defaults)
            described = {
                "id": str(uuid.uuid5(MODEL_IDS, model.name)),
                "name": model.name,
                "file_checksum": model.digest,
                "architecture": model.architecture,
                "base_name": model.base_name,
                "ai_parameters": model.parameters,
                "context_length": model.context_length,
                "embedding_length": model.embedding_length,
                "quantization": model.quantization,
                "is_data_generate_default": is_default,
            }
            found.setdefault(model.name, described)
    return list(found.values())


def _gateways() -> list[dict[str, Any]]:
    return [_describe_gateway(row, server) for row, server in _look()]


def _describe_gateway(row: Gateway, server: Server) -> dict[str, Any]:
    busy = row.status == GatewayState.BUSY
    status = GatewayState.BUSY if busy else GatewayState.UP
    if server.problem:
        status = GatewayState.DOWN
    address = urlsplit(endpoint_of(row.url))
    return {
        "id": str(row.id),
        "ai_orchestrator_id": ORCHESTRATOR_ID,
        "status": status,
        "status_reason": server.problem or (row.status_reason if busy else None),
        "type": kind_of(row.url),
        "hostname": address.hostname,
        "port": address.port or {"http": 80, "https": 443}[address.scheme],
        "max_concurrent_tasks": row.max_concurrent_tasks,
        "last_status_change_time": (
            row.last_status_change_time if status == row.status else server.seen
        ),
    }
