"""The application behind its real server, over real sockets."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from api.app import APPLICATION
from api.http.serving import OTHER_FILES
from shared.db.engine import Database
from shared.settings import Settings
from tests.support.contract import BASE, GENERATE, PLAIN, Client, Mill, path_of
from tests.support.serving import Server, serve
from tests.support.waiting import PATIENCE, wait_until

#: Values of 300 characters: a file of 60 MB.
MANY = 200_000
#: Enough that a server cannot hand the whole file to the network at once.
SOME = 60_000


@pytest.fixture(scope="module")
def server(settings: Settings, project: Path) -> Iterator[Server]:
    with serve(settings, project=project) as server:
        yield server


@pytest.fixture
def http(server: Server, client: Client) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=server.url,
        headers={"Authorization": f"apk {client.key}"},
        trust_env=False,
        timeout=PATIENCE,
    ) as http:
        yield http


@pytest.fixture
def big(client: Client, mill: Mill) -> str:
    """The path of an operation with a big file."""
    return fill(client, mill, SOME)


def fill(client: Client, mill: Mill, count: int) -> str:
    return path_of(mill.fill(client, [value_of(number) for number in range(count)]))


def value_of(number: int) -> str:
    return f"{number:0>300}"


def memory(server: Server, kind: str) -> int:
    """What the server's process uses (``VmRSS``) or has used at most (``VmHWM``), in bytes."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith(f"{kind}:"))
    return int(line.split()[1]) * 1024


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux's /proc")
def test_a_big_file_takes_little_memory(
    server: Server, http: httpx.Client, client: Client, mill: Mill
) -> None:
    path = fill(client, mill, MANY)
    sizes = []
    for file_format, expected in (
        ("SECURE_LOOKUP", "\n".join(map(value_of, range(MANY)))),
        ("JSON", json.dumps(list(map(value_of, range(MANY))))),
    ):
        Path(f"/proc/{server.pid}/clear_refs").write_text("5")  # the peak starts anew
        before = memory(server, "VmRSS")
        found = hashlib.sha256()
        with http.stream("GET", f"{path}/download", params={"format": file_format}) as answer:
            assert answer.status_code == 200
            assert answer.headers["Transfer-Encoding"] == "chunked"
            for piece in answer.iter_bytes():
                found.update(piece)
        assert found.digest() == hashlib.sha256(expected.encode()).digest()
        sizes.append((memory(server, "VmHWM") - before, len(expected)))
    for grown, size in sizes:
        assert grown < size / 3, sizes


def readers(database: Database) -> int:
    """Transactions that the API has open."""
    with database.transaction() as connection:
        count = connection.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = :name"
                " AND xact_start IS NOT NULL AND datname = current_database()"
            ),
            {"name": APPLICATION},
        )
    return int(count or 0)


def test_a_reader_who_leaves_leaves_nothing_open(
    http: httpx.Client, big: str, database: Database
) -> None:
    # Room for little, or all of the file would be on its way before anybody looks.
    little = httpx.HTTPTransport(socket_options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)])
    with (
        httpx.Client(base_url=http.base_url, headers=http.headers, transport=little) as slow,
        slow.stream("GET", f"{big}/download", params={"format": "JSON"}, timeout=60) as answer,
    ):
        next(answer.iter_bytes(1024))
        assert readers(database) == 1
    wait_until(lambda: readers(database) == 0, what="the transaction to end")
    assert http.get(big).status_code == 200


def test_what_has_begun_is_finished_before_the_end(
    settings: Settings, project: Path, client: Client, big: str
) -> None:
    with (
        serve(settings, "--graceful-timeout", "60", project=project) as server,
        httpx.stream(
            "GET",
            f"{server.url}{big}/download",
            params={"format": "SECURE_LOOKUP"},
            headers={"Authorization": f"apk {client.key}"},
            trust_env=False,
            timeout=60,
        ) as answer,
    ):
        pieces = answer.iter_bytes()
        found = hashlib.sha256(next(pieces))
        os.kill(server.parent, signal.SIGTERM)
        for piece in pieces:
            found.update(piece)
    expected = "\n".join(map(value_of, range(SOME)))
    assert found.digest() == hashlib.sha256(expected.encode()).digest()


def test_head_leaves_nothing_open(http: httpx.Client, big: str, database: Database) -> None:
    answer = http.head(f"{big}/download", params={"format": "JSON"})
    assert (answer.status_code, answer.content) == (200, b"")
    wait_until(lambda: readers(database) == 0, what="the transaction to end")
    assert http.get(big).status_code == 200


def test_a_file_that_breaks_off_does_not_look_whole(
    http: httpx.Client, big: str, database: Database
) -> None:
    with http.stream("GET", f"{big}/download", params={"format": "SECURE_LOOKUP"}) as answer:
        pieces = answer.iter_bytes(1024)
        next(pieces)
        cut_off_readers(database)
        with pytest.raises(httpx.RemoteProtocolError):
            for _ in pieces:
                pass
    assert http.get(big).status_code == 200


def test_a_file_that_breaks_off_before_its_first_value_is_tried_again(
    http: httpx.Client, big: str, database: Database
) -> None:
    with ThreadPoolExecutor(1) as threads, database.transaction() as connection:
        connection.execute(text("LOCK TABLE operation_values"))
        answer = threads.submit(http.get, f"{big}/download", params={"format": "SECURE_LOOKUP"})
        wait_until(
            lambda: cut_off_readers(database, which="wait_event_type = 'Lock'") > 0,
            what="it to wait for its first value",
        )
        refused = answer.result(timeout=PATIENCE)
    assert refused.status_code == 503, refused.text
    assert int(refused.headers["Retry-After"]) > 0


def cut_off_readers(database: Database, *, which: str = "true") -> int:
    """End the connections of the API that are in the middle of something; return how many."""
    with database.transaction() as connection:
        ended = connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = :name AND xact_start IS NOT NULL"
                f" AND {which} AND datname = current_database()"
            ),
            {"name": APPLICATION},
        )
        return len(ended.all())


def test_a_body_without_a_length_has_a_limit_too(http: httpx.Client) -> None:
    answer = http.post(
        GENERATE,
        content=(b" " * 65_536 for _ in range(32)),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 413, answer.text
    assert answer.json()["error"] == "payload_too_large"


def test_a_body_in_broken_chunks_is_the_senders_fault(server: Server, client: Client) -> None:
    host, _, port = server.url.removeprefix("http://").partition(":")
    head = (
        f"POST {GENERATE} HTTP/1.1\r\nHost: {host}\r\nAuthorization: apk {client.key}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
        "Connection: close\r\n\r\nno size\r\n"
    )
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode())
        with connection.makefile("rb") as answer:
            status, body = answer.readline(), answer.read()
    assert status.startswith(b"HTTP/1.1 400 ")
    assert b'"error":"invalid_request"' in body


def test_a_body_that_was_not_read_spoils_nothing(server: Server, http: httpx.Client) -> None:
    for _ in range(3):
        answer = http.post(GENERATE, json=PLAIN, headers={"Authorization": "apk 0.no"})
        assert answer.status_code == 401
        assert http.post(GENERATE, json=PLAIN).status_code == 200


def test_head_is_get_without_a_body(http: httpx.Client) -> None:
    job = http.post(GENERATE, json=PLAIN).json()["job"]
    for path in (path_of(job), f"{path_of(job)}/values", "/healthz", "/no/such/path"):
        get, head = http.get(path), http.head(path)
        assert head.status_code == get.status_code
        assert head.headers["Content-Type"] == get.headers["Content-Type"]
        assert head.content == b""


def send(server: Server, head: str) -> tuple[bytes, bytes, dict[str, str]]:
    """The first line, the headers, and the body of an error, as one who writes by hand gets it."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode())
        with connection.makefile("rb") as answer:
            status, rest = answer.readline(), answer.read()
    fields, _, body = rest.partition(b"\r\n\r\n")
    return status, fields, json.loads(body)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n", "too long"),
        ("GET / HTTP/1.1\r\nHost: x\r\nX: {long}\r\n\r\n", "headers"),
        ("GET / HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n", "can be read"),
        ("hello?\r\n\r\n", "can be read"),
    ],
)
def test_what_is_no_request_gets_an_error_as_any_other(
    server: Server, head: str, words: str
) -> None:
    status, fields, found = send(server, head.format(long="x" * 20_000))
    assert status == b"HTTP/1.1 400 Bad Request\r\n"
    assert b"Content-Type: application/json" in fields
    assert found["error"] == "invalid_request"
    assert words in found["error_description"]


def test_the_longest_cursor_fits_into_a_request(http: httpx.Client) -> None:
    answer = http.get("/dct/v3/jobs", params={"cursor": "x" * 4096})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert "not a cursor of this list" in answer.json()["error_description"]


#: Becomes the command that follows it, with so many files at most.
LIMITED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]),) * 2)
os.execv(sys.argv[2], sys.argv[2:])
"""


def test_more_clients_than_files_take_turns(settings: Settings, project: Path) -> None:
    """They are many more than the process may have open, and all keep their connections."""
    limit = OTHER_FILES + 20
    with serve(
        settings, project=project, prefix=(sys.executable, "-c", LIMITED, str(limit))
    ) as server:
        host, _, port = server.url.removeprefix("http://").partition(":")
        clients = [socket.create_connection((host, int(port))) for _ in range(2 * limit)]
        try:
            for client in clients:
                client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            for client in clients:
                client.settimeout(PATIENCE)
                assert client.recv(12) == b"HTTP/1.1 200"
        finally:
            for client in clients:
                client.close()
        os.kill(server.pid, 0)  # or it ended, and another took its place


@pytest.mark.parametrize("path", ["/healthz", f"{BASE}/jobs", "/no/such/path"])
@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ("", "Host header"),
        ("X-Host: x\r\n", "Host header"),
        ("Host: x\r\nHost: x\r\n", "can be read"),
    ],
)
def test_field_e7_a_request_of_http_1_1_names_its_host_once(
    server: Server, path: str, headers: str, words: str
) -> None:
    status, _, found = send(server, f"GET {path} HTTP/1.1\r\n{headers}\r\n")
    assert status == b"HTTP/1.1 400 Bad Request\r\n"
    assert words in found["error_description"]


def test_field_e7_http_1_0_needs_no_host(server: Server) -> None:
    status, _, found = send(server, "GET /healthz HTTP/1.0\r\n\r\n")
    assert (status.split()[1], found) == (b"200", {"status": "ok"})


def named_by(page: str) -> list[str]:
    return re.findall(r'(?:src|href)="([^"]+)"', page)


def test_field_a13_a_proxy_that_may_says_the_prefix(server: Server) -> None:
    with httpx.Client(base_url=server.url, trust_env=False, timeout=PATIENCE) as http:
        for said, root in [
            ("/tools/mill", "/tools/mill"),
            ("/mill/", "/mill"),
            ("/outer, /mill", "/mill"),
            ("//elsewhere.example", ""),
            ('/"><script>', ""),
            ("mill", ""),
        ]:
            headers = {"X-Forwarded-Prefix": said}
            page = http.get("/docs", headers=headers).text
            assert len(named_by(page)) >= 5
            for address in named_by(page):
                assert address.startswith((f"{root}/docs/", f"{root}{BASE}/"))
            start = http.get("/docs/start.js", headers=headers).text
            assert f'"{root}{BASE}/openapi.json"' in start
            described = http.get(f"{BASE}/openapi.json", headers=headers).json()
            assert described.get("servers") == ([{"url": root}] if root else None)
            published = http.get("/dct/static/api-external.yaml", headers=headers).text
            assert f"- url: {root}{BASE}\n" in published


def test_field_a13_others_do_not_say_it(settings: Settings, project: Path) -> None:
    options = ("--forwarded-allow-ips", "192.0.2.1")
    with serve(settings, *options, project=project) as server:
        headers = {"X-Forwarded-Prefix": "/mill"}
        page = httpx.get(f"{server.url}/docs", headers=headers, trust_env=False).text
    assert "/mill" not in page


def test_field_a13_script_name_is_the_prefix(settings: Settings, project: Path) -> None:
    with (
        serve(settings, project=project, SCRIPT_NAME="/mill") as server,
        httpx.Client(base_url=server.url, trust_env=False, timeout=PATIENCE) as http,
    ):
        page = http.get("/mill/docs")
        assert page.status_code == 200
        for address in named_by(page.text):
            assert address.startswith("/mill/")
            assert http.get(address).status_code == 200
        outside = http.get("/docs")
        assert (outside.status_code, outside.json()["error"]) == (404, "not_found")
