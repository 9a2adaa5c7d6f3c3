"""Whom the server gives up, and who asks for something just then."""

from __future__ import annotations

import os
import resource
import selectors
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from time import monotonic

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from api.http.connections import LAST_SECONDS
from api.http.serving import ROOM_SHARE, Connection, Worker

KEPT = 2 * ROOM_SHARE
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Kept:
    """A worker, and clients whose connections it keeps; their time is over."""

    def __init__(self) -> None:
        self.worker = Worker.__new__(Worker)
        self.worker._room = KEPT
        self.worker._selector = selectors.DefaultSelector()
        self.worker._waiting = {}
        self.worker._requests = SimpleQueue()
        self.worker._under_way = self.worker.nr = 0
        self.worker.max_requests = KEPT + 1
        self.clients: list[socket.socket] = []
        self.connections: list[Connection] = []
        for _ in range(KEPT):
            client, server = socket.socketpair()
            client.setblocking(False)
            connection = Connection(server, None, None, Config())
            connection.expect()
            connection.kept = True
            self.worker._wait_for(connection)
            self.clients.append(client)
            self.connections.append(connection)

    def give_up(self) -> None:
        """Wait for nobody any longer."""
        for connection in self.connections:
            self.worker._give_up(connection)

    def left(self) -> list[int]:
        """Of which clients the connections are still open."""
        return [number for number, client in enumerate(self.clients) if _is_open(client)]

    def waiting(self) -> list[int]:
        """Whom something is still expected from."""
        return [self.connections.index(each) for each in self.worker._waiting]


def _is_open(client: socket.socket) -> bool:
    try:
        return client.recv(1) != b""
    except BlockingIOError:
        return True


@pytest.fixture
def kept() -> Iterator[Kept]:
    made = Kept()
    yield made
    for each in (*made.clients, *(each.sock for each in made.connections)):
        each.close()
    made.worker._selector.close()


def test_a_request_that_comes_at_the_last_moment_is_not_cut_off(kept: Kept) -> None:
    kept.clients[3].sendall(GET)
    kept.clients[7].sendall(GET[:9])
    kept.give_up()
    assert kept.left() == [3, 7]
    assert kept.waiting() == [7]
    assert kept.worker._requests.get_nowait() is kept.connections[3]


def test_a_request_whose_time_is_over_is_answered_if_its_head_is_there(kept: Kept) -> None:
    kept.clients[3].sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n1")
    kept.clients[7].sendall(GET[:9])
    kept.worker._look_at(kept.connections[3])
    kept.worker._look_at(kept.connections[7])
    kept.give_up()
    assert kept.left() == [3]
    assert kept.worker._requests.get_nowait() is kept.connections[3]


def test_who_has_hung_up_is_not_waited_for(kept: Kept) -> None:
    kept.clients[5].shutdown(socket.SHUT_WR)
    kept.worker._look_at(kept.connections[5])
    assert kept.waiting() == [number for number in range(KEPT) if number != 5]


def test_where_there_is_no_room_those_go_who_were_kept_longest(kept: Kept) -> None:
    kept.connections[0].kept = False  # it is new, and has had no answer yet
    kept.worker._make_room()
    assert kept.left() == [0, *range(1 + KEPT // ROOM_SHARE, KEPT)]


def test_what_fails_after_an_answer_is_no_second_answer(kept: Kept) -> None:
    class Pieces(list[bytes]):
        def close(self) -> None:
            raise RuntimeError

    def application(_: object, start_response: Callable[..., object]) -> Pieces:
        start_response("200 OK", [("Content-Length", "2")])
        return Pieces([b"ok"])

    kept.worker.wsgi = application
    kept.worker.alive = True
    kept.worker.cfg = Config()
    kept.worker.log = Logger(kept.worker.cfg)
    client, connection = kept.clients[0], kept.connections[0]
    connection.server = ("127.0.0.1", 80)
    connection.client = ("127.0.0.1", 1)
    client.sendall(GET)
    connection.gather()
    assert not kept.worker._handle(connection)
    answer = client.recv(65_536)
    assert answer.count(b"HTTP/1.1") == 1
    assert answer.endswith(b"ok")


def test_a_system_without_files_for_a_client_does_not_end_the_server(kept: Kept) -> None:
    kept.worker._room = 2 * KEPT
    kept.worker.cfg = Config()
    kept.worker.log = Logger(kept.worker.cfg)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        with socket.create_connection(listener.getsockname()) as client:
            resource.setrlimit(resource.RLIMIT_NOFILE, (client.fileno(), hard))
            try:
                kept.worker._accept(listener)
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert len(kept.waiting()) == KEPT == kept.worker._room


def test_who_is_answered_while_the_server_ends_does_not_keep_it(kept: Kept) -> None:
    connection = kept.connections[0]
    kept.worker._forget(connection)
    connection.cfg.set("keepalive", 75)
    kept.worker.alive = False
    kept.worker._under_way = 1
    kept.worker._answered = SimpleQueue()
    kept.worker._answered.put((connection, True))
    with closing_pipe() as (reading, writing):
        kept.worker.PIPE = reading, writing
        os.write(writing, b".")
        kept.worker._take_back()
    assert connection.deadline <= monotonic() + LAST_SECONDS
    assert kept.waiting()[-1] == 0


@contextmanager
def closing_pipe() -> Iterator[tuple[int, int]]:
    """Both ends of a pipe."""
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)
