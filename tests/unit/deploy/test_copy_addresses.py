"""The addresses of databases, as people write them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.synthesize.addresses import Address, read_address
from shared.errors import ConfigurationError

FILES = {"ca.pem": "AUTHORITIES", "key.pem": "KEY"}


def read(text: str) -> Address:
    return read_address(text, read_file=FILES.__getitem__)


@pytest.mark.parametrize(
    ("text", "connection"),
    [
        (
            "postgresql://reader:p%40s%2Fs@db.example:5433/shop",
            {
                "connector_type": "postgresql",
                "host": "db.example",
                "port": 5433,
                "database": "shop",
                "username": "reader",
                "password": "p@s/s",
            },
        ),
        (
            "postgres://[::1]/my%20shop?schema=sales",
            {
                "connector_type": "postgresql",
                "host": "::1",
                "database": "my shop",
                "schema_name": "sales",
            },
        ),
        (
            "mysql+pymysql://root@db/shop?sslmode=verify-ca&sslrootcert=ca.pem&sslkey=key.pem",
            {
                "connector_type": "mysql",
                "host": "db",
                "database": "shop",
                "username": "root",
                "hooks_params": {
                    "SSL": {"ssl_mode": "verify-ca", "ca": "AUTHORITIES", "key": "KEY"}
                },
            },
        ),
        ("sqlserver://db/shop", {"connector_type": "mssql", "host": "db", "database": "shop"}),
        ("sqlite:sub/shop.db", {"connector_type": "sqlite", "database": "sub/shop.db"}),
        ("sqlite:///shop.db", {"connector_type": "sqlite", "database": "shop.db"}),
    ],
)
def test_an_address_becomes_a_connection(text: str, connection: dict[str, Any]) -> None:
    assert read(text).as_connection() == connection


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no address"),
        ("shop", "no address"),
        ("oracle://db/shop", "no address"),
        ("postgresql://db", "user:password@host"),
        ("postgresql:///shop", "user:password@host"),
        ("postgresql://db:port/shop", "user:password@host"),
        ("postgresql://u:pass/word@db/shop", "%2F"),
        ("postgresql://u:pass#word@db/shop", "%23"),
        ("postgresql://db/shop?options=-csearch_path%3Dx", "SSH tunnels and Kerberos"),
        ("sqlite:/etc/shop.db", "operator's folder"),
        ("sqlite:////etc/shop.db", "operator's folder"),
        ("sqlite://host/shop.db", "operator's folder"),
        ("sqlite:", "names no file"),
    ],
)
def test_what_is_none_is_told_apart(text: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        read(text)


@given(st.text(min_size=1, max_size=20).map(lambda text: "canary" + text))
def test_no_part_of_a_password_is_repeated(password: str) -> None:
    """Neither where it is read nor where it was not written as it has to be."""
    address = read(f"postgresql://u:{quote(password, safe='')}@db/shop")
    assert address.password == password
    assert "canary" not in f"{address}{address.shown}"
    for broken in ("postgresql://u:{}@db", "postgresql://u:x@db/shop?{}", "sqlite:/{}", "{}"):
        try:
            said = str(read(broken.format(password)))
        except ConfigurationError as error:
            said = str(error)
        assert "canary" not in said


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("postgresql://u@db/shop", True),
        ("postgresql://u:p@db/shop", False),
        ("postgresql://db/shop", False),
        ("postgresql://u@db/shop?sslkey=key.pem", False),
        ("sqlite:shop.db", False),
    ],
)
def test_who_names_a_user_and_nothing_else_is_asked(text: str, wants: bool) -> None:
    assert read(text).wants_password is wants
