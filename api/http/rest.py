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
from typing import Any, ClassVar, TypeVar, cast

import flask_smorest  # type: ignore[import-untyped]
import structlog
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask, Response, after_this_request, request
from flask_smorest.spec.plugins import FlaskPlugin  # type: ignore[import-untyped]
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from api.http import errors
from api.http.fields import Sort
from api.http.forms import INVALID, PLAIN, ErrorForm
from api.http.parsing import StrictParser
from api.http.schemas import RequestSchema
from api.http.surfaces import LISTS, Surface

log = structlog.get_logger(__name__)

#: Where value generation lives.
BASE = LISTS.base

View = TypeVar("View", bound=Callable[..., Any])


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A group of routes. Its decorators keep the types of what they decorate.

    :param tag: the published name of the group, where routes of several modules are in one; the
        one whose name it is describes it.
    """

    ARGUMENTS_PARSER = StrictParser()

    #: How its routes tell errors.
    FORM: ClassVar[ErrorForm] = PLAIN

    def __init__(self, name: str, *positional: Any, tag: str | None = None, **named: Any) -> None:
        super().__init__(name, *positional, **named)
        self.tag = tag or name
        self.describes_tag = self.tag == name

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
        schema: type[Schema] | dict[str, Any] | None = None,
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
        return self.alt_response(
            status_code,
            schema=self.FORM.schema,
            description=description,
            example=self.FORM.example(status_code, description),
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
) -> dict[str, list[Any]]:
    if not isinstance(field.parent, RequestSchema) or field.required:
        return {}
    if "type" in ret:
        return {"type": [ret["type"], "null"]}
    # Of another schema, which has a name: that and null cannot hold at once.
    named = {name: ret.pop(name) for name in ("$ref", "allOf") if name in ret}
    return {"anyOf": [named, {"type": "null"}]}


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

    def __init__(self, app: Flask, surface: Surface) -> None:
        self.surface = surface
        self.ERROR_SCHEMA = surface.form.schema
        plugins = {"marshmallow_plugin": _Schemas(), "flask_plugin": _Paths()}
        super().__init__(app, spec_kwargs=plugins, config_prefix=surface.prefix)

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
            if blueprint.describes_tag:
                self.spec.tag({"name": blueprint.tag, "description": blueprint.description})

    def _register_responses(self) -> None:
        """Describe the errors that are the same on every path, and any other."""
        form = self.surface.form
        for status, (meaning, description) in form.meanings.items():
            example = form.example(status, description)
            response: dict[str, Any] = {
                "description": meaning,
                "content": {"application/json": {"schema": form.schema, "example": example}},
            }
            if status in _HEADERS:
                response["headers"] = _HEADERS[status]
            self.spec.components.response(HTTPStatus(status).name, response, lazy=True)
        example = form.example(form.invalid, INVALID)
        self.spec.components.response(
            "DEFAULT_ERROR",
            {
                "description": "Any other error",
                "content": {"application/json": {"schema": form.schema, "example": example}},
            },
            lazy=True,
        )

    def _register_pagination_header(self) -> None:
        """Nothing: pages say in their bodies where the others are."""


_RETRY_AFTER = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
}
_HEADERS = {
    401: {"WWW-Authenticate": {"schema": {"type": "string", "enum": ["apk"]}}},
    429: _RETRY_AFTER,
    503: _RETRY_AFTER,
}


def create_api(app: Flask, surface: Surface) -> Api:
    """The description of an API, served at its base as ``openapi.json``."""
    options = {
        "API_TITLE": surface.title,
        "API_VERSION": _version(),
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": surface.base,
        "API_SPEC_OPTIONS": {
            "info": {"description": surface.description},
            "security": [{name: []} for name in surface.security],
        },
    }
    before = f"{surface.prefix}_" if surface.prefix else ""
    app.config.update({before + name: value for name, value in options.items()})
    api = Api(app, surface)
    for name, scheme in surface.security.items():
        api.spec.components.security_scheme(name, dict(scheme))
    return api


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
