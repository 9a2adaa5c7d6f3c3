"""Ollama's own client library, opened such that nothing reaches it but what it reads well.

It takes every answer to be as it should be, so what answers are read by is below it: a transport
that raises what an answer means that is an error, and passes on of a good one what
``worker.models.plain`` makes of it. Nor does it find anything in the environment: no address, no
key, no proxy.
"""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

import httpx

from shared.addresses import Access, GatewayKind
from shared.models.client import straight
from shared.models.tags import PATH as TAGS
from shared.models.tags import read_tags
from shared.models.transport import Transport, read_whole
from worker.models import plain
from worker.models.call import trace_connection
from worker.models.errors import of_answer, of_record
from worker.models.records import read_records


@contextmanager
def _nothing_set() -> Iterator[None]:
    """Hide what the library, and HTTP in it, would take from the environment."""
    held = {
        name: os.environ.pop(name)
        for name in list(os.environ)
        if name.upper().startswith(("OLLAMA_", "SSL_CERT_")) or name.upper().endswith("_PROXY")
    }
    try:
        yield
    finally:
        os.environ.update(held)


with _nothing_set():
    # It opens a client of its own as it is imported, which fails at an address or a proxy that it
    # does not understand: nobody uses that client, so that must not stop a worker.
    from ollama import Client as Library

__all__ = ["Library", "Plain", "open_library"]

SHOW, LOADED, PULL = "/api/show", "/api/ps", "/api/pull"


def open_library(
    url: str,
    timeout: httpx.Timeout,
    *,
    access: Access,
    tls: ssl.SSLContext | None,
    doubt: Callable[[str], object],
) -> Library:
    """A client of one server, whose calls belong into ``worker.models.call.calling``.

    :param tls: how the server's certificate is checked; None: by the system's authorities.
    :param doubt: told what is odd about a list of models.
    """

    def let_in(request: httpx.Request) -> httpx.Request:
        if not access.headers:
            # Not with a key for somebody else, that the library has found by itself.
            request.headers.pop("Authorization", None)
        return request

    transport = Plain(tls, access=access, doubt=doubt)
    return Library(
        url, timeout=timeout, auth=let_in, **straight(transport, access, trace_connection)
    )


class Plain(Transport):
    """The usual transport; its answers are errors, or hold what the library expects and no more."""

    def __init__(
        self, tls: ssl.SSLContext | None, *, access: Access, doubt: Callable[[str], object]
    ) -> None:
        super().__init__(tls)
        self._access = access
        self._doubt = doubt

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        :raises GatewayError: for an answer that is an error, by its status or by what it says.
        """
        answer = super().handle_request(request)
        if request.url.path.endswith(PULL) and answer.status_code == httpx.codes.OK:
            return httpx.Response(httpx.codes.OK, stream=Lines(answer, self._access))
        with closing(answer):
            if answer.status_code != httpx.codes.OK:
                raise of_answer(answer, access=self._access, kind=GatewayKind.OLLAMA)
            said = read_whole(answer)
        if request.url.path.endswith(TAGS):
            return _saying(plain.listed(read_tags(said, self._doubt)))
        if request.url.path.endswith(SHOW):
            return _saying(plain.shown(said))
        if request.url.path.endswith(LOADED):
            return _saying(plain.loaded(said))
        record = plain.object_of(said)
        if error := of_record(record, has_begun=False, access=self._access):
            raise error
        return _saying(plain.ended(record))


class Lines(httpx.SyncByteStream):
    """The records of a pull, a line each; one that is an error is raised."""

    def __init__(self, answer: httpx.Response, access: Access) -> None:
        self._answer = answer
        self._access = access

    def __iter__(self) -> Iterator[bytes]:
        """The lines as they come."""
        for record in read_records(self._answer.iter_bytes()):
            if error := of_record(record, has_begun=True, access=self._access):
                raise error
            yield json.dumps(plain.progress(record)).encode() + b"\n"

    def close(self) -> None:
        """Close the connection."""
        self._answer.close()


def _saying(said: Mapping[str, Any]) -> httpx.Response:
    return httpx.Response(httpx.codes.OK, json=said)
