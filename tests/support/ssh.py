"""An SSH server of asyncssh's, in a thread: with a password, with keys, with a forwarding rule."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import asyncssh

from tests.support.waiting import PATIENCE

USER = "tunneller"
PASSWORD = "ssh-Secret-7"


@dataclass
class SshStand:
    """A running server, and what it has seen.

    :param asked: where clients wanted to be taken.
    :param offered: the keys that clients have shown it.
    """

    host_key: asyncssh.SSHKey
    client_key: asyncssh.SSHKey
    port: int = 0
    asked: list[tuple[str, int]] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)
    connections: list[asyncssh.SSHServerConnection] = field(default_factory=list)
    loop: asyncio.AbstractEventLoop | None = None

    @property
    def written_key(self) -> str:
        """Its host key, as a client knows it."""
        return " ".join(self.host_key.export_public_key("openssh").decode().split()[:2])

    def drop(self) -> None:
        """Break off all connections, as a server that is killed."""
        assert self.loop is not None
        for connection in self.connections:
            self.loop.call_soon_threadsafe(connection.abort)


class _Server(asyncssh.SSHServer):
    def __init__(self, stand: SshStand) -> None:
        self._stand = stand

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._stand.connections.append(conn)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        self._stand.passwords.append(password)
        return (username, password) == (USER, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        self._stand.offered.append(key.get_fingerprint())
        return username == USER and key == self._stand.client_key.convert_to_public()

    def connection_requested(self, dest_host: str, dest_port: int, *_: object) -> bool:
        self._stand.asked.append((dest_host, dest_port))
        return True


@contextmanager
def ssh_server(*more_keys: asyncssh.SSHKey) -> Iterator[SshStand]:
    """A server on loopback for as long as the block runs.

    :param more_keys: other host keys that it has besides.
    """
    stand = SshStand(
        host_key=asyncssh.generate_private_key("ssh-ed25519"),
        client_key=asyncssh.generate_private_key("ssh-ed25519"),
    )
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    loop.set_exception_handler(lambda *_: None)
    stand.loop = loop

    async def serve() -> None:
        server = await asyncssh.create_server(
            lambda: _Server(stand), "127.0.0.1", 0, server_host_keys=[*more_keys, stand.host_key]
        )
        stand.port = server.get_port()
        ready.set()
        await stop.wait()
        server.close()
        for connection in stand.connections:
            with suppress(Exception):
                connection.abort()
        await asyncio.sleep(0.05)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield stand
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE)
        loop.close()
