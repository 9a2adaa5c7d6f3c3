"""A way through an SSH server to a database that only it can reach.

asyncssh runs in a thread of its own and carries a loopback port of this host to the far end. The
server has to show the host key that is known of it: a key that its client gave, or the one that it
showed when it was first met (:func:`learn_host_key`), which the caller keeps. Nothing of our own
is shown to it: no keys of this host, no agent, no settings of OpenSSH.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncssh

from shared.connectors import hosts
from shared.connectors.errors import ConnectorError, NotPermitted, NotReachable
from shared.connectors.interface import Limits, Secrets

PORT = 22
LOOPBACK = "127.0.0.1"

#: A server that does not answer so many times in a row, each after so many seconds, is dead.
_KEEPALIVE_SECONDS = 10
_KEEPALIVES = 3

_FINGERPRINT = "SHA256:"

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class SshServer:
    """Where it is, as whom it is entered, and how it is known.

    :param host_key: as OpenSSH writes it (``ssh-ed25519 AAAA...``), or its fingerprint
        (``SHA256:...``); empty: it was never met.
    :param local_port: a wish; another one is taken where this is in use.
    """

    host: str
    port: int = PORT
    username: str = ""
    host_key: str = ""
    local_port: int = 0

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> SshServer:
        """What ``SSHTunnel`` of an address's ``hooks_params`` says.

        :raises NotPermitted: when it would open a port to others than this host.
        """
        local_host = str(settings.get("local_host") or LOOPBACK)
        if local_host not in (LOOPBACK, "localhost", "::1"):
            raise NotPermitted(
                "The local_host of an SSH tunnel can only be 127.0.0.1: a tunnel is for the worker "
                "that opens it, and for nobody else."
            )
        local_port = settings.get("local_port") or 0
        return cls(
            host=str(settings.get("host") or ""),
            port=int(settings.get("port") or PORT),
            username=str(settings.get("username") or ""),
            host_key=str(settings.get("host_key") or ""),
            local_port=int(local_port) if 1024 <= int(local_port) < 65_536 else 0,
        )


def learn_host_key(server: SshServer, *, limits: Limits) -> str:
    """The key that a server shows, as OpenSSH writes it; nothing is shown to it.

    :raises NotPermitted: it may not be connected to.
    :raises NotReachable: it does not answer, or is no SSH server.
    """
    guard = _Guard("")
    with _Thread() as thread:
        place = hosts.find(server.host, server.port, limits=limits)
        with suppress(asyncssh.Error):
            thread.run(_connect(place, server, Secrets(), limits, guard), limits)
    if guard.shown is None:
        raise NotReachable(f"What answers at {place} is no SSH server.")
    return _written(guard.shown)


class Tunnel:
    """An open tunnel.

    :param port: of this host's loopback, which leads to the far end.
    """

    def __init__(self, connection: asyncssh.SSHClientConnection, port: int, through: str) -> None:
        self._connection = connection
        self._through = through
        self.port = port

    def check(self) -> None:
        """See that it still leads there.

        :raises NotReachable: the SSH server has gone, or does not answer any more.
        """
        if self._connection.is_closed():
            raise NotReachable(
                f"The SSH tunnel through {self._through} has broken down. The same may succeed "
                "later; if it does not, see to the SSH server."
            )


@contextmanager
def open_tunnel(
    server: SshServer, secrets: Secrets, *, to: hosts.Place, limits: Limits
) -> Iterator[Tunnel]:
    """Carry a loopback port to a place that the server can reach, for as long as the block runs.

    :raises NotPermitted: it may not be connected to, lets us not in, or has another host key.
    :raises NotReachable: it does not answer.
    """
    if not server.host_key:
        raise NotPermitted(
            f"The SSH server {server.host} was never met, so nobody can tell whether it is the "
            "right one. Have the workspace looked at first, or give its host_key."
        )
    place = hosts.find(server.host, server.port, limits=limits)
    guard = _Guard(server.host_key)
    with _Thread() as thread:
        try:
            connection = thread.run(_connect(place, server, secrets, limits, guard), limits)
        except asyncssh.Error as error:
            raise _explain(error, place, guard) from None
        try:
            port = thread.run(_forward(connection, to, server.local_port), limits)
            yield Tunnel(connection, port, str(place))
        finally:
            with suppress(Exception):
                thread.run(_close(connection), limits)


class _Guard(asyncssh.SSHClient):
    """Knows the one host key that is right, and remembers which one was shown."""

    def __init__(self, known: str) -> None:
        self._known = known
        self.shown: asyncssh.SSHKey | None = None

    def validate_host_public_key(
        self,
        host: str,  # noqa: ARG002
        addr: str,  # noqa: ARG002
        port: int,  # noqa: ARG002
        key: asyncssh.SSHKey,
    ) -> bool:
        """Called by asyncssh before anything is told to the server."""
        self.shown = key
        return _is_same(key, self._known)


def _is_same(key: asyncssh.SSHKey, known: str) -> bool:
    if known.startswith(_FINGERPRINT):
        return bool(key.get_fingerprint() == known.strip())
    return bool(known) and _written(key).split() == known.split()[:2]


def _written(key: asyncssh.SSHKey) -> str:
    """A public key as OpenSSH writes it, without a comment."""
    algorithm, content = key.export_public_key("openssh").decode().split()[:2]
    return f"{algorithm} {content}"


def _algorithms(host_key: str) -> list[str] | str:
    """Those by which a server shows this key, of the several that it may have."""
    if not host_key or host_key.startswith(_FINGERPRINT):
        return "default"
    try:
        key = asyncssh.import_public_key(host_key)
    except (asyncssh.KeyImportError, ValueError):
        raise NotPermitted(
            "The host_key of the SSH server is none; it looks like `ssh-ed25519 AAAA...`, as "
            "`ssh-keyscan` prints it behind the host's name, or like `SHA256:...`."
        ) from None
    return [algorithm.decode() for algorithm in key.sig_algorithms]


async def _connect(
    place: hosts.Place, server: SshServer, secrets: Secrets, limits: Limits, guard: _Guard
) -> asyncssh.SSHClientConnection:
    algorithms = _algorithms(server.host_key)
    key = _private_key(secrets)
    connection = await asyncio.to_thread(hosts.connect, place, seconds=limits.connect_seconds)
    connection.setblocking(False)
    return await asyncssh.connect(
        place.host,
        place.port,
        sock=connection,
        client_factory=lambda: guard,
        # No key is trusted but by the guard, no certificate at all.
        known_hosts=([], [], []),
        server_host_key_algs=algorithms,
        x509_trusted_certs=None,
        username=server.username,
        password=secrets.ssh_password or None,
        # An empty list would have it look for keys in somebody's home folder.
        client_keys=[key] if key else None,
        preferred_auth="publickey,keyboard-interactive,password",
        config=None,
        agent_path=None,
        agent_forwarding=False,
        gss_host=None,
        host_based_auth=False,
        compression_algs=None,
        connect_timeout=limits.connect_seconds,
        login_timeout=limits.connect_seconds,
        keepalive_interval=_KEEPALIVE_SECONDS,
        keepalive_count_max=_KEEPALIVES,
    )


def _private_key(secrets: Secrets) -> asyncssh.SSHKey | None:
    if not secrets.ssh_pkey:
        return None
    try:
        return asyncssh.import_private_key(secrets.ssh_pkey, secrets.ssh_pkey_password or None)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError):
        raise NotPermitted(
            "The private key for the SSH server cannot be read. It has to be in PEM or OpenSSH's "
            "form; where it is encrypted, give the right pkey_password too."
        ) from None


async def _forward(connection: asyncssh.SSHClientConnection, to: hosts.Place, wish: int) -> int:
    for port in (wish, 0):
        with suppress(OSError):
            listener = await connection.forward_local_port(LOOPBACK, port, to.host, to.port)
            return listener.get_port()
    raise NotReachable("No loopback port is free for the SSH tunnel.")


async def _close(connection: asyncssh.SSHClientConnection) -> None:
    connection.abort()
    await connection.wait_closed()


def _explain(error: asyncssh.Error, place: hosts.Place, guard: _Guard) -> ConnectorError:
    """In our words: a server's own may hold anything."""
    if isinstance(error, asyncssh.HostKeyNotVerifiable) and guard.shown is not None:
        return NotPermitted(
            f"The SSH server {place} shows another host key than the one that is known of it: "
            f"{guard.shown.get_algorithm()} {guard.shown.get_fingerprint()}. It was set up anew, "
            "or somebody stands between. If this fingerprint is right, make the workspace anew, "
            "or give the key as host_key."
        )
    if isinstance(error, asyncssh.PermissionDenied):
        return NotPermitted(
            f"The SSH server {place} does not let us in: see to the user, and to the password or "
            "the private key."
        )
    if isinstance(error, asyncssh.KeyExchangeFailed):
        return NotReachable(
            f"The SSH server {place} and we have no way of speaking in common, or it has no host "
            "key of the kind that is known of it."
        )
    return NotReachable(f"The SSH server {place} has broken off; it may answer later.")


class _Thread:
    """A loop of asyncio in a thread, for as long as the block runs."""

    def __enter__(self) -> _Thread:
        self._loop = asyncio.new_event_loop()
        # What breaks is told to who waits for it, or noticed by `check`.
        self._loop.set_exception_handler(lambda *_: None)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="tunnel")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def run(self, what: Coroutine[Any, Any, T], limits: Limits) -> T:
        """What it brings.

        :raises NotReachable: it takes too long.
        """
        waiting = asyncio.run_coroutine_threadsafe(what, self._loop)
        try:
            # Each part of it has this time limit; they follow one another.
            return waiting.result(timeout=4 * limits.connect_seconds)
        except TimeoutError:
            waiting.cancel()
            raise NotReachable("The SSH server does not answer in time.") from None
        except OSError as error:
            raise NotReachable(
                f"The SSH server cannot be reached ({error.strerror or 'it has broken off'})."
            ) from None
