"""Polls: ``GET /jobs/{id}``, which the API is asked more often than for all else together.

They are answered before Flask begins: its way to a route and back costs more than a poll does.
Only what goes well is answered here. A key or a job that there is not, too many requests, a
database that is away, and every other method are left to the application, where the same path is
a route as any other.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

import structlog
from flask import Flask, request
from werkzeug.http import parse_etags

from api.http import limits, tracing
from api.http.auth import read_key
from api.http.counting import Counter
from api.http.headers import ALWAYS
from api.http.rest import BASE, REVALIDATED, etag_of
from api.jobs.answers import write_job
from shared.db.accounts import id_of
from shared.errors import NotAuthenticated, NotFound
from shared.queue.service import Jobs

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PATH = re.compile(rf"{re.escape(BASE)}/jobs/([0-9a-fA-F]{{32}})")

#: In the environment of a request: why a poll was not answered here.
FAILURE = "valuemill.failure"

_ALWAYS = [*{**ALWAYS, "Cache-Control": REVALIDATED}.items()]


def install(app: Flask, *, jobs: Jobs, counter: Counter | None) -> None:
    """Answer polls before the application does. Call after ``tracing.install``."""
    app.wsgi_app = Polls(app.wsgi_app, jobs=jobs, counter=counter)  # type: ignore[method-assign]
    app.before_request(_fail)


class Polls:
    """Stands before an application.

    :param counter: counts requests; None where there is no limit.
    """

    def __init__(
        self, application: WSGIApplication, *, jobs: Jobs, counter: Counter | None
    ) -> None:
        self.application = application
        self._jobs = jobs
        self._counter = counter

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        path = _PATH.fullmatch(environ.get("PATH_INFO", ""))
        if path is not None and environ["REQUEST_METHOD"] == "GET":
            answer = self._answer(environ, uuid.UUID(path[1]))
            if answer is not None:
                status, headers, body = answer
                start_response(status, headers)
                return [body]
        return self.application(environ, start_response)

    def _answer(
        self, environ: WSGIEnvironment, job_id: uuid.UUID
    ) -> tuple[str, list[tuple[str, str]], bytes] | None:
        """Status, headers and body; None for what is left to the application."""
        environ[tracing.TRACE_ID] = trace_id = tracing.begin(environ)
        headers = [*_ALWAYS, (tracing.HEADER, trace_id)]
        try:
            key = read_key(environ.get("HTTP_AUTHORIZATION", ""))
            account, sight = self._jobs.poll(job_id, key=key)
            structlog.contextvars.bind_contextvars(account_id=account.id)
            if self._counter is not None:
                environ[limits.STANDING] = standing = self._counter.count(str(id_of(key)))
                if standing.breached:
                    return None
                headers += limits.write_headers(standing)
            etag = etag_of(sight.version)
            headers.append(("ETag", f'"{etag}"'))
            if _has(environ, etag):
                return "304 NOT MODIFIED", headers, b""
            body = write_job(sight.read())
        except (NotAuthenticated, NotFound):
            return None
        except Exception as error:
            environ[FAILURE] = error
            return None
        headers += [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        return "200 OK", headers, body


def _has(environ: WSGIEnvironment, etag: str) -> bool:
    """Whether a client has the answer of this ETag (RFC 9110, 13.1.2)."""
    given = environ.get("HTTP_IF_NONE_MATCH", "")
    return given == f'"{etag}"' or bool(given and parse_etags(given).contains_weak(etag))


def _fail() -> None:
    """Answer what was met on the way to a poll as everything else that goes wrong."""
    if (failure := request.environ.get(FAILURE)) is not None:
        raise failure
