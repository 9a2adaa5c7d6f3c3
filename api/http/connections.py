"""What a client sends, taken in as it comes, until there is enough of it to answer."""

from __future__ import annotations

import math
import re
import socket
from contextlib import suppress
from time import monotonic
from typing import Any

from gunicorn.http import RequestParser  # type: ignore[import-untyped]
from gunicorn.http.errors import (  # type: ignore[import-untyped]
    LimitRequestHeaders,
    NoMoreData,
    ParseException,
)

#: How long a request may take to arrive, in seconds, and for how many bytes it gets one more.
REQUEST_SECONDS = 5.0
REQUEST_RATE = 10_000

#: Of a request, so many bytes are waited for without a thread; a head may not be longer.
GATHERED_BYTES = 65_536

#: How long a client may take to read the last words, and to hang up, in seconds.
LAST_SECONDS = 2.0

#: What in a head tells that a body comes, of a length that is known, or only when it is asked for.
#: How a request is read does not hang on these: only whether a thread would have to wait for it.
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})", re.IGNORECASE)
_UNKNOWN = re.compile(rb"\r\n(?:transfer-encoding|expect):", re.IGNORECASE)


class TooSlow(ConnectionResetError):
    """A request does not arrive fast enough."""


class NoHost(ParseException):  # type: ignore[misc]
    """A request of HTTP/1.1 names no host."""


class Connection:
    """A client's connection: what it has sent and nobody has read, and how long it may take."""

    def __init__(self, sock: socket.socket, client: Any, server: Any, cfg: Any) -> None:
        self.sock = sock
        self.client = client
        self.server = server
        self.cfg = cfg
        self.parser = RequestParser(cfg, self, client)
        self.received = b""
        self.deadline = math.inf
        self._left = 0.0
        #: It has had an answer, and waits for no other.
        self.kept = False
        #: The client has said all that it will.
        self.ended = False
        #: We have.
        self.over = False

    def fileno(self) -> int:
        """Be selected."""
        return self.sock.fileno()

    def expect(self) -> None:
        """Begin to wait for a request; a part of it may have come with the one before."""
        self.sock.setblocking(False)
        self.received = self.parser.unreader.take_buffered() + self.received
        self._allow(self._request_seconds() if self.received else self.cfg.keepalive)

    def gather(self) -> None:
        """Take what has come, without waiting for it."""
        try:
            data = self.sock.recv(GATHERED_BYTES - len(self.received))
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self.ended = not data
        if data and not self.received and not self.over:
            self.kept = False
            self._allow(self._request_seconds())
        self.received += data
        self.deadline += len(data) / REQUEST_RATE

    def has_head(self) -> bool:
        """Whether enough has come to be answered, if only with an error."""
        return (
            b"\r\n\r\n" in self.received or b"\n\n" in self.received or self.is_full()
        ) and not self.over

    def has_request(self) -> bool:
        """Whether a thread can begin, and will not have to wait for a slow client."""
        end = self.received.find(b"\r\n\r\n")
        if end < 0 or self.ended or self.is_full() or _UNKNOWN.search(self.received, 0, end):
            return self.has_head()
        length = _LENGTH.search(self.received, 0, end)
        body = int(length[1]) if length else 0
        return len(self.received) >= end + 4 + body and not self.over

    def is_full(self) -> bool:
        """Whether no more is gathered."""
        return len(self.received) >= GATHERED_BYTES

    def pause(self) -> None:
        """Let no time run while it is our turn."""
        self._left = self.deadline - monotonic()

    def read(self) -> Any:
        """Read a request, of its body as much as is asked for.

        :raises ParseException: when it is none.
        """
        # Whoever takes nothing of an answer for so long does not want it.
        self.sock.settimeout(self.cfg.timeout or None)
        full = self.is_full()
        self.deadline = 0  # the head is there, or never will be
        try:
            request = next(self.parser)
        except (TooSlow, NoMoreData) as error:
            raise LimitRequestHeaders(0) if full else ParseException from error
        self.deadline = monotonic() + self._left
        if request.version >= (1, 1) and not any(name == "HOST" for name, _ in request.headers):
            raise NoHost
        return request

    def recv(self, size: int) -> bytes:
        """Receive for the parser, as a socket does; first what was gathered.

        :raises TooSlow: when nothing has come in time.
        """
        if self.received:
            data, self.received = self.received, b""
            return data
        self.sock.settimeout(max(self.deadline - monotonic(), 0))
        try:
            data = self.sock.recv(size)
        except (BlockingIOError, TimeoutError) as error:
            raise TooSlow from error
        finally:
            self.sock.settimeout(self.cfg.timeout or None)
        self.deadline += len(data) / REQUEST_RATE
        return data

    def drop_body(self) -> bool:
        """Drop what is there of a body that nobody read; tell whether that was all."""
        self.deadline = 0
        try:
            return bool(self.parser.finish_body(deadline=math.inf))
        except (OSError, ParseException):
            return False

    def hang_up(self) -> None:
        """Say that no more comes, and let the client have read it before it is cut off."""
        self.over = True
        self.received = b""
        self.sock.setblocking(False)
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)
        self._allow(LAST_SECONDS)

    def _allow(self, seconds: float) -> None:
        self.deadline = monotonic() + seconds

    def _request_seconds(self) -> float:
        return min(REQUEST_SECONDS, self.cfg.timeout or math.inf)
