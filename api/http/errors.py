"""What HTTP makes of errors: the one place that knows status codes and error codes.

Every error of every path of an API has the same body, in its form (``api.http.forms``): a code for
programs, which stays as it is, and what tells a person what is wrong and how to mend it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import structlog
from flask import Flask, Response, current_app, g, jsonify, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, UnsupportedMediaType
from werkzeug.routing import RequestRedirect

from api.http.forms import Problem
from api.http.surfaces import LISTS, Surface, surface_of
from api.http.tracing import trace_id
from api.parts import parts
from shared import errors
from shared.db.migrate import is_usable
from shared.db.troubles import DatabaseRefused

log = structlog.get_logger(__name__)

#: What a client should wait before it tries again, in seconds.
RETRY_AFTER = "2"

#: The same where operations have to end, or a person has to delete some.
RETRY_LIMIT_AFTER = "10"

_STATUS: dict[type[errors.ValuemillError], tuple[int, Mapping[str, str]]] = {
    errors.InvalidRequest: (400, {}),
    errors.NotAuthenticated: (401, {"WWW-Authenticate": "apk"}),
    errors.NotFound: (404, {}),
    errors.Conflict: (409, {}),
    errors.LimitReached: (429, {"Retry-After": RETRY_LIMIT_AFTER}),
    errors.Unavailable: (503, {"Retry-After": RETRY_AFTER}),
}


#: Where an application has the APIs that it serves.
_KEY = "valuemill.surfaces"


def install(app: Flask, *others: Surface) -> None:
    """Answer every error in the form of its API, those of the framework included.

    :param others: APIs beside that of value generation, whose form all other paths have.
    """
    app.extensions[_KEY] = (LISTS, *others)
    app.before_request(_send_nobody_elsewhere)
    for kind in _STATUS:
        app.register_error_handler(kind, handle_known)
    app.register_error_handler(errors.ConfigurationError, handle_misconfigured)
    app.register_error_handler(HTTPException, handle_http)
    app.register_error_handler(Exception, handle_unknown)


def _send_nobody_elsewhere() -> None:
    """Answer a path that lacks its slash as any that is not there.

    A redirect would be made of what the ``Host`` header says, and not every client sends a body
    again.
    """
    if isinstance(request.routing_exception, RequestRedirect):
        raise NotFound


def handle_known(error: errors.ValuemillError) -> Response:
    """Answer an error that was raised on purpose."""
    status, headers = next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    if status >= 500:
        log.warning("backing service away", error=str(error), cause=repr(error.__cause__))
    if isinstance(error, errors.LimitReached) and error.wait is not None:
        headers = {**headers, "Retry-After": str(max(1, error.wait))}
    if isinstance(error, errors.InvalidRequest):
        return _answer(_surface().form.invalid, *error.problems, headers=headers)
    return _answer(status, str(error), headers=headers)


def handle_misconfigured(error: errors.ConfigurationError) -> Response:
    """Answer for a database that we cannot work on: how it is set up is not the client's affair."""
    log.error("the database cannot be used", reason=str(error))
    return handle_known(errors.Unavailable(_UNFIT))


def handle_http(error: HTTPException) -> Response:
    """Answer an error of the framework: no such path, wrong method, too large, ..."""
    status = error.code or 500
    headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    return _answer(status, _describe(error), headers=headers)


def handle_unknown(error: Exception) -> Response:
    """Answer a mistake of ours: the log has it all, the client the id to find it by.

    What a database refuses that lacks our tables, or some of their columns, is no mistake.
    """
    if isinstance(error, DatabaseRefused):
        try:
            usable = is_usable(parts().database)
        except errors.Unavailable as away:
            return handle_known(away)
        if not usable:
            return handle_known(errors.Unavailable(_OUTDATED))
    log.error("request failed", method=request.method, path=request.path, exc_info=error)
    return _answer(500, _OURS.format(id=trace_id()))


_UNFIT = "the database cannot be used as it is; the log of the API says why"

_OUTDATED = "the database has not the schema of this version: run valuemill migrate"

_OURS = "something went wrong on our side, not with the request; report it with the id {id}"


def _describe(error: HTTPException) -> str:
    match error.code:
        case 404:
            description = f"{request.script_root}{_surface().description_path}"
            if isinstance(request.routing_exception, RequestRedirect):
                return f"there is nothing at {request.path}: its path ends with a slash; add that"
            return f"there is nothing at {request.path}; {description} lists every path"
        case 405:
            known = error.valid_methods if isinstance(error, MethodNotAllowed) else None
            return (
                f"this path does not take {request.method}, only {', '.join(sorted(known or ()))}"
            )
        case 413:
            limit = current_app.config["MAX_CONTENT_LENGTH"]
            return f"the request body may have at most {limit} bytes; make it smaller"
        case 415 if error.description != UnsupportedMediaType.description:
            return error.description or error.name
        case 415:
            return "the request body must be JSON; send it with 'Content-Type: application/json'"
        case 429:
            return (
                f"too many requests with this {_counted()} (the limit is {error.description}); "
                "wait as many seconds as Retry-After says"
            )
        case code if code is None or code >= 500:
            return _OURS.format(id=trace_id())
    return error.description or error.name


def _counted() -> str:
    """What rates are counted for: a user has a name that is no number."""
    return "API key" if str(g.get("counted_as", "0")).isdecimal() else "user"


def _surface() -> Surface:
    """The API that the current request is an affair of."""
    return surface_of(request.path, cast(Sequence[Surface], current_app.extensions[_KEY]))


def _answer(status: int, *descriptions: str, headers: Mapping[str, str] | None = None) -> Response:
    headers = headers or {}
    wait = headers.get("Retry-After", "")
    problem = Problem(
        status=status,
        descriptions=descriptions,
        retry_after=int(wait) if wait.isdecimal() else None,
        trace_id=trace_id(),
    )
    response = jsonify(_surface().form.write(problem))
    response.status_code = status
    response.headers.extend(headers)
    return response
