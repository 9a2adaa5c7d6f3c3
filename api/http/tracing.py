"""The id that follows a request: into its log lines, its answer and the job that it makes."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

import structlog
from flask import Flask, Response, g, request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

HEADER = "X-Request-Id"
_VARIABLE = "HTTP_X_REQUEST_ID"

#: In the environment of a request: its id, where it has one already.
TRACE_ID = "valuemill.trace_id"

#: What a client may choose: printable ASCII, since it ends up in headers and logs.
_SANE = re.compile(r"[!-~](?:[ -~]{0,126}[!-~])?")


def install(app: Flask) -> None:
    """Give every request its id. Call first: whatever else happens is logged with it."""
    app.before_request(_begin)
    app.after_request(_echo)


def begin(environ: WSGIEnvironment) -> str:
    """The id of a request: the client's own where it is sane, else 32 hex digits.

    From now on, what this thread logs is of this request.
    """
    wanted = str(environ.get(_VARIABLE, ""))
    found = wanted if _SANE.fullmatch(wanted) else uuid.uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(trace_id=found)
    return found


def trace_id() -> str:
    """The id of the current request."""
    return str(g.trace_id)


def _begin() -> None:
    g.trace_id = request.environ.get(TRACE_ID) or begin(request.environ)


def _echo(response: Response) -> Response:
    response.headers[HEADER] = trace_id()
    return response
