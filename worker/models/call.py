"""A call to a model server that is under way, and how another thread can end it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

import httpx

from worker.models.errors import GatewayBusy, GatewayError, Interrupted, translate


class Call:
    """A call under way, so that another thread can see how it stands and end it.

    Closing the connection is also what makes Ollama stop working on the answer.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        #: What its prompt was sent without; see ``worker.models.bearing``.
        self.without: frozenset[str] = frozenset()
        self.interrupted_because: str | None = None

    def interrupt(self, reason: str) -> None:
        """End the call: whoever waits for its answer gets :class:`Interrupted`."""
        with self._lock:
            self.interrupted_because = self.interrupted_because or reason
            self._shut()

    def check(self) -> None:
        """Go on, or not.

        :raises Interrupted: when the call has been ended.
        """
        if self.interrupted_because:
            raise Interrupted(self.interrupted_because)

    def attach(self, connection: socket.socket) -> None:
        """Use this connection; called by the HTTP client when it has opened one."""
        with self._lock:
            self._socket = connection
            if self.interrupted_because:
                self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            # Wakes a thread that is blocked in recv(), which close() would not. The peer, or we,
            # may have closed it a moment ago.
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


_current_call: ContextVar[Call | None] = ContextVar("current_call", default=None)


@contextmanager
def calling(call: Call | None = None) -> Iterator[None]:
    """Ask a server in this block: what goes wrong in it is a :class:`GatewayError`.

    Connections that this thread opens in it are those of the call, if there is one.
    """
    token = _current_call.set(call)
    try:
        yield
    except Exception as error:
        if call is not None and call.interrupted_because:
            raise Interrupted(call.interrupted_because) from error
        if isinstance(error, GatewayError):
            raise
        translated = translate(error)
        if translated is None:
            raise
        raise translated from error
    finally:
        _current_call.reset(token)


@contextmanager
def loading(model: str, call: Call) -> Iterator[None]:
    """As :func:`calling`, where the call waits until the server has the model in its memory."""
    with calling(call):
        try:
            yield
        except httpx.ReadTimeout as error:
            raise GatewayBusy(
                f"the model server has not loaded {model} in time; "
                "VALUEMILL_LOAD_TIMEOUT says how long it may take"
            ) from error


def trace_connection(request: httpx.Request) -> None:
    """Tell the current call which connection its request goes over; a hook of the HTTP client."""
    call = _current_call.get()
    if call is not None:
        request.extensions["trace"] = lambda name, info: _attach(call, name, info)


def _attach(call: Call, event: str, info: dict[str, Any]) -> None:
    if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
        call.attach(info["return_value"].get_extra_info("socket"))
