"""How routes are declared, checked and described: flask-smorest, made strict.

The one module that knows flask-smorest, whose decorators carry no types.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from functools import cache, wraps
from hashlib import blake2b
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeVar, cast

import flask_smorest  # type: ignore[import-untyped]
import structlog
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask, Response, after_this_request, request
from flask_smorest.spec.plugins import FlaskPlugin  # type: ignore[import-untyped]
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from api.http import errors, examples
from api.http.answers import ErrorSchema
from api.http.fields import Sort
from api.http.parsing import StrictParser
from api.http.schemas import RequestSchema

log = structlog.get_logger(__name__)

#: Where value generation lives.
BASE = "/dct/v3"

#: Paths under ``BASE`` that need no key.
PUBLIC_ENDPOINTS = frozenset({"api-docs.openapi_json"})

View = TypeVar("View", bound=Callable[..., Any])


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A group of routes. Its decorators keep the types of what they decorate.

    :param tag: the published name of the group, where routes of several modules are in one; the
        one whose name it is describes it.
    """

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, *positional: Any, tag: str | None = None, **named: Any) -> None:
        super().__init__(name, *positional, **named)
        self.tag = tag or name

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Put the function at this path."""
        decorate: Callable[[View], View] = super().route(rule, tags=[self.tag], **options)
        return lambda view: decorate(self._may_meet(view, 401, 429, 500, 503))

    def arguments(self, schema: type[Schema], **options: Any) -> Callable[[View], View]:
        """Read the body or the query by this schema and hand over what it makes of it."""
        decorate: Callable[[View], View] = super().arguments(schema, **options)
        if options.get("location", "json") != "json":
            return decorate
        return lambda view: decorate(self._may_meet(view, 413, 415))

    def _may_meet(self, view: View, *statuses: int) -> View:
        """Describe errors that are the same on every path."""
        for status in statuses:
            view = self.alt_response(status, HTTPStatus(status).name)(view)
        return view

    def response(
        self,
        status_code: int,
        schema: type[Schema] | dict[str, str] | None = None,
        **options: Any,
    ) -> Callable[[View], View]:
        """Answer what the function returns in the shape of this schema."""
        decorate: Callable[[View], View] = super().response(status_code, schema, **options)
        return decorate

    def alt_response(self, *positional: Any, **named: Any) -> Callable[[View], View]:
        """Describe another answer; no more than that, so nothing is put around the function."""
        decorate = super().alt_response(*positional, **named)

        def describe(view: View) -> View:
            view._apidoc = decorate(view)._apidoc  # type: ignore[attr-defined]
            return view

        return describe

    def doc(self, **description: Any) -> Callable[[View], View]:
        """Say more in the description."""
        decorate: Callable[[View], View] = super().doc(**description)
        return decorate

    def refuses(self, status_code: int, description: str) -> Callable[[View], View]:
        """Describe an error that this route has a reason of its own for."""
        example = {"error": errors.CODES[status_code], "error_description": description}
        return self.alt_response(
            status_code, schema=ErrorSchema, description=description, example=example
        )

    def revalidates(self) -> Callable[[View], View]:
        """Give the answer an ETag where it has none, and spare a client what it has already.

        (RFC 9110, 13.1.2.)
        """

        def decorate(view: View) -> View:
            @wraps(view)
            def wrapper(*positional: Any, **named: Any) -> Any:
                after_this_request(_revalidate)
                return view(*positional, **named)

            # flask-smorest keeps what it describes on the function itself.
            described = deepcopy(getattr(view, "_apidoc", {}))
            described.setdefault("arguments", {}).setdefault("parameters", []).append(
                dict(_IF_NONE_MATCH)
            )
            wrapper._apidoc = described  # type: ignore[attr-defined]
            return cast(View, describe_304(wrapper))

        describe_304 = self.alt_response(
            304, description="Not changed since the answer that had this ETag"
        )
        return decorate


_IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "description": "The `ETag` of an earlier answer; if nothing has changed, the answer is a 304.",
    "required": False,
    "schema": {"type": "string"},
}


#: Of an answer with an ETag: to be asked for anew each time.
REVALIDATED = "private, no-cache"


def _revalidate(response: Response) -> Response:
    if response.status_code == 200:
        response.add_etag()
        response.headers["Cache-Control"] = REVALIDATED
        response.make_conditional(request)
    return response


def etag_of(made_of: str) -> str:
    """Another one for anything else that an answer is made of, and for another release."""
    return blake2b(f"{_version()} {made_of}".encode(), digest_size=16).hexdigest()


class _Converter(OpenAPIConverter):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.add_parameter_attribute_function(_may_be_empty)
        self.add_attribute_function(_may_be_null)  # type: ignore[no-untyped-call]

    def schema2jsonschema(self, schema: Any) -> dict[str, Any]:
        """Add what a schema says of its fields together."""
        described = super().schema2jsonschema(schema)  # type: ignore[no-untyped-call]
        return {**described, **getattr(schema, "json_schema", {})}


def _may_be_empty(_: OpenAPIConverter, field: fields.Field[Any], **__: Any) -> dict[str, bool]:
    return {"allowEmptyValue": True} if isinstance(field, Sort) else {}


def _may_be_null(
    _: OpenAPIConverter, field: fields.Field[Any], *, ret: dict[str, Any], **__: Any
) -> dict[str, list[str]]:
    optional = isinstance(field.parent, RequestSchema) and not field.required
    return {"type": [ret["type"], "null"]} if optional else {}


class _Schemas(MarshmallowPlugin):
    Converter = _Converter  # type: ignore[assignment]


class _Paths(FlaskPlugin):  # type: ignore[misc]
    """Names what stands in a path as published; in rules it has a name for Python."""

    def path_helper(self, rule: Rule, parameters: list[dict[str, Any]], **_: Any) -> str:
        path: str = self.flaskpath2openapi(rule.rule)
        named = [each for each in parameters if each["in"] == "path"]
        for own, parameter in zip(self.rule_to_params(rule), named, strict=True):
            path = path.replace(f"{{{own['name']}}}", f"{{{parameter['name']}}}")
            parameter["required"] = True
        return path


class Api(flask_smorest.Api):  # type: ignore[misc]
    """Describes the routes; leaves errors to ``api.http.errors``."""

    ERROR_SCHEMA = ErrorSchema

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer as everywhere else."""
        return errors.handle_http(error)

    def _openapi_json(self) -> Response:
        """Answer the description; behind a prefix, it says so."""
        servers = {"servers": [{"url": request.script_root}]} if request.script_root else {}
        described = {**self.spec.to_dict(), **servers}
        return Response(json.dumps(described, indent=2), mimetype="application/json")

    def register_blueprint(self, blueprint: Blueprint, **options: Any) -> None:
        """Add routes, and the name of their group where it is theirs."""
        super().register_blueprint(blueprint, **options)
        if blueprint.tag != blueprint.name:
            self.spec._tags.pop()  # which apispec has no other way to take back

    def _register_responses(self) -> None:
        """Describe the errors that are the same on every path, and any other."""
        for status, (meaning, description) in _ERRORS.items():
            response: dict[str, Any] = {
                "description": meaning,
                "content": {
                    "application/json": {
                        "schema": ErrorSchema,
                        "example": {
                            "error": errors.CODES[status],
                            "error_description": description,
                        },
                    }
                },
            }
            if status in _HEADERS:
                response["headers"] = _HEADERS[status]
            self.spec.components.response(HTTPStatus(status).name, response, lazy=True)
        self.spec.components.response(
            "DEFAULT_ERROR",
            {
                "description": "Any other error",
                "content": {"application/json": {"schema": ErrorSchema, "example": examples.ERROR}},
            },
            lazy=True,
        )

    def _register_pagination_header(self) -> None:
        """Nothing: pages say in their bodies where the others are."""


#: For each status what it means, and an example of what an answer says.
_ERRORS = {
    400: ("Something in the request is not valid", examples.ERROR["error_description"]),
    401: (
        "No API key, or not a valid one",
        "the API key is not valid; send 'Authorization: apk <id>.<secret>'",
    ),
    413: (
        "The body is too large",
        "the request body may have at most 1048576 bytes; make it smaller",
    ),
    415: (
        "The body is not JSON in UTF-8, or compressed",
        "the request body must be JSON; send it with 'Content-Type: application/json'",
    ),
    429: (
        "Too many requests with this API key, or as much in use as its account may have",
        "too many requests with this API key (the limit is 6000 per 1 minute); wait as many "
        "seconds as Retry-After says",
    ),
    500: (
        "A mistake of ours",
        "something went wrong on our side, not with the request; report it with the id 5f0c7d0a",
    ),
    503: (
        "A service that is needed does not answer",
        "the database does not answer; try again shortly",
    ),
}

_RETRY_AFTER = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
}
_HEADERS = {
    401: {"WWW-Authenticate": {"schema": {"type": "string", "enum": ["apk"]}}},
    429: _RETRY_AFTER,
    503: _RETRY_AFTER,
}


def create_api(app: Flask) -> Api:
    """The description of the API, served at ``/dct/v3/openapi.json``."""
    app.config.update(
        API_TITLE="Valuemill",
        API_VERSION=_version(),
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=BASE,
        API_SPEC_OPTIONS={
            "info": {"description": _DESCRIPTION},
            "security": [{"ApiKeyAuth": []}],
        },
    )
    api = Api(app, spec_kwargs={"marshmallow_plugin": _Schemas(), "flask_plugin": _Paths()})
    api.spec.components.security_scheme(
        "ApiKeyAuth",
        {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`apk <id>.<secret>`, as `valuemill keys create` prints it.",
        },
    )
    return api


_DESCRIPTION = """\
Lists of distinct, plausible test data, made by a language model on your own servers.

Submit a request, poll its job until it is no longer `PENDING` or `STARTED`, then page through the
values of the job's `target_id` or download them as a file; values can be read while it works, too.

Every error has the form `{"error": "<code>", "error_description": "<what is wrong and how to mend
it>"}`. Fields and query parameters that are not described here are refused, and so is
`null` where a field must be given; elsewhere it is as if the field was left out.
Every answer carries an `X-Request-Id`: the one that came with the request, or a new one.

Lists come in pages. `next_cursor` and `prev_cursor` lead to the pages beside one; each is bound to
its list and brings sort and filter along, and rows that come or go meanwhile neither show a row
twice nor hide one.

Each API key may be used so often in so much time, as `X-RateLimit-Limit`, `X-RateLimit-Remaining`
and `X-RateLimit-Reset` (in seconds since 1970) say. What is polled has an `ETag`: send it back as
`If-None-Match`, and an answer that would be the same is a short 304.
"""


@cache
def _version() -> str:
    try:
        return version("valuemill")
    except PackageNotFoundError:  # run from a source tree that is not installed
        return "0"


def no_content() -> Response:
    """An answer of 204."""
    response = Response(status=204)
    response.headers.remove("Content-Type")
    return response
