"""Signing in and out."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Response, after_this_request
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import BadRequest

from api.http.fields import Text
from api.http.schemas import RequestSchema
from api.parts import parts
from api.synthesis import access
from api.synthesis.rest import Blueprint
from api.synthesis.throttling import network, throttle
from shared import passwords
from shared.db import sessions, users
from shared.errors import NotAuthenticated

log = structlog.get_logger(__name__)

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


class CredentialsSchema(RequestSchema):
    """Who signs in."""

    email = Text(required=True, min_length=1, max_length=users.MAX_EMAIL)
    password = Text(
        required=True,
        min_length=passwords.MIN_LENGTH,
        max_length=passwords.MAX_LENGTH,
        metadata={"format": "password"},
    )


class SignedInSchema(Schema):
    """Who has signed in."""

    new_password_required = fields.Boolean(
        required=True, metadata={"description": "Never: passwords do not grow old."}
    )
    pk = fields.Integer(required=True, metadata={"description": "The number of the user."})


class SignedOutSchema(Schema):
    """That a session has ended."""

    status = fields.String(required=True, validate=validate.Equal("OK"), metadata={"enum": ["OK"]})


_COOKIE_HEADER = {
    "Set-Cookie": {
        "description": "The cookie `sessionid`, for the requests to come.",
        "schema": {"type": "string"},
    }
}

_WRONG = "the e-mail address or the password is wrong, or this user may not sign in any more"


@blueprint.route("/")
@blueprint.doc(security=[])
@blueprint.response(
    200,
    WaysSchema,
    description="Success: Ways to sign in",
    example={"username_password_enabled": True, "oidc_providers": [], "session_timeout": 3600},
)
def look() -> dict[str, Any]:
    """How one can sign in

    Needs no session.
    """
    return {
        "username_password_enabled": True,
        "oidc_providers": [],
        "session_timeout": parts().settings.session_seconds,
    }


@blueprint.route("/", methods=["POST"])
@blueprint.doc(security=[])
@blueprint.arguments(
    CredentialsSchema, example={"email": "somebody@example.com", "password": "correct horse"}
)
@blueprint.response(
    201,
    SignedInSchema,
    description="Success: Signed in",
    example={"new_password_required": False, "pk": 1},
    headers=_COOKIE_HEADER,
)
@blueprint.refuses(400, _WRONG)
def sign_in(given: dict[str, str]) -> dict[str, Any]:
    """Sign in

    Answers with the cookie `sessionid`. A session that comes along ends; where it is not valid, or
    is over, the answer is a 401 that takes its cookie away, and the next try has none. Users are
    made with `valuemill users create`.
    """
    throttle().count(email=users.normal(given["email"]), network=network())
    old = access.read_cookie() if access.find_session() else None
    database = parts().database
    found = database.read(lambda connection: users.find(connection, email=given["email"]))
    renewed = None
    with throttle().turn():
        right = passwords.is_right(given["password"], found[1] if found else None)
        if found and right and passwords.is_outdated(found[1]):
            renewed = passwords.hash_password(given["password"])
    if not found or not right:
        raise _wrong()
    user, hashed = found
    cookie = database.run(
        lambda connection: sessions.begin(
            connection, user_id=user.id, hashed=hashed, renewed=renewed, instead_of=old
        )
    )
    if cookie is None:
        raise _wrong()

    @after_this_request
    def tell(response: Response) -> Response:
        return access.set_cookie(response, cookie)

    log.info("signed in", user_id=user.id, account_id=user.account.id)
    return {"new_password_required": False, "pk": user.id}


def _wrong() -> BadRequest:
    """One answer, whatever was wrong."""
    log.warning("sign-in refused", network=network())
    return BadRequest(_WRONG)


@blueprint.route("/", methods=["DELETE"])
@blueprint.doc(security=[{"sessionid": []}])
@blueprint.response(
    200, SignedOutSchema, description="Success: Signed out", example={"status": "OK"}
)
def sign_out() -> dict[str, str]:
    """Sign out

    Ends the session whose cookie comes along. An API key has none.
    """
    cookie = access.read_cookie()
    if cookie is None:
        raise NotAuthenticated("nobody is signed in; there is nothing to end")
    parts().database.run(lambda connection: sessions.end(connection, cookie=cookie))
    after_this_request(access.forget_cookie)
    return {"status": "OK"}
