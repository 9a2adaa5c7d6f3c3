"""HTTP to model servers, with bounds on what is read of an answer."""

from __future__ import annotations

import ssl
import zlib
from collections.abc import Iterator

import httpx

#: No honest piece of an answer is longer; in bytes.
LONGEST_LINE = 8 * 1024 * 1024

#: Of a list of models that is longer, its beginning is enough.
LONGEST_LIST = 4 * 1024 * 1024

#: What is inflated of an answer at a time, at most, in bytes.
INFLATED_AT_ONCE = 64 * 1024

#: What ends a piece: a line, or with server-sent events an empty one.
LINE_ENDS = (b"\n",)
EVENT_ENDS = (b"\n\n", b"\r\r", b"\n\r\n")

#: Encodings that a proxy may put around an answer though none was asked for, and can be inflated
#: bit by bit. What bounds the rest would see the bytes of others only when all are in memory.
INFLATABLE = frozenset({"gzip", "x-gzip", "deflate"})

#: For zlib: reads its own header and that of gzip.
ANY_HEADER = 32 + zlib.MAX_WBITS


def read_whole(answer: httpx.Response, most: int = LONGEST_LIST) -> bytes:
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
        encodings = [
            name for each in answer.headers.get("Content-Encoding", "").lower().split(",")
            if (name := each.strip()) not in ("", "identity")
        ]  # fmt: skip
        for encoding in reversed(encodings):
            answer.stream = Inflated(answer.stream, encoding)
        if encodings:
            # Or the client would do it once more, and all at once.
            del answer.headers["Content-Encoding"]
        events = answer.headers.get("Content-Type", "").startswith("text/event-stream")
        answer.stream = Bounded(answer.stream, EVENT_ENDS if events else LINE_ENDS)
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


class Inflated(httpx.SyncByteStream):
    """A stream that came encoded, inflated bit by bit: whoever reads it may stop at any size.

    :param encoding: as its header names it.
    """

    def __init__(self, stream: httpx.SyncByteStream, encoding: str) -> None:
        self._stream = stream
        self._encoding = encoding

    def __iter__(self) -> Iterator[bytes]:
        """Chunks of bounded size; raises ``httpx.DecodingError`` for what cannot be inflated."""
        if self._encoding not in INFLATABLE:
            raise httpx.DecodingError(f"an encoding that was not asked for: {self._encoding}")
        inflate = zlib.decompressobj(ANY_HEADER)
        try:
            for chunk in self._stream:
                rest = chunk
                while rest:
                    if inflate.eof:
                        inflate = zlib.decompressobj(ANY_HEADER)
                    yield inflate.decompress(rest, INFLATED_AT_ONCE)
                    rest = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
            # What is left of the last chunk's was too much for one bite.
            while not inflate.eof and (left := inflate.decompress(b"", INFLATED_AT_ONCE)):
                yield left
        except zlib.error as error:
            raise httpx.DecodingError(f"not {self._encoding}, as its header says") from error

    def close(self) -> None:
        """Close the stream within."""
        self._stream.close()


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
