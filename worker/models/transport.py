"""HTTP to model servers, with bounds on what is read of an answer."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Any

import httpx

from worker.models.call import trace_connection

#: No honest piece of an answer, or list of models, is longer; in bytes.
LONGEST_LINE = 8 * 1024 * 1024

#: What ends a piece: a line, or with server-sent events an empty one.
LINE_ENDS = (b"\n",)
EVENT_ENDS = (b"\n\n", b"\r\r", b"\n\r\n")


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


def read_whole(answer: httpx.Response, most: int = LONGEST_LINE) -> bytes:
    """All of an answer that is not read in pieces, or as much of it as that many bytes."""
    read = bytearray()
    for piece in answer.iter_bytes():
        read += piece
        if len(read) >= most:
            break
    return bytes(read[:most])


class Transport(httpx.BaseTransport):
    """The usual transport, but a line that does not end is an error and not all of the memory.

    So is an event that does not, where an answer is a stream of them.

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
        events = answer.headers.get("Content-Type", "").startswith("text/event-stream")
        answer.stream = Bounded(answer.stream, EVENT_ENDS if events else LINE_ENDS)
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


class Bounded(httpx.SyncByteStream):
    """A stream of pieces, none of which may be longer than :data:`LONGEST_LINE`.

    :param ends: what ends a piece.
    """

    def __init__(self, stream: httpx.SyncByteStream, ends: tuple[bytes, ...]) -> None:
        self._stream = stream
        self._ends = ends

    def __iter__(self) -> Iterator[bytes]:
        """The chunks as they come; raises ``httpx.DecodingError`` at a piece that is too long."""
        held = 0
        # An end may come in two chunks.
        before = b""
        for chunk in self._stream:
            seen = before + chunk
            end = max(seen.rfind(each) for each in self._ends)
            held = held + len(chunk) if end < 0 else len(seen) - end
            if held > LONGEST_LINE:
                raise httpx.DecodingError("a piece of the answer does not end")
            before = seen[-2:]
            yield chunk

    def close(self) -> None:
        """Close the stream within."""
        self._stream.close()
