"""The id that follows a request: into its log lines, its answer and the job that it makes."""

from __future__ import annotations

import re
import uuid

import structlog
from flask import Flask, Response, g, request

HEADER = "X-Request-Id"
_VARIABLE = "HTTP_X_REQUEST_ID"

#: What a client may choose: printable ASCII, since it ends up in headers and logs.
_SANE = re.compile(r"[!-~](?:[ -~]{0,126}[!-~])?")


def install(app: Flask) -> None:
    """Give every request its id. Call first: whatever else happens is logged with it."""
    app.before_request(_begin)
    app.after_request(_echo)


def trace_id() -> str:
    """The id of the current request: the client's own where it is sane, else 32 hex digits."""
    return str(g.trace_id)


def _begin() -> None:
    wanted = request.environ.get(_VARIABLE, "")
    g.trace_id = wanted if _SANE.fullmatch(wanted) else uuid.uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(trace_id=g.trace_id)


def _echo(response: Response) -> Response:
    response.headers[HEADER] = trace_id()
    return response
