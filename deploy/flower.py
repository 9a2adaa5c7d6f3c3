"""Flower behind its password, all of it: ``python -m deploy.flower --port=5555``.

Flower asks for its password page by page, and answers some paths without: ``/metrics`` with the
names of workers and tasks, ``/healthcheck``, static files. This starts the same Flower, with the
same options, but asks before any path is looked at; and not at all without a password.

Options of ``celery flower`` are passed on. The broker and the password come from the environment:
``CELERY_BROKER_URL`` and ``FLOWER_BASIC_AUTH`` (``user:password``, several with commas between).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import sys
from collections.abc import Iterable
from typing import Any

from flower import command
from flower.app import Flower
from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
from tornado.web import RequestHandler

from shared.broker_address import read_broker
from shared.errors import ConfigurationError
from shared.queue.wakeups import sentinel_options

PASSWORDS = "FLOWER_BASIC_AUTH"
BROKER = "CELERY_BROKER_URL"


class Denied(RequestHandler):
    """The answer to whoever has no password, on every path and for every method."""

    def prepare(self) -> None:
        """Answer before any method is called, or checked."""
        self.set_status(401)
        self.clear_header("Server")
        self.set_header("WWW-Authenticate", 'Basic realm="flower"')
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("Flower needs its user and password.\n")

    def check_xsrf_cookie(self) -> None:
        """Let everything through to the same answer."""


class ClosedFlower(Flower):  # type: ignore[misc]
    """Flower that lets nobody in without a password."""

    def find_handler(self, request: HTTPServerRequest, **options: Any) -> HTTPMessageDelegate:
        """Choose who answers a request."""
        given = request.headers.get("Authorization", "")
        answers: HTTPMessageDelegate
        if knows(given, self.options.basic_auth or ()):
            answers = super().find_handler(request, **options)
        else:
            answers = self.get_handler_delegate(request, Denied)
        return answers


def knows(header: str, passwords: Iterable[str]) -> bool:
    """Tell whether an ``Authorization`` header carries one of these (``user:password``)."""
    scheme, _, credentials = header.partition(" ")
    try:
        given = base64.b64decode(credentials.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    # All are compared, so that nothing can be told from the time that it takes.
    found = [hmac.compare_digest(given, password.encode()) for password in passwords]
    return scheme.lower() == "basic" and any(found)


def _prepare_broker() -> None:
    """Read the broker's address as the other parts do, and say to Celery what it does not hold."""
    from celery import current_app

    url = os.environ.get(BROKER, "")
    if not url:
        return
    try:
        address = read_broker(url)
    except ConfigurationError as error:
        sys.exit(f"{BROKER}: {error}")
    if address.sentinel:
        os.environ[BROKER] = address.sentinel_url
        current_app.conf.broker_transport_options = sentinel_options(address)


def main() -> None:
    """Run Flower until it is told to stop."""
    from celery.__main__ import main as run_celery

    passwords = os.environ.get(PASSWORDS, "").split(",")
    if not all(all(each.partition(":")) for each in passwords):
        sys.exit(f"Set {PASSWORDS} to user:password; Flower shows tasks and can stop workers.")
    _prepare_broker()
    command.Flower = ClosedFlower
    sys.argv[:] = ["celery", "flower", *sys.argv[1:]]
    run_celery()


if __name__ == "__main__":
    main()
