"""Hostile clients on the server's own sockets: slow, silent, garbled, smuggling."""

from __future__ import annotations

import json
import resource
import selectors
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from api.http.connections import GATHERED_BYTES
from shared.db import accounts
from shared.db.engine import Database
from shared.settings import Settings
from tests.contract.test_api_bounds import COPIES
from tests.support.contract import BASE, GENERATE, PLAIN
from tests.support.serving import Server, serve

#: As many as the server has threads.
MANY = 16

#: How long the others wait at most; each of these tests ends long before.
PATIENCE = 60


@pytest.fixture(scope="module")
def server(settings: Settings, project: Path) -> Iterator[Server]:
    with serve(settings, "--timeout", "3", project=project) as server:
        yield server


@pytest.fixture
def key(database: Database) -> str:
    with database.transaction() as connection:
        return accounts.create_key(connection, account="ours", name="tests")


@contextmanager
def connect(server: Server) -> Iterator[socket.socket]:
    host, _, port = server.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        yield connection


def read_all(connection: socket.socket) -> bytes:
    """What comes until the server closes the connection."""
    pieces = []
    try:
        while piece := connection.recv(65_536):
            pieces.append(piece)
    except ConnectionResetError:
        pass
    return b"".join(pieces)


def serves_others(server: Server) -> None:
    answer = httpx.get(f"{server.url}/healthz", trust_env=False, timeout=PATIENCE)
    assert answer.status_code == 200


def post_head(key: str, *headers: str) -> bytes:
    lines = [
        f"POST {GENERATE} HTTP/1.1",
        "Host: x",
        f"Authorization: apk {key}",
        "Content-Type: application/json",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def drop_by_drop(connection: socket.socket) -> None:
    """Send a header byte by byte, until the server has had enough."""
    connection.settimeout(0.2)
    while True:
        with suppress(TimeoutError):
            try:
                connection.sendall(b"x")
                if connection.recv(1) == b"":
                    return
            except (ConnectionError, BrokenPipeError):
                return


def test_requests_that_never_end_are_cut_off(server: Server, key: str) -> None:
    """In the middle of the head, and in the middle of the body."""
    pieces = (
        b"GET /healthz HTTP/1.1\r\nHo",
        post_head(key, "Content-Length: 100") + b'{"name": ',
        post_head(key, "Transfer-Encoding: chunked") + b"5\r\n{",
    )
    with ExitStack() as stack:
        stuck = []
        for number in range(MANY - 1):
            # At once: who says nothing for a while is hung up on.
            stuck.append(stack.enter_context(connect(server)))
            stuck[-1].sendall(pieces[number % len(pieces)])
        # A byte now and then is progress, but not enough of it.
        dripping = stack.enter_context(connect(server))
        dripping.sendall(pieces[0])
        drip = threading.Thread(target=drop_by_drop, args=(dripping,))
        drip.start()
        serves_others(server)
        drip.join()
        for number, connection in enumerate(stuck):
            answer = read_all(connection)
            if number % len(pieces):
                assert answer.startswith(b"HTTP/1.1 400 ")
                assert b"invalid_request" in answer
            else:
                assert answer == b""


def test_clients_that_say_nothing_hold_nobody_up(server: Server) -> None:
    with ExitStack() as stack:
        held = [stack.enter_context(connect(server)) for _ in range(5 * MANY)]
        serves_others(server)
        assert all(read_all(connection) == b"" for connection in held)


#: What a client without a key may send and then say no more, and what it is told in the end.
UNFINISHED = {
    "nothing": (b"", b""),
    "half a head": (b"GET /healthz HTTP/1.1\r\nHo", b""),
    "a head and half a body": (post_head("1.x", "Content-Length: 9") + b"{", b"HTTP/1.1 401 "),
    "a head and half of chunks": (
        post_head("1.x", "Transfer-Encoding: chunked") + b"5\r\n{",
        b"HTTP/1.1 401 ",
    ),
}


@pytest.mark.parametrize("unfinished", UNFINISHED)
def test_field_e3_two_thousand_clients_without_a_key_take_no_threads_time(
    settings: Settings, project: Path, unfinished: str
) -> None:
    """Of the one thread, each would need only a moment for the others to wait for ever."""
    sent, answer = UNFINISHED[unfinished]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    with serve(settings, "--threads", "1", project=project) as server, ExitStack() as stack:
        held = [stack.enter_context(connect(server)) for _ in range(2000)]
        for connection in held:
            connection.sendall(sent)
        serves_others(server)
        assert all(read_all(connection).startswith(answer) for connection in held)


def test_field_e3_others_are_answered_while_two_thousand_say_nothing(
    settings: Settings, project: Path
) -> None:
    """Not only when they are hung up on, which is late here."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    patient = ("--threads", "1", "--keep-alive", "600")
    with (
        serve(settings, *patient, project=project) as server,
        ExitStack() as stack,
        selectors.DefaultSelector() as heard,
    ):
        for _ in range(2000):
            heard.register(stack.enter_context(connect(server)), selectors.EVENT_READ)
        serves_others(server)
        assert not heard.select(0), "somebody was hung up on"


def test_clients_that_do_not_hang_up_hold_nobody_up(server: Server) -> None:
    with ExitStack() as stack:
        held = []
        for _ in range(5 * MANY):
            # At once: who says nothing for a while is hung up on.
            held.append(stack.enter_context(connect(server)))
            held[-1].sendall(b"hello?\r\n\r\n")
        # A thread that waited for each of them to hang up would do nothing else.
        answer = httpx.get(f"{server.url}/healthz", trust_env=False, timeout=PATIENCE)
        assert answer.status_code == 200
        assert all(b"400 Bad Request" in read_all(connection) for connection in held)


def test_answers_that_nobody_reads_are_cut_off(
    server: Server, key: str, database: Database
) -> None:
    with httpx.Client(
        base_url=server.url, headers={"Authorization": f"apk {key}"}, trust_env=False
    ) as http:
        http.post(GENERATE, json=PLAIN | {"description": "中" * 10_000}).raise_for_status()
    with database.transaction() as connection:
        connection.execute(text(COPIES), {"count": 99})
    request = f"GET {GENERATE} HTTP/1.1\r\nHost: x\r\nAuthorization: apk {key}\r\n\r\n".encode()
    with ExitStack() as stack:
        for _ in range(MANY):
            unread = stack.enter_context(connect(server))
            unread.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            # More answers than the network between can hold; none of them is read.
            unread.sendall(request * 20)
        time.sleep(2)  # by then every thread is at it
        serves_others(server)


SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    "headers",
    [
        ["Content-Length: 5", "Transfer-Encoding: chunked"],
        ["Content-Length: 5", "Content-Length: 6"],
        ["Content-Length: 5, 6"],
        ["Content-Length: +5"],
        ["Content-Length: -5"],
        ["Content-Length: 0x5"],
        ["Content-Length : 5"],
        ["Transfer-Encoding : chunked"],
        ["Transfer-Encoding: chunked, identity"],
        ["Transfer-Encoding: xchunked"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding:\x0bchunked"],
        ["Folded: a", " Transfer-Encoding: chunked"],
        ["No_colon"],
        ["Host: y"],
        ["X: a\rb"],
        ["X: a\0b"],
    ],
    ids=repr,
)
def test_what_two_servers_could_read_in_two_ways_is_refused(
    server: Server, headers: list[str]
) -> None:
    """Whatever stands before this server must not see another request in the same bytes."""
    with connect(server) as connection:
        connection.sendall(post_head("1.x", *headers) + b"0\r\n\r\n" + SMUGGLED)
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 400 "), answer
    assert answer.count(b"X-Request-Id: ") == 1
    assert b"smuggled" not in answer
    fields, _, body = answer.partition(b"\r\n\r\n")
    assert b"\r\nConnection: close" in fields
    assert set(json.loads(body)) == {"error", "error_description"}


@pytest.mark.parametrize(
    "head",
    [
        b"GET /healthz HTTP/1.1\r\n\r\n",
        b"GET /healthz HTTP/1.1\nHost: x\n\n",
        b"\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nX: " + b"x" * GATHERED_BYTES,
    ],
    ids=["no Host", "bare LF", "nothing but line ends", "a header without an end"],
)
def test_a_head_that_is_none_is_answered_at_once(server: Server, head: bytes) -> None:
    with connect(server) as connection:
        connection.sendall(head)
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 400 "), answer
    assert b'"error": "invalid_request"' in answer


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "get", "M-SEARCH", "X" * 19])
def test_odd_methods_echo_nothing(server: Server, method: str) -> None:
    with connect(server) as connection:
        connection.sendall(
            f"{method} /healthz HTTP/1.1\r\nHost: x\r\nCookie: secret-cookie\r\n"
            "Authorization: apk 1.secret-key\r\nConnection: close\r\n\r\n".encode()
        )
        answer = read_all(connection)
    assert answer.split(b" ")[1] in (b"400", b"405"), answer
    assert b"secret-cookie" not in answer
    assert b"secret-key" not in answer
    assert b'"error":' in answer


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "x\u00e9", "a b", "", "a/../b", "<script>", "[::1"]
)
@pytest.mark.parametrize("path", ["/docs", "/docs/", f"{BASE}/openapi.json", "/no", "//evil/no"])
def test_the_host_header_is_believed_by_nobody(server: Server, host: str, path: str) -> None:
    with connect(server) as connection:
        head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode("latin-1"))
        answer = read_all(connection)
    fields, _, body = answer.partition(b"\r\n\r\n")
    assert fields.split(b" ")[1] in (b"200", b"400", b"404")
    assert b"\r\nLocation:" not in fields
    for trace in (b"evil.example", b"<script>x", b"a/../b"):
        assert trace not in answer
    assert body


def test_no_header_is_as_long_as_one_likes(server: Server) -> None:
    for head in (f"X: {'x' * 9_000}", "\r\n".join(f"X{n}: y" for n in range(101))):
        with connect(server) as connection:
            connection.sendall(f"GET /healthz HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode())
            answer = read_all(connection)
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert b"too many headers, or one is too long" in answer


HEADERS = (
    b"Content-Security-Policy: default-src 'none'; ",
    b"frame-ancestors 'none'",
    b"Cross-Origin-Resource-Policy: same-origin",
    b"Referrer-Policy: no-referrer",
    b"X-Content-Type-Options: nosniff",
    b"Cache-Control: no-store",
)


@pytest.mark.parametrize(
    "request_line",
    [
        "GET /healthz HTTP/1.1",
        "GET /no/such/path HTTP/1.1",
        f"GET {GENERATE} HTTP/1.1",
        "TRACE /healthz HTTP/1.1",
        "no request",
        "GET / HTTP/9.9",
        f"GET /{'x' * 9_000} HTTP/1.1",
    ],
    ids=lambda line: line[:30],
)
def test_every_answer_is_guarded_and_names_no_version(server: Server, request_line: str) -> None:
    with connect(server) as connection:
        connection.sendall(f"{request_line}\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        fields, _, _ = read_all(connection).partition(b"\r\n\r\n")
    for header in HEADERS:
        assert header in fields, fields
    for line in fields.split(b"\r\n"):
        name, _, value = line.partition(b": ")
        if name.lower() in (b"server", b"via", b"x-powered-by"):
            assert not any(48 <= byte <= 57 for byte in value), line
