"""A certificate authority, and servers that speak TLS before ones that cannot.

The embedded PostgreSQL and Redis are built without TLS. What is tested is our side: that clients
encrypt, and check whom they talk to. So a relay of a few lines ends the TLS and passes on what it
carried.
"""

from __future__ import annotations

import asyncio
import shutil
import ssl
import struct
import subprocess
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.waiting import PATIENCE

#: What a PostgreSQL client sends first to ask for TLS (its protocol, SSLRequest).
SSL_REQUEST = struct.pack("!ii", 8, 80877103)


@dataclass(frozen=True)
class Authority:
    """Certificates: the authority's own, a server's for 127.0.0.1 and localhost, a stranger's."""

    ca: Path
    server: Path
    stranger: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.server)
        return context


def make_authority(folder: Path) -> Authority:
    """Make one with the `openssl` program; skips the test where there is none."""
    if not shutil.which("openssl"):
        pytest.skip("needs the program `openssl` to make certificates")
    for name in ("ca", "stranger"):
        _openssl(
            folder,
            *("req", "-x509", "-subj", f"/CN={name}", "-days", "2", "-out", f"{name}.pem"),
            *("-addext", "basicConstraints=critical,CA:TRUE"),
            *("-addext", "keyUsage=critical,keyCertSign,cRLSign"),
            *_new_key(name),
        )
    _openssl(folder, "req", "-subj", "/CN=server", "-out", "server.csr", *_new_key("server"))
    (folder / "names").write_text(
        "subjectAltName=IP:127.0.0.1,DNS:localhost\nauthorityKeyIdentifier=keyid\n"
    )
    _openssl(
        folder,
        *("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key"),
        *("-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "server.crt"),
    )
    server = folder / "server.pem"
    server.write_text((folder / "server.key").read_text() + (folder / "server.crt").read_text())
    return Authority(ca=folder / "ca.pem", server=server, stranger=folder / "stranger.pem")


def _new_key(name: str) -> tuple[str, ...]:
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
    return (*curve, "-nodes", "-keyout", f"{name}.key")


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


class Relay:
    """Ends TLS and passes on what it carried to a port of this machine.

    :param postgres: expect PostgreSQL's request for TLS first, and grant it.
    """

    def __init__(self, authority: Authority, *, to: int, postgres: bool = False) -> None:
        self._context = authority.context()
        self._to = to
        self._postgres = postgres
        self.port = 0
        #: Connections that came as far as being encrypted.
        self.encrypted = 0

    async def serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        server = await asyncio.start_server(
            self._handle, "127.0.0.1", 0, ssl=None if self._postgres else self._context
        )
        self.port = int(server.sockets[0].getsockname()[1])
        ready.set()
        await stop.wait()
        server.close()

    async def _handle(self, inner: StreamReader, back: StreamWriter) -> None:
        with suppress(OSError, EOFError):
            if self._postgres:
                if await inner.readexactly(len(SSL_REQUEST)) != SSL_REQUEST:
                    return
                back.write(b"S")
                await back.start_tls(self._context)
            self.encrypted += 1
            outer, forth = await asyncio.open_connection("127.0.0.1", self._to)
            await asyncio.gather(_copy(inner, forth), _copy(outer, back))


async def _copy(source: StreamReader, target: StreamWriter) -> None:
    with suppress(OSError):
        while piece := await source.read(65_536):
            target.write(piece)
            await target.drain()
    target.close()


@contextmanager
def relay(authority: Authority, *, to: int, postgres: bool = False) -> Iterator[Relay]:
    """A relay that runs for as long as the block."""
    running, ready = Relay(authority, to=to, postgres=postgres), threading.Event()
    loop, stop = asyncio.new_event_loop(), asyncio.Event()

    def run() -> None:
        loop.run_until_complete(running.serve(ready, stop))
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.1))
        loop.close()

    # A client that refuses our certificate is what is tested; nobody needs to read of it.
    loop.set_exception_handler(lambda *_: None)
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(PATIENCE)
    try:
        yield running
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE)
