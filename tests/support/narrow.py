"""A way to a TCP server that lets so many bytes through a second, on each connection for itself.

As a slow database, or a far one: what is written waits, and nothing else is slower.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PIECE = 16_384


@contextmanager
def narrow(port: int, *, bytes_a_second: int) -> Iterator[int]:
    """The port of one on loopback, as long as the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(
            target=_serve, args=(server, port, bytes_a_second), daemon=True, name="narrow"
        )
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)


def _serve(server: socket.socket, port: int, bytes_a_second: int) -> None:
    with suppress(OSError):
        while True:
            near, _ = server.accept()
            far = socket.create_connection(("127.0.0.1", port))
            for one, other, most in ((near, far, bytes_a_second), (far, near, 0)):
                threading.Thread(target=_pass, args=(one, other, most), daemon=True).start()


def _pass(one: socket.socket, other: socket.socket, bytes_a_second: int) -> None:
    due = time.monotonic()
    with suppress(OSError):
        while piece := one.recv(PIECE):
            other.sendall(piece)
            if bytes_a_second:
                now = time.monotonic()
                due = max(due, now) + len(piece) / bytes_a_second
                time.sleep(max(0.0, due - now))
    for each in (one, other):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
