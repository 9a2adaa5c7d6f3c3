"""The model servers and their models, as they are now."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from api.generation import examples
from api.generation.answers import (
    ORCHESTRATOR_ID,
    GatewaySchema,
    GetAllLlmGatewaysResponseSchema,
    GetAllLlmModelsResponseSchema,
    LlmModelSchema,
)
from api.http.examples import page as example_page
from api.http.fields import Sort
from api.http.pages import PageQuerySchema, ask, part_of, render_page
from api.http.rest import BASE, Blueprint
from api.parts import parts
from shared.addresses import GatewayKind, endpoint_of, kind_of
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
    "name": "modelId",
    "description": "The `id` of a model.",
    "example": examples.MODEL_ID,
    "schema": {"type": "string", "minLength": 1},
}
GATEWAY_PARAMETER = {
    "in": "path",
    "name": "gatewayId",
    "description": "The `id` of a gateway.",
    "example": examples.GATEWAY["id"],
    "schema": {"type": "string", "minLength": 1},
}

#: What lists can be sorted by; no two models have one name, but gateways may share a host.
MODEL_SORTS: Mapping[str, Callable[[Mapping[str, Any]], list[Any]]] = {
    "id": lambda model: [model["id"]],
    "name": lambda model: [model["name"]],
}
GATEWAY_SORTS: Mapping[str, Callable[[Mapping[str, Any]], list[Any]]] = {
    "id": lambda gateway: [int(gateway["id"])],
    "hostname": lambda gateway: [gateway["hostname"], int(gateway["id"])],
}


class ModelsQuerySchema(PageQuerySchema):
    """Which page of models."""

    sort = Sort(*MODEL_SORTS, default="name")


class GatewaysQuerySchema(PageQuerySchema):
    """Which page of gateways."""

    sort = Sort(*GATEWAY_SORTS, default="id")


@blueprint.route("/model", methods=["GET"])
@blueprint.doc(operationId="get_all_llm_models")
@blueprint.arguments(ModelsQuerySchema, location="query")
@blueprint.response(200, GetAllLlmModelsResponseSchema, example=example_page(examples.MODEL))
def get_models(query: dict[str, Any]) -> dict[str, Any]:
    """List the models that any server has, by name unless `sort` says otherwise."""
    asked = ask(query, scope="models", sort="name")
    return render_page(part_of(_models(), asked, keys=MODEL_SORTS), asked, render=dict)


@blueprint.route("/model/<string:model_id>", parameters=[MODEL_PARAMETER], methods=["GET"])
@blueprint.doc(operationId="get_llm_model")
@blueprint.response(200, LlmModelSchema, example=examples.MODEL)
@blueprint.refuses(404, "No server that answers has such a model")
def get_model(model_id: str) -> dict[str, Any]:
    """Read a model."""
    return _find(_models(), model_id, what="model that a server has")


@blueprint.route("/gateway", methods=["GET"])
@blueprint.doc(operationId="get_all_llm_gateways")
@blueprint.arguments(GatewaysQuerySchema, location="query")
@blueprint.response(200, GetAllLlmGatewaysResponseSchema, example=example_page(examples.GATEWAY))
def get_gateways(query: dict[str, Any]) -> dict[str, Any]:
    """List the model servers that the workers use, those that are down with the reason."""
    found = [_as_published(gateway) for gateway in _gateways()]
    asked = ask(query, scope="gateways", sort="id")
    return render_page(part_of(found, asked, keys=GATEWAY_SORTS), asked, render=dict)


@blueprint.route("/gateway/<string:gateway_id>", parameters=[GATEWAY_PARAMETER], methods=["GET"])
@blueprint.doc(operationId="get_llm_gateway")
@blueprint.response(200, GatewaySchema, example=examples.GATEWAY)
@blueprint.refuses(404, "No worker uses such a gateway")
def get_gateway(gateway_id: str) -> dict[str, Any]:
    """Read how a model server is."""
    return _find(_gateways(), gateway_id, what="gateway that a worker uses")


def _as_published(gateway: dict[str, Any]) -> dict[str, Any]:
    """Without a kind that no published version has: strict clients refuse a list with one."""
    return {**gateway, "type": gateway["type"] if gateway["type"] == GatewayKind.OLLAMA else None}


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
