"""How gunicorn serves the application: ``--worker-class api.http.serving.Worker``.

What is no HTTP, or more of it than the server reads, never gets as far as the application; this
answers it in the form that every error has. Each request and each answer has one of few threads
to itself, so this also sees to it that a client who is slow, or does not hang up, cannot keep one
(``docs/security.md`` says what is left to a proxy in front).
"""

from __future__ import annotations

import errno
import itertools
import json
import math
import resource
import socket
import struct
import threading
import uuid
from collections import deque
from http import HTTPStatus
from time import monotonic
from typing import Any

from gunicorn.http.errors import (  # type: ignore[import-untyped]
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.util import write_nonblock  # type: ignore[import-untyped]
from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

from api.http.errors import CODES
from api.http.headers import ALWAYS
from api.parts import KEY

#: How long a request may take to arrive, in seconds, and for how many bytes it gets one more.
REQUEST_SECONDS = 5.0
REQUEST_RATE = 10_000

#: How long a thread waits for the first byte, in seconds.
SILENCE_SECONDS = 0.1

#: Connections at a time whose clients are given a moment to hang up first.
MAX_LINGERING = 64

#: Files besides the connections that gunicorn counts: those that linger, and those to the
#: database and to Redis, pipes, logs.
OTHER_FILES = MAX_LINGERING + 128

#: Of all connections, the share that is closed at once where there is no room for another.
ROOM_SHARE = 16


class TooSlow(TimeoutError):
    """A request does not arrive fast enough."""

    def __init__(self) -> None:
        # What gunicorn takes for a client that has gone, and makes no ado about.
        super().__init__(errno.ECONNRESET, "the request came too slowly")


class Connection(TConn):  # type: ignore[misc]
    """A client's connection, with a limit to its patience."""

    _lingering = threading.BoundedSemaphore(MAX_LINGERING)
    _deadline: float | None = None

    def begin(self) -> None:
        """Expect a request; its time runs from the first look for it."""
        self._deadline = None

    def has_data(self) -> bool:
        """Whether something has come that nobody has read; not that the client hung up."""
        try:
            return bool(self.sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except OSError:
            return False

    def wait_for_data(self, timeout: float) -> bool:
        """Leave who says nothing yet to the poller, which waits for all at once."""
        return bool(super().wait_for_data(min(timeout, SILENCE_SECONDS)))

    def init(self) -> None:
        """Read through this object."""
        super().init()
        if hasattr(self.parser, "unreader"):
            self.parser.unreader.sock = self

    def recv(self, size: int) -> bytes:
        """Receive as a socket does.

        :raises TooSlow: when nothing has come in time.
        """
        if self._deadline is None:
            self._deadline = monotonic() + min(REQUEST_SECONDS, self.cfg.timeout or math.inf)
        left = self._deadline - monotonic()
        if left <= 0:
            raise TooSlow
        self.sock.settimeout(left)
        try:
            data: bytes = self.sock.recv(size)
        except TimeoutError as error:
            raise TooSlow from error
        finally:
            self.sock.settimeout(None)
        self._deadline += len(data) / REQUEST_RATE
        return data

    def close(self, graceful: bool = False) -> None:
        """Close, and with grace wait a moment for the client to have read what it was sent.

        gunicorn waits in its one main thread, and so can be made to do nothing else.
        """
        if not (graceful and self._lingering.acquire(blocking=False)):
            super().close()
            return

        def linger() -> None:
            try:
                super(Connection, self).close(graceful=True)
            finally:
                self._lingering.release()

        threading.Thread(target=linger, name="linger", daemon=True).start()


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threads, with errors of our own form and limits to what clients hold up."""

    def init_process(self) -> None:
        """Take no more connections than there may be open files.

        gunicorn ends with all that it is at when it can open none for one more connection.
        """
        self.worker_connections: int = _room_for(self.cfg.worker_connections)
        super().init_process()

    def run(self) -> None:
        """Serve, after a wake-up for what was submitted just before the last process died.

        It also opens the connection to Redis, before the first request needs it.
        """
        self.wsgi.extensions[KEY].wake_ups.send(1)
        super().run()

    def murder_keepalived(self, force: bool = False) -> None:
        """Close the connections that were kept for long enough, sooner where others need room."""
        if self.nr_conns >= self.worker_connections:
            some = itertools.islice(self.keepalived_conns, max(1, self.nr_conns // ROOM_SHARE))
            for conn in some:
                conn.timeout = 0.0
        if not force:
            _spare_asking(self.keepalived_conns)
        super().murder_keepalived(force)

    def murder_pending(self) -> None:
        """Close the connections on which no request has come for long enough."""
        _spare_asking(self.pending_conns)
        super().murder_pending()

    def accept(self, listener: socket.socket) -> None:
        """Take a connection; its data is waited for in a thread."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                return
            raise
        client.setblocking(True)
        # Whoever takes nothing of an answer for so long does not want it.
        limit = struct.pack("@ll", self.cfg.timeout, 0)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        self.nr_conns += 1
        self.enqueue_req(Connection(self.cfg, client, address, listener.getsockname()))

    def handle(self, conn: Connection) -> Any:
        """Read a request and answer it."""
        conn.begin()
        return super().handle(conn)

    def handle_error(
        self,
        req: Any,  # noqa: ARG002
        client: socket.socket,
        addr: Any,  # noqa: ARG002
        exc: BaseException,
    ) -> None:
        """Answer what could not be read; and that we failed, where the application cannot."""
        if isinstance(exc, ParseException):
            self.log.warning("request not read: %s", type(exc).__name__)
            answer = _answer(400, _describe(exc))
        else:
            self.log.error("request failed", exc_info=exc)
            answer = _answer(500, "something went wrong on our side, not with the request")
        try:
            write_nonblock(client, answer)
        except OSError:
            self.log.debug("nobody waited for the answer")


def _spare_asking(waiting: deque[Connection]) -> None:
    """Leave those to the poller on which something has come since it last looked.

    To close one would reset it, and its client could not know what became of the request.
    """
    now = monotonic()
    expired = itertools.takewhile(lambda conn: conn.timeout <= now, waiting)
    for conn in [conn for conn in expired if conn.has_data()]:
        waiting.remove(conn)
        conn.set_timeout()
        waiting.append(conn)


def _room_for(connections: int) -> int:
    """How many of so many connections there can be; has the limit of files raised if it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + OTHER_FILES
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return connections
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, soft - OTHER_FILES)


def _describe(error: ParseException) -> str:
    match error:
        case LimitRequestLine():
            return "the path and the query are too long; leave out what is not needed"
        case LimitRequestHeaders():
            return "there are too many headers, or one is too long; leave out what is not needed"
    return "this is not a request of HTTP/1.1 that can be read; check its first line and headers"


def _answer(status: int, description: str) -> bytes:
    body = json.dumps({"error": CODES[status], "error_description": description}).encode()
    headers = {
        "Connection": "close",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "X-Request-Id": uuid.uuid4().hex,
        **ALWAYS,
    }
    first = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"
    lines = [first, *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + body
