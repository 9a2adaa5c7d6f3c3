"""A MySQL that is not what it seems to be: it gets no file, no password, and no further."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.connectors.errors import ConnectorError, NotPermitted, NotReachable, NotSupported
from shared.connectors.interface import Address, Limits, Secrets
from shared.connectors.opening import open_source
from shared.host_list import HostList
from tests.support.hostile_mysql import (
    Answer,
    Hostile,
    asks_for,
    asks_for_the_password,
    hostile_mysql,
    rambles,
)

LIMITS = Limits(hosts=HostList.parse("localhost"), connect_seconds=5)


def meet(server: Hostile, **hooks: object) -> None:
    address = Address(
        connector_type="mysql",
        host="127.0.0.1",
        port=server.port,
        database="shop",
        username="app",
        hooks_params=hooks,
    )
    open_source(address, Secrets(password="Pw-secret-5"), limits=LIMITS)


def test_a_source_that_asks_for_a_file_gets_none(tmp_path: Path) -> None:
    wanted = tmp_path / "id_ed25519"
    wanted.write_text("PRIVATE-KEY-CONTENT")
    with (
        hostile_mysql(asks_for(str(wanted))) as server,
        pytest.raises(NotPermitted, match="asked for a file of the worker's host"),
    ):
        meet(server)
    assert len(server.heard) > 1
    assert not any(b"PRIVATE-KEY" in packet for packet in server.heard)


@pytest.mark.parametrize("plugin", ["mysql_clear_password", "dialog", "mysql_old_password"])
def test_a_server_that_wants_the_password_in_plain_words_gets_none(plugin: str) -> None:
    with hostile_mysql(asks_for_the_password(plugin)) as server, pytest.raises(ConnectorError):
        meet(server)
    assert not any(b"Pw-secret" in packet for packet in server.heard)


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_nothing_is_told_to_a_server_that_does_not_encrypt(mode: str) -> None:
    with (
        hostile_mysql(rambles(b"")) as server,
        pytest.raises(NotReachable, match="TLS"),
    ):
        meet(server, SSL={"ssl_mode": mode})
    assert server.heard == []


@pytest.mark.parametrize(
    "answer",
    [
        rambles(b""),
        rambles(b"\x05rubbish"),
        rambles(b"\xff"),
        rambles(b"\xff\x10\x04#HY000secret-\x1b[2J"),
        rambles(b"\x00" * 3),
        rambles(b"\xfe" * 5),
        lambda _, __: b"\x01\x04" + b"x" * 30,
    ],
)
def test_what_is_no_answer_is_told_in_our_words(answer: Answer) -> None:
    with hostile_mysql(answer) as server, pytest.raises(ConnectorError) as raised:
        meet(server)
    assert "secret-" not in str(raised.value)
    assert "\x1b" not in str(raised.value)


@pytest.mark.parametrize("version", ["5.7.44", "5.5.5-10.3.39-MariaDB", "rubbish", ""])
def test_a_version_that_is_too_old_is_named(version: str) -> None:
    with (
        hostile_mysql(rambles(b"\x00\x00\x00\x02\x00\x00\x00"), version=version) as server,
        pytest.raises((NotSupported, NotReachable)),
    ):
        meet(server)
