"""How gunicorn serves the application: ``--worker-class api.serving.Worker``.

What is no HTTP, or more of it than the server reads, never gets as far as the application; this
answers it in the form that every error has.
"""

from __future__ import annotations

import json
import socket
import uuid
from typing import Any

from gunicorn.http.errors import (  # type: ignore[import-untyped]
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.util import write_nonblock  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from api.errors import CODES


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threads, with errors of our own form."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer what could not be read."""
        if not isinstance(exc, ParseException):
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("request not read: %s", type(exc).__name__)
        try:
            write_nonblock(client, _answer(_describe(exc)))
        except OSError:
            self.log.debug("nobody waited for the answer")


def _describe(error: ParseException) -> str:
    match error:
        case LimitRequestLine():
            return "the path and the query are too long; leave out what is not needed"
        case LimitRequestHeaders():
            return "there are too many headers, or one is too long; leave out what is not needed"
    return "this is not a request of HTTP/1.1 that can be read; check its first line and headers"


def _answer(description: str) -> bytes:
    body = json.dumps({"error": CODES[400], "error_description": description}).encode()
    head = (
        "HTTP/1.1 400 Bad Request\r\n"
        "Connection: close\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        f"X-Request-Id: {uuid.uuid4().hex}\r\n"
        "\r\n"
    )
    return head.encode() + body
