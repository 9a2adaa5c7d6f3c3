"""Signing in and out."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from api.synthesis.rest import Blueprint

blueprint = Blueprint("Auth", __name__, url_prefix="/auth", description="Signing in and out.")


class ProviderSchema(Schema):
    """Another service that says who somebody is."""

    provider = fields.String(required=True)
    url = fields.String(required=True)


class WaysSchema(Schema):
    """How one can sign in."""

    username_password_enabled = fields.Boolean(required=True)
    oidc_providers = fields.List(
        fields.Nested(ProviderSchema),
        required=True,
        metadata={"description": "There are none: users sign in with passwords."},
    )
    session_timeout = fields.Integer(
        required=True,
        metadata={"description": "Seconds without a request after which a session ends."},
    )


#: What the description shows.
_WAYS = {"username_password_enabled": True, "oidc_providers": [], "session_timeout": 3600}


@blueprint.route("/")
@blueprint.doc(security=[])
@blueprint.response(200, WaysSchema, description="Success: Ways to sign in", example=_WAYS)
def look() -> dict[str, Any]:
    """How one can sign in

    Needs no session.
    """
    return _WAYS
