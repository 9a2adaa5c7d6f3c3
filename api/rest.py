"""How routes are declared, checked and described: flask-smorest, made strict.

The one module that knows flask-smorest, whose decorators carry no types.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NoReturn, TypeVar

import flask_smorest  # type: ignore[import-untyped]
import structlog
from flask import Flask, Request, Response
from marshmallow import RAISE, Schema, ValidationError
from webargs.core import is_json
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, UnsupportedMediaType

from api import errors
from api.answers import ErrorSchema
from shared.errors import InvalidRequest

log = structlog.get_logger(__name__)

#: Where value generation lives.
BASE = "/dct/v3"

#: Paths under ``BASE`` that need no key.
PUBLIC_ENDPOINTS = frozenset({"api-docs.openapi_json"})

View = TypeVar("View", bound=Callable[..., Any])


class StrictParser(FlaskParser):
    """Reads bodies and queries; whatever is wrong with them is an ``InvalidRequest``."""

    DEFAULT_VALIDATION_STATUS = 400
    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012 - typed by its base
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        # A misspelt cursor would give the first page for ever.
        "query": RAISE,
    }

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ARG002
        """Read a JSON body (RFC 8259, in UTF-8)."""
        if not is_json(req.mimetype):
            raise UnsupportedMediaType
        body = _read(req)
        if req.content_length is None and len(body) == req.max_content_length:
            # A body that comes in chunks is cut there without a word.
            raise RequestEntityTooLarge
        try:
            return json.loads(body.decode(), parse_constant=_refuse_constant)
        except json.JSONDecodeError as error:
            problem = f"{error.msg} at line {error.lineno}, column {error.colno}"
        except UnicodeDecodeError as error:
            problem = f"byte {error.start} is not UTF-8"
        except RecursionError:
            problem = "it is nested too deeply"
        except ValueError:
            problem = "it holds NaN, Infinity, or a number of thousands of digits"
        raise InvalidRequest(f"the body is not valid JSON: {problem}")

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """Read the query; a parameter given twice has no meaning."""
        for name, given in req.args.lists():
            if len(given) > 1:
                raise InvalidRequest("is given more than once; send it once", field=name)
        return super().load_querystring(req, schema)

    def handle_error(
        self,
        error: ValidationError,
        req: Request,  # noqa: ARG002
        schema: Schema,  # noqa: ARG002
        **_: Any,
    ) -> NoReturn:
        """Name every field that is wrong."""
        # webargs puts the place ("json", "query") around what the schema found.
        (found,) = error.messages_dict.values()
        raise InvalidRequest("; ".join(_flatten(found)))


def _read(req: Request) -> bytes:
    try:
        return req.get_data()
    except HTTPException:
        raise
    except Exception as error:  # each server has its own for chunks that are none
        log.info("body broken off", cause=repr(error))
        raise InvalidRequest("the body cannot be read to its end; send it again") from error


def _refuse_constant(name: str) -> NoReturn:
    """Refuse what Python reads as a number though RFC 8259 has no such thing."""
    raise ValueError(name)


def _flatten(messages: Any, path: str = "") -> Iterator[str]:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            step = "" if name == "_schema" else str(name)
            yield from _flatten(inner, ".".join(filter(None, (path, step))))
    else:
        for message in messages:
            yield f"{path}: {message}" if path else str(message)


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A group of routes. Its decorators keep the types of what they decorate."""

    ARGUMENTS_PARSER = StrictParser()

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Put the function at this path."""
        decorate: Callable[[View], View] = super().route(rule, **options)
        return decorate

    def arguments(self, schema: type[Schema], **options: Any) -> Callable[[View], View]:
        """Read the body or the query by this schema and hand over what it makes of it."""
        decorate: Callable[[View], View] = super().arguments(schema, **options)
        return decorate

    def response(
        self,
        status_code: int,
        schema: type[Schema] | dict[str, str] | None = None,
        **options: Any,
    ) -> Callable[[View], View]:
        """Answer what the function returns in the shape of this schema."""
        decorate: Callable[[View], View] = super().response(status_code, schema, **options)
        return decorate

    def doc(self, **description: Any) -> Callable[[View], View]:
        """Say more in the description."""
        decorate: Callable[[View], View] = super().doc(**description)
        return decorate

    def refuses(self, status_code: int, description: str) -> Callable[[View], View]:
        """Describe an error that this route has a reason of its own for."""
        decorate: Callable[[View], View] = super().alt_response(
            status_code, schema=ErrorSchema, description=description
        )
        return decorate


class Api(flask_smorest.Api):  # type: ignore[misc]
    """Describes the routes; leaves errors to ``api.errors``."""

    ERROR_SCHEMA = ErrorSchema

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer as everywhere else."""
        return errors.handle_http(error)


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
    api = Api(app)
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
it>"}`. Fields and query parameters that are not described here are refused, and so is `null`.
Every answer carries an `X-Request-Id`: the one that came with the request, or a new one.
"""


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
