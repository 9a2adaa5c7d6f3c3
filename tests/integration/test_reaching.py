"""The ways to a database, to a real PostgreSQL: encrypted, through a tunnel, both."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.local.stack import LocalInfo
from shared.connectors.errors import NotPermitted, NotReachable
from shared.connectors.interface import Address, Limits, Secrets
from shared.connectors.reaching import meet, reach
from shared.database_address import read_address
from shared.host_list import HostList
from tests.support.ssh import PASSWORD, USER, SshStand, ssh_server
from tests.support.tls import Authority, Relay, make_authority, relay

LIMITS = Limits(hosts=HostList.parse("localhost"), connect_seconds=10)


@pytest.fixture(scope="module")
def server(backing: LocalInfo) -> dict[str, str]:
    return read_address(backing.database_url)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def encrypting(authority: Authority, server: dict[str, str]) -> Iterator[Relay]:
    with relay(authority, to=int(server["port"]), postgres=True) as running:
        yield running


@pytest.fixture
def stand() -> Iterator[SshStand]:
    with ssh_server() as running:
        yield running


def address(host: str, port: int, **hooks: Any) -> Address:
    return Address(connector_type="postgresql", host=host, port=port, hooks_params=hooks)


def ssh(stand: SshStand, **more: object) -> dict[str, object]:
    return {"host": "127.0.0.1", "port": stand.port, "username": USER, **more}


@contextmanager
def connected(
    to: Address, secrets: Secrets, server: dict[str, str], limits: Limits = LIMITS
) -> Iterator[psycopg.Connection[Any]]:
    with reach(to, secrets, limits=limits, port=5432) as way:
        keywords = {
            **way.libpq(),
            **{"user": server["user"], "password": server["password"]},
            **{"dbname": server["dbname"], "passfile": str(way.folder / "none")},
        }
        with psycopg.connect(**keywords) as connection:
            yield connection


def test_a_plain_way(server: dict[str, str]) -> None:
    for host in ("127.0.0.1", "localhost"):
        with connected(address(host, int(server["port"])), Secrets(), server) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_name_is_checked_by_its_certificate_though_it_is_not_resolved_again(
    encrypting: Relay, authority: Authority, server: dict[str, str]
) -> None:
    secrets = Secrets(ssl_ca=authority.ca.read_text())
    to = address("localhost", encrypting.port, SSL={"ssl_mode": "verify-full"})
    with connected(to, secrets, server) as connection:
        assert connection.info.hostaddr == "127.0.0.1"
    assert encrypting.encrypted == 1


def test_a_certificate_of_a_stranger_is_not_believed(
    encrypting: Relay, authority: Authority, server: dict[str, str]
) -> None:
    to = address("localhost", encrypting.port, SSL={"ssl_mode": "verify-full"})
    secrets = Secrets(ssl_ca=authority.stranger.read_text())
    with (
        pytest.raises(psycopg.OperationalError, match="certificate verify failed"),
        connected(to, secrets, server),
    ):
        pass


def test_a_name_is_looked_up_once_and_another_ones_certificate_is_not_believed(
    encrypting: Relay,
    authority: Authority,
    server: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    look_up, looks = socket.getaddrinfo, iter(["127.0.0.1"])

    def once(host: str, *rest: Any, **more: Any) -> Any:
        """The second time it leads nowhere."""
        return look_up(next(looks, "") or "nowhere.invalid", *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", once)
    secrets = Secrets(ssl_ca=authority.ca.read_text())
    to = address("db.example", encrypting.port, SSL={"ssl_mode": "verify-full"})
    with (
        pytest.raises(psycopg.OperationalError, match="does not match host name"),
        connected(to, secrets, server),
    ):
        pass


def test_certificates_of_our_own_home_are_neither_shown_nor_believed(
    server: dict[str, str],
    encrypting: Relay,
    authority: Authority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = tmp_path / ".postgresql"
    home.mkdir()
    # Either of these would make the connection fail, were it read.
    (home / "postgresql.crt").write_text("none")
    (home / "root.crt").write_text(authority.stranger.read_text())
    monkeypatch.setenv("HOME", str(tmp_path))
    to = address("localhost", encrypting.port, SSL={"ssl_mode": "require"})
    with connected(to, Secrets(), server):
        pass


def test_through_a_tunnel_and_encrypted_within(
    stand: SshStand, encrypting: Relay, authority: Authority, server: dict[str, str]
) -> None:
    secrets = Secrets(ssl_ca=authority.ca.read_text(), ssh_password=PASSWORD)
    to = address(
        *("localhost", encrypting.port), SSHTunnel=ssh(stand), SSL={"ssl_mode": "verify-full"}
    )
    learned = meet(to, limits=LIMITS)
    assert learned == stand.written_key
    with connected(to.with_host_key(learned), secrets, server) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert stand.asked == [("localhost", encrypting.port)]
    assert encrypting.encrypted == 1


def test_a_host_key_that_a_client_gave_counts_more_than_one_that_was_met(stand: SshStand) -> None:
    given = address("localhost", 1, SSHTunnel=ssh(stand, host_key="SHA256:given"))
    assert meet(given, limits=LIMITS) is None
    assert given.with_host_key("ssh-ed25519 kept") == given
    plain = address("localhost", 1)
    assert meet(plain, limits=LIMITS) is None
    assert plain.with_host_key("ssh-ed25519 kept") == plain


def test_what_a_tunnel_leads_to_goes_through_the_list_too(
    stand: SshStand, server: dict[str, str]
) -> None:
    tunnel = ssh(stand, host_key=stand.written_key)
    for host in ("169.254.169.254", "metadata.internal", "10.0.0.5"):
        with (
            pytest.raises(NotPermitted, match="VALUEMILL_CONNECTOR_HOSTS"),
            connected(address(host, 80, SSHTunnel=tunnel), Secrets(ssh_password=PASSWORD), server),
        ):
            pass
    assert stand.connections == []


def test_a_dead_tunnel_is_told_from_a_dead_database(
    stand: SshStand, server: dict[str, str]
) -> None:
    tunnel = ssh(stand, host_key=stand.written_key)
    to = address("localhost", int(server["port"]), SSHTunnel=tunnel)
    with reach(to, Secrets(ssh_password=PASSWORD), limits=LIMITS, port=5432) as way:
        keywords = {key: server[key] for key in ("user", "password", "dbname")}
        with psycopg.connect(**way.libpq(), **keywords) as connection:  # type: ignore[arg-type]
            way.check()
            stand.drop()
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")
            with pytest.raises(NotReachable, match="tunnel"):
                way.check()


def test_our_own_database_is_no_customers(backing: LocalInfo, server: dict[str, str]) -> None:
    own = Limits(hosts=HostList.parse("localhost"), own_databases=(backing.database_url,))
    for host in ("127.0.0.1", "localhost", "127.0.0.3", "::ffff:127.0.0.1"):
        with (
            pytest.raises(NotPermitted),
            connected(address(host, int(server["port"])), Secrets(), server, own),
        ):
            pass
