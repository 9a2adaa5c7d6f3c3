"""HTTP to model servers, with a bound on what one line of an answer may hold."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Any

import httpx

from worker.models.call import trace_connection

#: No honest piece of an answer, or list of models, is longer; in bytes.
LONGEST_LINE = 8 * 1024 * 1024


def client_options(timeout: httpx.Timeout, tls: ssl.SSLContext | None) -> dict[str, Any]:
    """What an HTTP client of a model server is made with: straight to it, and nowhere else.

    :param tls: how its certificate is checked; None: by the system's authorities.
    """
    return {
        "timeout": timeout,
        "follow_redirects": False,
        "trust_env": False,
        "transport": Transport(tls),
        "event_hooks": {"request": [trace_connection]},
    }


class Transport(httpx.BaseTransport):
    """The usual transport, but a line that does not end is an error and not all of the memory.

    :param tls: how the servers' certificates are checked; None: by the system's authorities.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._inner = httpx.HTTPTransport(
            verify=tls or True,
            # Straight to the server in the house, whatever proxy the environment names.
            trust_env=False,
            # A connection for each call, so that its socket is known and can be shut.
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; reading its answer raises ``httpx.DecodingError`` at such a line."""
        answer = self._inner.handle_request(request)
        assert isinstance(answer.stream, httpx.SyncByteStream)  # noqa: S101 - narrows the type
        answer.stream = _Bounded(answer.stream)
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


class _Bounded(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        line = 0
        for chunk in self._stream:
            newline = chunk.rfind(b"\n")
            line = line + len(chunk) if newline < 0 else len(chunk) - newline - 1
            if line > LONGEST_LINE:
                raise httpx.DecodingError("a line of the answer does not end")
            yield chunk

    def close(self) -> None:
        self._stream.close()
