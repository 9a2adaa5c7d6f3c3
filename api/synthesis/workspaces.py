"""Workspaces: what people call an engine, and how one is made."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from api.http.fields import Choice, Text, Time, int32
from api.http.schemas import RequestSchema
from api.http.tracing import trace_id
from api.parts import parts
from api.synthesis import examples
from api.synthesis.access import principal
from api.synthesis.connections import ConnectionSchema
from api.synthesis.engines import EngineSummarySchema, render_summary
from api.synthesis.queries import QueryFlag
from api.synthesis.rest import Blueprint
from shared.errors import InvalidRequest, NotFound
from shared.synthesis.engine import Engine
from shared.synthesis.locales import LOCALES
from shared.synthesis.modes import KeyMethod, Mode
from shared.synthesis.requests import NewWorkspace

blueprint = Blueprint(
    "Workspaces",
    __name__,
    url_prefix="/workspaces",
    description="Where an engine comes from: two databases, and how one becomes the other.",
)

#: Longest names, in characters.
NAME_LENGTH = 255

_STATUSES = ("CREATING", "READY", "FAILED")


class NewWorkspaceSchema(RequestSchema):
    """A workspace with its two databases. The target may be empty, or have the source's schema."""

    name = Text(required=True, filled=True, max_length=NAME_LENGTH)
    organization = int32(metadata={"description": "Kept and shown, and of no effect."})
    source_connection = fields.Nested(ConnectionSchema, required=True)
    target_connection = fields.Nested(ConnectionSchema, required=True)
    initialization_mode = Choice(tuple(Mode), load_default=Mode.SCRATCH.value)
    key_generation_method = Choice(tuple(KeyMethod), load_default=KeyMethod.DUPLICATE.value)
    default_locale = Choice(LOCALES, load_default="en")

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> NewWorkspace:
        return NewWorkspace(
            name=data["name"],
            organization=data.get("organization"),
            source=data["source_connection"],
            target=data["target_connection"],
            mode=Mode(data["initialization_mode"]),
            key_method=KeyMethod(data["key_generation_method"]),
            locale=data["default_locale"],
        )


class NewWorkspaceQuerySchema(Schema):
    """What else may be asked for."""

    sample_db = QueryFlag(
        load_default=False, metadata={"description": "There is no sample database here: false."}
    )


class WorkspaceSchema(Schema):
    """A workspace with its engine."""

    pk = fields.Integer(required=True)
    name = fields.String(required=True)
    organization = fields.Integer(required=True, allow_none=True)
    engine_id = fields.UUID(required=True)
    owner_name = fields.String(required=True)
    created_at = Time(required=True)
    status = fields.String(
        required=True,
        validate=validate.OneOf(_STATUSES),
        metadata={"description": "`READY` once its databases were looked at."},
    )
    engine = fields.Nested(EngineSummarySchema, required=True)
    initialization_mode = fields.String(required=True)
    key_generation_method = fields.String(required=True)
    default_locale = fields.String(required=True)


class CreatedWorkspaceSchema(WorkspaceSchema):
    """A workspace, and the job that looks at its databases."""

    job_id = fields.UUID(required=True)


class ListWorkspacesResponseSchema(Schema):
    """All workspaces of an account, the oldest first."""

    workspaces = fields.List(fields.Nested(WorkspaceSchema), required=True)


@blueprint.route("/", methods=["GET"])
@blueprint.doc(operationId="list_workspaces")
@blueprint.response(200, ListWorkspacesResponseSchema, example={"workspaces": [examples.WORKSPACE]})
def get_all() -> dict[str, Any]:
    """List workspaces"""
    found = parts().engines.list_all(account_id=principal().account_id)
    return {"workspaces": [render(engine) for engine in found]}


@blueprint.route("/", methods=["POST"])
@blueprint.doc(operationId="create_workspace")
@blueprint.arguments(NewWorkspaceQuerySchema, location="query")
@blueprint.arguments(NewWorkspaceSchema, example=examples.NEW_WORKSPACE)
@blueprint.response(
    201,
    CreatedWorkspaceSchema,
    description="Made; its databases will be looked at",
    example={**examples.WORKSPACE, "status": "CREATING", "job_id": examples.EXAMPLE},
)
@blueprint.refuses(422, "name: must not be empty or blank")
def create(query: dict[str, Any], request: NewWorkspace) -> dict[str, Any]:
    """Make a workspace

    A worker looks at both databases: its job, `create_engine`, has the id `job_id`. In every mode
    but `SCRATCH` it looks for personal data, too.
    """
    if query["sample_db"]:
        raise InvalidRequest(
            "there is no sample database here; give two connections", field="sample_db"
        )
    engine, run = parts().engines.create(
        request,
        account_id=principal().account_id,
        owner_name=principal().name,
        trace_id=trace_id(),
    )
    return {**render(engine), "job_id": run.id}


@blueprint.route(
    "/<pk>/",
    methods=["GET"],
    parameters=[
        {
            "in": "path",
            "name": "pk",
            "description": "Of a workspace.",
            "schema": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1},
        }
    ],
)
@blueprint.doc(operationId="get_workspace")
@blueprint.response(200, WorkspaceSchema, example=examples.WORKSPACE)
@blueprint.refuses(404, "there is no such workspace")
def get(pk: str) -> dict[str, Any]:
    """Read a workspace"""
    number = int(pk) if pk.isascii() and pk.isdecimal() and len(pk) < 20 else 0
    if not 0 < number < 2**63:
        raise NotFound("there is no such workspace; its pk is a whole number")
    return render(parts().engines.get_of_workspace(number, account_id=principal().account_id))


def render(engine: Engine) -> dict[str, Any]:
    """Shape an engine for ``WorkspaceSchema``."""
    known = engine.source.synced_at is not None
    waiting, failed = ("CREATING", "FAILED")
    return {
        "pk": engine.workspace_pk,
        "name": engine.name,
        "organization": engine.organization,
        "engine_id": engine.id,
        "owner_name": engine.owner_name,
        "created_at": engine.created_at,
        "status": "READY" if known else waiting if engine.latest_state.is_open else failed,
        "engine": render_summary(engine),
        **{
            name: engine.settings[name]
            for name in ("initialization_mode", "key_generation_method", "default_locale")
        },
    }
