"""What has come of a request: whether it is all, and how long the rest may take."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from time import monotonic

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import (
    InvalidHeader,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)

from api.http.connections import GATHERED_BYTES, Connection, NoHost, TooSlow

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def post(*headers: str) -> bytes:
    return "\r\n".join(["POST / HTTP/1.1", "Host: x", *headers, "", ""]).encode()


class Pair:
    """Both ends of a connection."""

    def __init__(self) -> None:
        self.client, server = socket.socketpair()
        self.connection = Connection(server, None, None, Config())
        self.connection.expect()

    def say(self, words: bytes) -> None:
        """Have the server take in what the client says."""
        self.client.sendall(words)
        self.connection.gather()


@pytest.fixture
def pair() -> Iterator[Pair]:
    made = Pair()
    with closing(made.client), closing(made.connection.sock):
        yield made


@pytest.mark.parametrize(
    ("pieces", "whole"),
    [
        ([GET], True),
        ([GET[:5], GET[5:-1], GET[-1:]], True),
        ([GET[:-1]], False),
        ([post("Content-Length: 5"), b"12", b"345"], True),
        ([post("content-length:5"), b"1234"], False),
        ([post("Content-Length: 0")], True),
        # What comes then is the parser's to find out.
        ([post("Transfer-Encoding: chunked")], True),
        ([post("Content-Length: 5", "Expect: 100-continue")], True),
        ([post("Content-Length: 5, 6")], False),
        ([b"hello?\n\n"], True),
        ([b"hello?"], False),
        ([post("Content-Length: 999999"), b"x" * GATHERED_BYTES], True),
        ([b"x" * GATHERED_BYTES], True),
    ],
)
def test_a_thread_begins_when_a_request_is_there(
    pair: Pair, pieces: list[bytes], whole: bool
) -> None:
    for piece in pieces:
        assert not pair.connection.has_request()
        pair.say(piece)
    assert pair.connection.has_request() is whole


def test_two_requests_at_once_are_two(pair: Pair) -> None:
    pair.say(GET + post("Content-Length: 2")[:-1])
    pair.connection.pause()
    assert pair.connection.read().method == "GET"
    assert pair.connection.drop_body()
    pair.connection.expect()
    assert not pair.connection.has_request()
    pair.say(b"\nab")
    assert pair.connection.has_request()
    pair.connection.pause()
    assert pair.connection.read().body.read() == b"ab"


def test_time_runs_from_the_first_byte(pair: Pair) -> None:
    silent = pair.connection.deadline
    pair.say(b"P")
    assert pair.connection.deadline > silent
    ends = pair.connection.deadline
    pair.say(post("Content-Length: 5")[1:])
    # A byte now and then is progress, but not enough of it.
    assert pair.connection.deadline < ends + 0.1


def test_who_is_too_slow_is_not_waited_for(pair: Pair) -> None:
    pair.say(post("Content-Length: 5"))
    pair.connection.deadline = monotonic()
    pair.connection.pause()
    with pytest.raises(TooSlow):
        pair.connection.read().body.read()


def test_no_time_runs_while_there_is_no_thread(pair: Pair) -> None:
    pair.say(post("Content-Length: 5"))
    pair.connection.deadline = monotonic() + 3600
    pair.connection.pause()
    pair.connection.deadline = 0
    request = pair.connection.read()
    assert pair.connection.deadline > monotonic() + 1800
    pair.client.sendall(b"12345")
    assert request.body.read() == b"12345"


@pytest.mark.parametrize(
    ("head", "error"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", NoHost),
        (b"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", InvalidHeader),
        (b"GET / HTTP/1.1\nHost: x\n\n", ParseException),
        (b"GET /" + b"x" * GATHERED_BYTES, LimitRequestLine),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * GATHERED_BYTES, LimitRequestHeaders),
    ],
)
def test_what_is_no_head_is_not_waited_for(pair: Pair, head: bytes, error: type[Exception]) -> None:
    pair.say(head)
    assert pair.connection.has_request()
    with pytest.raises(error):
        pair.connection.read()


def test_http_1_0_needs_no_host(pair: Pair) -> None:
    pair.say(b"GET / HTTP/1.0\r\n\r\n")
    assert pair.connection.read().version == (1, 0)


def test_of_a_body_that_nobody_read_what_is_there_is_dropped(pair: Pair) -> None:
    pair.say(post("Transfer-Encoding: chunked") + b"5\r\n12345\r\n")
    pair.connection.pause()
    pair.connection.read()
    assert not pair.connection.drop_body()


def test_who_hangs_up_is_noticed_with_and_without_a_request(pair: Pair) -> None:
    pair.say(post("Content-Length: 5"))
    assert not pair.connection.has_request()
    pair.client.shutdown(socket.SHUT_WR)
    pair.connection.gather()
    assert pair.connection.ended
    assert pair.connection.has_request()


def test_the_last_words_are_followed_by_no_request(pair: Pair) -> None:
    pair.connection.hang_up()
    pair.say(GET)
    assert not pair.connection.has_request()
    assert pair.client.recv(1) == b""
