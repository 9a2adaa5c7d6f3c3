"""PostgreSQL with a ticket in place of a password: a realm and a server of the system's."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.connectors.errors import ConnectorError, NotPermitted
from shared.connectors.interface import Address, Limits, Secrets
from shared.connectors.opening import open_source
from shared.host_list import HostList
from tests.support.kerberos import REALM, Realm, as_secret, postgres_by_tickets, realm

pytestmark = pytest.mark.field

LIMITS = Limits(hosts=HostList.parse("localhost"), connect_seconds=10)
APP = f"app@{REALM}"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """PostgreSQL, which may run as somebody else, gets through it; pytest's own are closed."""
    with tempfile.TemporaryDirectory() as path:
        Path(path).chmod(0o711)
        yield Path(path)


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Realm]:
    with realm(folder) as found:
        yield found


@pytest.fixture(scope="module")
def port(running: Realm, folder: Path) -> Iterator[int]:
    running.configuration.chmod(0o644)
    with postgres_by_tickets(folder, running, user="app") as found:
        yield found


@pytest.fixture(scope="module")
def keytab(running: Realm) -> Path:
    return running.keytab(f"other@{REALM}", APP)


@pytest.fixture(autouse=True)
def _operators(running: Realm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's host knows the realm, as an operator has set it up."""
    monkeypatch.setenv("KRB5_CONFIG", str(running.configuration))


def address(port: int, principal: str = APP) -> Address:
    return Address(
        connector_type="postgresql",
        host="localhost",
        port=port,
        database="postgres",
        username="app",
        hooks_params={"Kerberos": {"principal": principal}},
    )


def test_a_keytab_opens_the_database(port: int, keytab: Path) -> None:
    with open_source(address(port), Secrets(keytab=as_secret(keytab)), limits=LIMITS) as source:
        assert source.identity()
        assert "KRB5_CLIENT_KTNAME" in os.environ
    assert "KRB5_CLIENT_KTNAME" not in os.environ
    assert "KRB5CCNAME" not in os.environ


def test_another_principal_does_not(port: int, keytab: Path) -> None:
    secrets = Secrets(keytab=as_secret(keytab))
    with pytest.raises(ConnectorError):
        open_source(address(port, f"other@{REALM}"), secrets, limits=LIMITS)
    with pytest.raises(NotPermitted, match="no key of this principal"):
        open_source(address(port, f"nobody@{REALM}"), secrets, limits=LIMITS)


def test_a_key_that_is_no_more_does_not(running: Realm, port: int, keytab: Path) -> None:
    old = as_secret(keytab)
    running.administer(f"cpw -randkey {APP}")
    with pytest.raises(ConnectorError):
        open_source(address(port), Secrets(keytab=old), limits=LIMITS)


def test_a_ticket_is_not_taken_of_our_own_host(port: int) -> None:
    with pytest.raises(NotPermitted, match="keytab"):
        open_source(address(port), Secrets(password="p"), limits=LIMITS)
    plain = Address(**{**vars(address(port)), "hooks_params": {}})
    with pytest.raises(ConnectorError):
        open_source(plain, Secrets(password="p"), limits=LIMITS)
