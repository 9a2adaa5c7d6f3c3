from __future__ import annotations

import socket
import threading
import traceback
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest

from shared.connectors import hosts
from shared.connectors.errors import NotPermitted, NotReachable
from shared.connectors.interface import Limits, Secrets
from shared.connectors.tunnel import SshServer, learn_host_key, open_tunnel
from shared.host_list import HostList
from tests.support.ssh import PASSWORD, USER, SshStand, ssh_server
from tests.support.waiting import wait_until

LIMITS = Limits(hosts=HostList.parse("localhost"), connect_seconds=5)
BY_PASSWORD = Secrets(ssh_password=PASSWORD)


@pytest.fixture
def stand() -> Iterator[SshStand]:
    with ssh_server() as running:
        yield running


@pytest.fixture
def echo() -> Iterator[hosts.Place]:
    """A server that says what it hears."""

    def serve(server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                with connection:
                    while heard := connection.recv(1024):
                        connection.sendall(heard)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, args=(server,), daemon=True).start()
        yield hosts.Place(host="inner.example", addresses=(), port=server.getsockname()[1])


@pytest.fixture
def inner(echo: hosts.Place) -> hosts.Place:
    """The same by a name that the SSH server resolves."""
    return hosts.Place(host="localhost", addresses=(), port=echo.port)


def server(stand: SshStand, **more: object) -> SshServer:
    given = {"host": "127.0.0.1", "port": stand.port, "username": USER}
    return SshServer(**{**given, "host_key": stand.written_key, **more})  # type: ignore[arg-type]


def says(port: int, text: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(text)
        return connection.recv(1024)


def test_bytes_go_through_and_the_name_is_resolved_at_the_far_end(
    stand: SshStand, inner: hosts.Place
) -> None:
    with open_tunnel(server(stand), BY_PASSWORD, to=inner, limits=LIMITS) as tunnel:
        assert says(tunnel.port, b"hello") == b"hello"
        tunnel.check()
    assert stand.asked == [("localhost", inner.port)]
    with pytest.raises(OSError, match="refused"):
        says(tunnel.port, b"still there?")


@pytest.mark.parametrize("passphrase", ["", "key-Secret-8"])
def test_a_private_key_opens_it_encrypted_or_not(
    stand: SshStand, inner: hosts.Place, passphrase: str
) -> None:
    written = stand.client_key.export_private_key("openssh", passphrase or None).decode()
    secrets = Secrets(ssh_pkey=written, ssh_pkey_password=passphrase)
    with open_tunnel(server(stand), secrets, to=inner, limits=LIMITS) as tunnel:
        assert says(tunnel.port, b"hello") == b"hello"
    assert stand.passwords == []


@pytest.mark.parametrize(
    "secrets",
    [
        Secrets(ssh_password="wrong-Secret"),
        Secrets(),
        Secrets(
            ssh_pkey=asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
        ),
    ],
)
def test_who_is_not_let_in_is_told_so(
    stand: SshStand, inner: hosts.Place, secrets: Secrets
) -> None:
    with (
        pytest.raises(NotPermitted, match="does not let us in") as raised,
        open_tunnel(server(stand), secrets, to=inner, limits=LIMITS),
    ):
        pass
    assert "wrong-Secret" not in "".join(traceback.format_exception(raised.value))


def test_a_key_that_is_none_is_not_repeated(stand: SshStand, inner: hosts.Place) -> None:
    locked = stand.client_key.export_private_key("openssh", "right").decode()
    for text, passphrase in (("-----BEGIN rubbish", ""), (locked, ""), (locked, "wrong")):
        secrets = Secrets(ssh_pkey=text, ssh_pkey_password=passphrase)
        with (
            pytest.raises(NotPermitted, match="cannot be read") as raised,
            open_tunnel(server(stand), secrets, to=inner, limits=LIMITS),
        ):
            pass
        assert text[11:30] not in str(raised.value)


def test_nothing_of_this_host_is_shown_to_a_server(
    stand: SshStand, inner: hosts.Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / ".ssh"
    home.mkdir()
    stand.client_key.write_private_key(home / "id_ed25519")
    (home / "config").write_text("Host *\n  HostKeyAlias other\n  ProxyCommand touch /tmp/no\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    with (
        pytest.raises(NotPermitted, match="does not let us in"),
        open_tunnel(server(stand), Secrets(), to=inner, limits=LIMITS),
    ):
        pass
    assert stand.offered == []


def test_a_host_key_is_learned_without_a_word_to_the_server(stand: SshStand) -> None:
    learned = learn_host_key(server(stand, host_key=""), limits=LIMITS)
    assert learned == stand.written_key
    assert (stand.passwords, stand.offered) == ([], [])


@pytest.mark.parametrize("form", ["key", "key with a comment", "fingerprint"])
def test_a_known_host_key_is_recognised(stand: SshStand, inner: hosts.Place, form: str) -> None:
    known = {
        "key": stand.written_key,
        "key with a comment": f"{stand.written_key} root@bastion",
        "fingerprint": stand.host_key.get_fingerprint(),
    }[form]
    with open_tunnel(server(stand, host_key=known), BY_PASSWORD, to=inner, limits=LIMITS):
        pass


def test_a_server_with_several_keys_shows_the_one_that_is_known(inner: hosts.Place) -> None:
    others = [asyncssh.generate_private_key(each) for each in ("ssh-rsa", "ecdsa-sha2-nistp256")]
    with ssh_server(*others) as stand:
        for key in (*others, stand.host_key):
            known = " ".join(key.export_public_key("openssh").decode().split()[:2])
            with open_tunnel(server(stand, host_key=known), BY_PASSWORD, to=inner, limits=LIMITS):
                pass


@pytest.mark.parametrize("kind", ["ssh-ed25519", "fingerprint"])
def test_another_host_key_is_an_error_that_names_it_before_anything_is_said(
    stand: SshStand, inner: hosts.Place, kind: str
) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519")
    known = (
        other.get_fingerprint()
        if kind == "fingerprint"
        else other.export_public_key("openssh").decode()
    )
    with (
        pytest.raises(NotPermitted, match="another host key") as raised,
        open_tunnel(server(stand, host_key=known), BY_PASSWORD, to=inner, limits=LIMITS),
    ):
        pass
    assert stand.host_key.get_fingerprint() in str(raised.value)
    assert (stand.passwords, stand.offered) == ([], [])


def test_a_server_that_was_never_met_is_not_entered(stand: SshStand, inner: hosts.Place) -> None:
    with (
        pytest.raises(NotPermitted, match="never met"),
        open_tunnel(server(stand, host_key=""), BY_PASSWORD, to=inner, limits=LIMITS),
    ):
        pass
    assert stand.passwords == []


@pytest.mark.parametrize("text", ["ssh-ed25519 AAAA", "rubbish"])
def test_a_host_key_that_is_none_is_said(stand: SshStand, inner: hosts.Place, text: str) -> None:
    with (
        pytest.raises(NotPermitted, match="ssh-keyscan"),
        open_tunnel(server(stand, host_key=text), BY_PASSWORD, to=inner, limits=LIMITS),
    ):
        pass


def test_a_dead_tunnel_is_noticed(stand: SshStand, inner: hosts.Place) -> None:
    with open_tunnel(server(stand), BY_PASSWORD, to=inner, limits=LIMITS) as tunnel:
        connection = socket.create_connection(("127.0.0.1", tunnel.port), timeout=5)
        stand.drop()
        with connection, suppress(ConnectionError):
            assert connection.recv(1) == b""
        wait_until(lambda: _is_dead(tunnel))
        with pytest.raises(NotReachable, match="broken down"):
            tunnel.check()


def _is_dead(tunnel: object) -> bool:
    try:
        tunnel.check()  # type: ignore[attr-defined]
    except NotReachable:
        return True
    return False


def test_a_server_that_is_not_listed_is_not_connected_to(
    stand: SshStand, inner: hosts.Place
) -> None:
    nowhere = Limits(hosts=HostList.parse("other.example"))
    with (
        pytest.raises(NotPermitted, match="VALUEMILL_CONNECTOR_HOSTS"),
        open_tunnel(server(stand), BY_PASSWORD, to=inner, limits=nowhere),
    ):
        pass
    with pytest.raises(NotPermitted, match="VALUEMILL_CONNECTOR_HOSTS"):
        learn_host_key(server(stand), limits=nowhere)
    assert stand.connections == []


def test_what_is_no_ssh_server_is_said(echo: hosts.Place) -> None:
    no_server = SshServer(host="127.0.0.1", port=echo.port, host_key="SHA256:x")
    impatient = replace(LIMITS, connect_seconds=1)
    with pytest.raises(NotReachable):
        learn_host_key(no_server, limits=impatient)
    with (
        pytest.raises(NotReachable),
        open_tunnel(no_server, BY_PASSWORD, to=echo, limits=impatient),
    ):
        pass


def test_a_wished_port_is_taken_where_it_is_free(stand: SshStand, inner: hosts.Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with open_tunnel(
            server(stand, local_port=port), BY_PASSWORD, to=inner, limits=LIMITS
        ) as tunnel:
            assert tunnel.port != port
    with open_tunnel(
        server(stand, local_port=port), BY_PASSWORD, to=inner, limits=LIMITS
    ) as tunnel:
        assert tunnel.port == port


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5", "127.0.0.1 "])  # noqa: S104
def test_a_tunnel_opens_on_loopback_alone(host: str) -> None:
    with pytest.raises(NotPermitted, match=r"only be 127\.0\.0\.1"):
        SshServer.read({"host": "h", "local_host": host})


def test_settings_are_read_as_they_are_written() -> None:
    read = SshServer.read(
        {"host": "h", "port": 2222, "username": "u", "local_port": 80, "local_host": None}
    )
    assert read == SshServer(host="h", port=2222, username="u", local_port=0)
    assert SshServer.read({"host": "h", "local_port": 15432}).local_port == 15432
