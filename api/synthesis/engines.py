"""Engines: each reads a source database and fills a target."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from api.http.fields import Time
from api.http.tracing import trace_id
from api.parts import parts
from api.synthesis import examples
from api.synthesis.access import principal
from api.synthesis.connections import ConnectorSchema, render_database
from api.synthesis.ids import ENGINE, parse_id
from api.synthesis.rest import Blueprint
from api.synthesis.settings import SHOWN, SettingsSchema, UpdateSettingsSchema
from shared.errors import InvalidRequest
from shared.synthesis.engine import DatabaseStatus, Engine, Role
from shared.synthesis.locales import LOCALES
from shared.synthesis.modes import KeyMethod, Mode
from shared.synthesis.run import RunState
from shared.synthesis.settings import BY_NAME

blueprint = Blueprint(
    "Engine",
    __name__,
    url_prefix="/engine",
    description="What makes a safe copy of a database, and the settings of it.",
)


class EngineSummarySchema(Schema):
    """An engine in a list."""

    id = fields.UUID(required=True)
    latest_job_status = fields.String(required=True, validate=validate.OneOf(list(RunState)))
    connector_type = fields.String(
        required=True, metadata={"description": "What kind of database its source is."}
    )
    source_database_status = fields.String(
        required=True, validate=validate.OneOf(list(DatabaseStatus))
    )


class ListEnginesResponseSchema(Schema):
    """All engines of an account, the oldest first."""

    engines = fields.List(fields.Nested(EngineSummarySchema), required=True)


class DatabaseSchema(Schema):
    """The source or the target of an engine; both show the connectors of both."""

    id = fields.UUID(required=True)
    engine_id = fields.UUID(required=True)
    name = fields.String(required=True)
    status = fields.String(
        required=True,
        validate=validate.OneOf(list(DatabaseStatus)),
        metadata={
            "description": "`CURRENT`: as it was seen. The run that meets a change says what it is."
        },
    )
    type = fields.String(required=True, validate=validate.OneOf(list(Role)))
    last_synced_at = Time(
        required=True,
        metadata={
            "description": "When it was last looked at; until then, when the engine was made."
        },
    )
    source_connector = fields.Nested(ConnectorSchema, required=True)
    target_connector = fields.Nested(ConnectorSchema, required=True)


EngineSchema: type[Schema] = Schema.from_dict(
    {
        **SHOWN,
        "id": fields.UUID(required=True),
        "created": Time(required=True),
        "last_updated": Time(required=True),
        "source_database": fields.Nested(DatabaseSchema, required=True),
        "target_database": fields.Nested(DatabaseSchema, required=True),
        "workspace_pk": fields.Integer(required=True),
    },
    name="Engine",
)


#: What is said of it.
DELETED = "DELETED"


class DeletedSchema(Schema):
    """What is not shown any more."""

    id = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf([DELETED]))


class _ChoiceSchema(Schema):
    available = fields.List(fields.String(), required=True)
    default = fields.String(required=True)


class ModeSchema(Schema):
    """An initialization mode, and what goes with it."""

    name = fields.String(required=True, validate=validate.OneOf(list(Mode)))
    key_generation_method = fields.Nested(_ChoiceSchema, required=True)
    default_locale = fields.Nested(_ChoiceSchema, required=True)


class ModesResponseSchema(Schema):
    """All initialization modes."""

    initialization_modes = fields.List(fields.Nested(ModeSchema), required=True)


@blueprint.route("/", methods=["GET"])
@blueprint.doc(operationId="list_engines")
@blueprint.response(
    200,
    ListEnginesResponseSchema,
    description="Success: List of engines",
    example={"engines": [examples.ENGINE_SUMMARY]},
)
def get_all() -> dict[str, Any]:
    """List engines"""
    found = parts().engines.list_all(account_id=principal().account_id)
    return {"engines": [render_summary(engine) for engine in found]}


@blueprint.route("/initialization_modes/", methods=["GET"])
@blueprint.doc(operationId="list_initialization_modes")
@blueprint.response(
    200,
    ModesResponseSchema,
    description="Success: Initialization modes",
    example={"initialization_modes": [examples.MODE]},
)
def get_modes() -> dict[str, Any]:
    """List initialization modes

    `SYNTHESIZE` can be set, and waits for models of tables: nothing can be started with it yet.
    """
    return {
        "initialization_modes": [
            {
                "name": mode,
                "key_generation_method": {
                    "available": list(KeyMethod),
                    "default": BY_NAME["key_generation_method"].default,
                },
                "default_locale": {
                    "available": list(LOCALES),
                    "default": BY_NAME["default_locale"].default,
                },
            }
            for mode in Mode
        ]
    }


@blueprint.route("/<engine_id>/", methods=["GET"], parameters=[ENGINE])
@blueprint.doc(operationId="get_engine")
@blueprint.response(200, EngineSchema, description="Success", example=examples.ENGINE)
@blueprint.refuses(404, "there is no such engine")
def get(engine_id: str) -> dict[str, Any]:
    """Read an engine

    Passwords, keys and certificates are in no answer.
    """
    return render_engine(
        parts().engines.get(parse_id(engine_id, "engine"), account_id=principal().account_id)
    )


@blueprint.route("/<engine_id>/delete/", methods=["DELETE"], parameters=[ENGINE])
@blueprint.doc(operationId="delete_engine")
@blueprint.response(200, DeletedSchema, description="Success", example=examples.DELETED)
@blueprint.refuses(404, "there is no such engine")
def delete(engine_id: str) -> dict[str, Any]:
    """Delete an engine

    What it does is cancelled, and what it has taken away from its target, such as indexes, is put
    back; the rows that were written stay. Its workspace and its secrets go with it.
    """
    found = parse_id(engine_id, "engine")
    parts().engines.delete(found, account_id=principal().account_id, trace_id=trace_id())
    return {"id": found, "status": DELETED}


@blueprint.route("/<engine_id>/settings/", methods=["GET"], parameters=[ENGINE])
@blueprint.doc(operationId="get_engine_settings")
@blueprint.response(200, SettingsSchema, description="Success", example=examples.SETTINGS)
@blueprint.refuses(404, "there is no such engine")
def get_settings(engine_id: str) -> dict[str, Any]:
    """Read the settings of an engine"""
    found = parts().engines.get(parse_id(engine_id, "engine"), account_id=principal().account_id)
    return {**found.settings, "id": found.id, "set_defaults": True}


@blueprint.route("/<engine_id>/update-settings/", methods=["PUT"], parameters=[ENGINE])
@blueprint.doc(operationId="update_engine_settings")
@blueprint.arguments(UpdateSettingsSchema, example=examples.SETTINGS)
@blueprint.response(200, SettingsSchema, description="Success", example=examples.SETTINGS)
@blueprint.refuses(404, "there is no such engine")
@blueprint.refuses(422, "id: must be the engine of the path")
def update_settings(changes: dict[str, Any], engine_id: str) -> dict[str, Any]:
    """Change settings of an engine

    A setting that is left out, or null, stays as it is. Jobs that go on keep the settings that they
    began with. Another `initialization_mode`, `key_generation_method` or `default_locale` chooses
    new generators for all columns that nobody set by hand.
    """
    account_id = principal().account_id
    set_defaults, body_id = changes.pop("set_defaults"), changes.pop("id")
    wanted = parse_id(engine_id, "engine")
    if body_id != wanted:
        # First of all, whether there is something in the path that it could be.
        parts().engines.get(wanted, account_id=account_id)
        raise InvalidRequest(f"must be the engine of the path, {wanted}", field="id")
    found = parts().engines.update_settings(
        wanted, changes, set_defaults=set_defaults, account_id=account_id
    )
    return {**found.settings, "id": found.id, "set_defaults": set_defaults}


def render_summary(engine: Engine) -> dict[str, Any]:
    """Shape an engine for ``EngineSummarySchema``."""
    return {
        "id": engine.id,
        "latest_job_status": engine.latest_state,
        "connector_type": engine.source.connector_type,
        "source_database_status": engine.source.status,
    }


def render_engine(engine: Engine) -> dict[str, Any]:
    """Shape an engine for ``EngineSchema``."""
    return {
        **engine.settings,
        "id": engine.id,
        "created": engine.created_at,
        "last_updated": engine.updated_at,
        "source_database": render_database(engine, engine.source),
        "target_database": render_database(engine, engine.target),
        "workspace_pk": engine.workspace_pk,
    }
