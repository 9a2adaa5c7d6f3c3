"""How gunicorn serves the application: ``--worker-class api.http.serving.Worker``.

One thread waits for all clients at once and takes in what they send. One of few others gets a
request when it is there: a client who is silent or slow has no thread, whether or not it has a
key. What is no HTTP, or more of it than the server reads, never gets as far as the application;
it is answered here, in the form that every error has.

gunicorn brings the processes, their signals and settings, and reads and writes HTTP.
"""

from __future__ import annotations

import errno
import itertools
import json
import os
import resource
import selectors
import socket
import sys
import threading
import uuid
from contextlib import suppress
from datetime import datetime
from functools import partial
from http import HTTPStatus
from ipaddress import ip_address
from queue import SimpleQueue
from time import monotonic
from typing import Any

from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from gunicorn.http.errors import (  # type: ignore[import-untyped]
    ConfigurationProblem,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.http.wsgi import create  # type: ignore[import-untyped]
from gunicorn.workers.base import Worker as BaseWorker  # type: ignore[import-untyped]

from api.http.connections import GATHERED_BYTES, LAST_SECONDS, Connection, NoHost
from api.http.forms import PLAIN, Problem
from api.http.headers import ALWAYS
from api.http.proxies import CLIENT, client_of, prefix_of
from api.parts import KEY
from shared.errors import ConfigurationError, Unavailable

#: How often is looked whose time is over, in seconds.
TICK_SECONDS = 0.5

#: Files besides connections: those to the database and to Redis, pipes, logs.
OTHER_FILES = 192

#: How many connections are taken before others are looked at again.
MAX_ACCEPTED = 64

#: Of all connections, the share that is closed at once where there is no room for another.
ROOM_SHARE = 16

#: What a client who leaves, or takes too long to read or to write, makes of its connection.
_LOST = (ConnectionError, TimeoutError)


class Worker(BaseWorker):  # type: ignore[misc]
    """A process that serves: one thread for all who wait, and some for requests."""

    def init_process(self) -> None:
        """Begin.

        No more connections are taken than there may be open files.
        """
        self._room = _room_for(self.cfg.worker_connections)
        self._selector = selectors.DefaultSelector()
        #: Whom nothing is done for just now, longest first.
        self._waiting: dict[Connection, None] = {}
        self._requests: SimpleQueue[Connection] = SimpleQueue()
        self._answered: SimpleQueue[tuple[Connection, bool]] = SimpleQueue()
        #: How many are in the two queues or between them.
        self._under_way = 0
        self._listening = False
        self._next_look = 0.0
        super().init_process()

    def load_wsgi(self) -> None:
        """Make the application, or end the server: to start it again would not help.

        What is wrong with the settings, or with a database that answers, is told in a line each.
        """
        try:
            super().load_wsgi()
            with suppress(Unavailable):
                self.wsgi.extensions[KEY].database.ping()
        except ConfigurationError as error:
            for line in str(error).splitlines():
                self.log.critical("%s", line)
            sys.exit(Arbiter.APP_LOAD_ERROR)

    def run(self) -> None:
        """Serve, after a wake-up for what was submitted just before the last process died.

        It also opens the connection to Redis, before the first request needs it.
        """
        self.wsgi.extensions[KEY].wake_ups.send(1)
        for _ in range(self.cfg.threads):
            threading.Thread(target=self._work, name="requests", daemon=True).start()
        self._selector.register(self.PIPE[0], selectors.EVENT_READ, self._take_back)
        while self.alive and self.ppid == os.getppid():
            room = self._room - len(self._waiting) - self._under_way
            if room <= 0:
                self._make_room()
            self._listen(enabled=room > 0)
            self._turn()
        self._listen(enabled=False)
        for connection in self._waiting:
            _hurry(connection)
        end = monotonic() + self.cfg.graceful_timeout
        while (self._waiting or self._under_way) and monotonic() < end:
            self._turn()

    def _turn(self) -> None:
        """Do what there is to do, or wait for it a moment."""
        self.notify()
        for key, _ in self._selector.select(TICK_SECONDS):
            key.data()
        now = monotonic()
        if now >= self._next_look:
            self._next_look = now + TICK_SECONDS
            for connection in [each for each in self._waiting if each.deadline <= now]:
                self._give_up(connection)

    def _listen(self, *, enabled: bool) -> None:
        if enabled == self._listening:
            return
        self._listening = enabled
        for listener in self.sockets:
            if enabled:
                listener.setblocking(False)
                accept = partial(self._accept, listener)
                self._selector.register(listener, selectors.EVENT_READ, accept)
            else:
                self._selector.unregister(listener)

    def _accept(self, listener: socket.socket) -> None:
        for _ in range(min(self._room - len(self._waiting) - self._under_way, MAX_ACCEPTED)):
            try:
                client, address = listener.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return  # another process was faster, or the client left
            except OSError as error:
                # Of a network, or there are no files for one more: no reason to leave the others.
                self.log.warning("connection not taken: %s", error)
                if error.errno == errno.EMFILE:
                    self._room = max(1, len(self._waiting) + self._under_way)
                return
            connection = Connection(client, address, listener.getsockname(), self.cfg)
            connection.expect()
            self._wait_for(connection)

    def _wait_for(self, connection: Connection) -> None:
        self._waiting[connection] = None
        look = partial(self._look_at, connection)
        self._selector.register(connection, selectors.EVENT_READ, look)

    def _look_at(self, connection: Connection) -> None:
        """Take in what a client has sent."""
        connection.gather()
        if connection.has_request():
            self._forget(connection)
            self._begin(connection)
        elif connection.ended or connection.is_full():
            self._forget(connection)
            connection.sock.close()

    def _give_up(self, connection: Connection) -> None:
        """Wait no longer; for a request that has just begun, as long as for others.

        To close its connection would reset it, and its client could not know what became of it.
        """
        silent = not connection.received
        self._look_at(connection)
        if connection not in self._waiting or (silent and connection.received):
            return
        self._forget(connection)
        if connection.has_head():
            self._begin(connection)  # and fail to read the rest
        else:
            connection.sock.close()

    def _make_room(self) -> None:
        """Give up those who had an answer and have been silent for longest."""
        kept = (each for each in self._waiting if each.kept)
        for connection in list(itertools.islice(kept, max(1, self._room // ROOM_SHARE))):
            self._give_up(connection)

    def _forget(self, connection: Connection) -> None:
        del self._waiting[connection]
        self._selector.unregister(connection)

    def _begin(self, connection: Connection) -> None:
        self.nr += 1
        if self.nr >= self.max_requests:
            self.alive = False
        self._under_way += 1
        connection.pause()
        self._requests.put(connection)

    def _take_back(self) -> None:
        """Wait for the next requests of those who were answered."""
        os.read(self.PIPE[0], GATHERED_BYTES)
        while not self._answered.empty():
            connection, stays = self._answered.get()
            self._under_way -= 1
            if stays:
                connection.expect()
                connection.kept = not connection.received
                if not self.alive:
                    _hurry(connection)
            else:
                connection.hang_up()
            if connection.has_request():
                self._begin(connection)
            else:
                self._wait_for(connection)

    def _work(self) -> None:
        """Answer requests, in a thread."""
        while True:
            connection = self._requests.get()
            stays = self._handle(connection)
            self._answered.put((connection, stays))
            with suppress(BlockingIOError):  # then it is full of others that wake as well
                os.write(self.PIPE[1], b".")

    def _handle(self, connection: Connection) -> bool:
        """Answer a request; tell whether the client may send another."""
        request = None
        try:
            request = connection.read()
            return self._answer(request, connection) and connection.drop_body()
        except _LOST as error:
            self.log.debug("the client has gone or is too slow: %s", error)
        except Exception as error:
            self.handle_error(request, connection.sock, connection.client, error)
        return False

    def _answer(self, request: Any, connection: Connection) -> bool:
        began = datetime.now()
        response, environ = create(
            request, connection.sock, connection.client, connection.server, self.cfg
        )
        environ["wsgi.multithread"] = True
        if self._trusts(environ["REMOTE_ADDR"]):
            environ["SCRIPT_NAME"] = environ["SCRIPT_NAME"] or prefix_of(environ)
        everyone = "*" in self.cfg.forwarded_allow_ips
        environ[CLIENT] = client_of(environ, None if everyone else self._trusts)
        if not (self.alive and self.cfg.keepalive):
            response.force_close()
        pieces = self.wsgi(environ, response.start_response)
        try:
            try:
                for piece in pieces:
                    response.write(piece)
                response.close()
            finally:
                if hasattr(pieces, "close"):
                    pieces.close()
        except Exception as error:
            # A second answer, after one that has begun, would be taken for a part of it, or for
            # that to the next request.
            if isinstance(error, _LOST) or not response.headers_sent:
                raise
            self.log.exception("an answer broke off")
            return False
        finally:
            self.log.access(response, request, environ, datetime.now() - began)
        return not response.should_close()

    def _trusts(self, address: str) -> bool:
        """Whether a proxy at this address may say what it likes of a request."""
        return (
            not address  # of a socket in the file system
            or "*" in self.cfg.forwarded_allow_ips
            or any(ip_address(address) in net for net in self.cfg.forwarded_allow_networks())
        )

    def handle_error(
        self,
        req: Any,  # noqa: ARG002
        client: socket.socket,
        addr: Any,  # noqa: ARG002
        exc: BaseException,
    ) -> None:
        """Answer what could not be read; and that we failed, where the application cannot."""
        if isinstance(exc, ConfigurationProblem):
            answer = _write(404, "there is nothing here; everything is below the SCRIPT_NAME")
        elif isinstance(exc, ParseException):
            self.log.warning("request not read: %s", type(exc).__name__)
            answer = _write(400, _describe(exc))
        else:
            self.log.error("request failed", exc_info=exc)
            answer = _write(500, "something went wrong on our side, not with the request")
        with suppress(OSError):
            client.sendall(answer)


def _hurry(connection: Connection) -> None:
    """Wait for a client no longer than for one who is to hang up."""
    connection.deadline = min(connection.deadline, monotonic() + LAST_SECONDS)


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
        case NoHost():
            return "a request of HTTP/1.1 has a Host header; send it"
    return "this is not a request of HTTP/1.1 that can be read; check its first line and headers"


def _write(status: int, description: str) -> bytes:
    problem = Problem(status=status, descriptions=(description,))
    body = json.dumps(PLAIN.write(problem)).encode()
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
