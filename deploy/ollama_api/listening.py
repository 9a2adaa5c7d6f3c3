"""A server's life: from its address to its end."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

BODY_LIMIT = 16 * 1024 * 1024


async def listen(
    application: Application, *, host: str, port: int, greet: Callable[[str], str]
) -> None:
    """Listen until SIGTERM or SIGINT; then end at once, whatever is under way.

    What `greet` says of its address is printed once it listens. Raises `OSError` when the address
    cannot be had.
    """
    sockets = bind_sockets(port, host, backlog=1024)
    http = HTTPServer(application, max_body_size=BODY_LIMIT)
    http.add_sockets(sockets)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    host, port = sockets[0].getsockname()[:2]
    sys.stdout.write(greet(f"http://{host}:{port}") + "\n")
    sys.stdout.flush()
    await stop.wait()
    http.stop()
    await http.close_all_connections()
