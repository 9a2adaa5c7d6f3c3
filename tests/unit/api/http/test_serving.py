"""Connections that are kept: whose time is over, and who asks for something just then."""

from __future__ import annotations

import selectors
import socket
from collections import deque
from collections.abc import Iterator
from contextlib import closing

import pytest
from gunicorn.config import Config

from api.http.serving import ROOM_SHARE, Connection, Worker

KEPT = 2 * ROOM_SHARE


class Kept:
    """A worker that keeps connections whose time is over; both ends of each."""

    def __init__(self) -> None:
        self.worker = Worker.__new__(Worker)
        self.worker.poller = selectors.DefaultSelector()
        self.worker.keepalived_conns = deque()
        self.worker.nr_conns = KEPT
        self.worker.worker_connections = KEPT + 1
        self.clients: list[socket.socket] = []
        for _ in range(KEPT):
            client, server = socket.socketpair()
            connection = Connection(Config(), server, None, None)
            connection.timeout = 0.0
            self.worker.keepalived_conns.append(connection)
            self.worker.poller.register(server, selectors.EVENT_READ)
            self.clients.append(client)

    def left(self) -> list[int]:
        """Of which clients the connections are still open."""
        for client in self.clients:
            client.setblocking(False)
        return [number for number, client in enumerate(self.clients) if _is_open(client)]

    def keep(self) -> None:
        """Let no connection's time be over."""
        for connection in self.worker.keepalived_conns:
            connection.set_timeout()


def _is_open(client: socket.socket) -> bool:
    try:
        return client.recv(1) != b""
    except BlockingIOError:
        return True


@pytest.fixture
def kept() -> Iterator[Kept]:
    made = Kept()
    yield made
    for each in made.clients:
        each.close()
    for connection in made.worker.keepalived_conns:
        connection.sock.close()
    made.worker.poller.close()


def test_a_request_that_comes_at_the_last_moment_is_not_cut_off(kept: Kept) -> None:
    for asking in (3, 7):
        kept.clients[asking].sendall(b"GET / HTTP/1.1\r\n")
    kept.worker.murder_keepalived()
    assert kept.left() == [3, 7]
    assert kept.worker.nr_conns == 2


def test_who_has_hung_up_is_not_waited_for(kept: Kept) -> None:
    kept.clients[5].shutdown(socket.SHUT_WR)
    kept.worker.murder_keepalived()
    assert kept.left() == []


def test_where_there_is_no_room_the_oldest_go_first(kept: Kept) -> None:
    kept.keep()
    kept.worker.murder_keepalived()
    assert kept.left() == list(range(KEPT))
    kept.worker.worker_connections = KEPT
    kept.worker.murder_keepalived()
    assert kept.left() == list(range(KEPT // ROOM_SHARE, KEPT))


def test_the_end_of_the_process_spares_nobody(kept: Kept) -> None:
    kept.clients[3].sendall(b"GET / HTTP/1.1\r\n")
    kept.worker.murder_keepalived(force=True)
    assert not kept.worker.keepalived_conns
    assert kept.worker.nr_conns == 0


def test_a_connection_tells_whether_something_has_come() -> None:
    client, server = socket.socketpair()
    with closing(client), closing(server):
        connection = Connection(Config(), server, None, None)
        assert not connection.has_data()
        client.sendall(b"x")
        assert connection.has_data()
        assert server.recv(2) == b"x"
