"""What a proxy says of a request, and whom that is believed of."""

from __future__ import annotations

import pytest

from api.http.proxies import client_of, network_of, prefix_of


def proxies(address: str) -> bool:
    return address.startswith("10.")


@pytest.mark.parametrize(
    ("peer", "said", "client"),
    [
        ("192.0.2.1", None, "192.0.2.1"),
        # Who is no proxy says what it likes.
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "198.51.100.7:4711", "198.51.100.7"),
        ("10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"),
        ("10.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7, _hidden", "10.0.0.1"),
        ("", "198.51.100.7", "198.51.100.7"),
        ("", None, ""),
    ],
)
def test_who_sends_a_request(peer: str, said: str | None, client: str) -> None:
    environ = {"REMOTE_ADDR": peer}
    if said is not None:
        environ["HTTP_X_FORWARDED_FOR"] = said
    assert client_of(environ, proxies) == client


def test_where_all_are_believed_the_last_is() -> None:
    environ = {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": "1.2.3.4, 198.51.100.7"}
    assert client_of(environ, None) == "198.51.100.7"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_what_one_client_may_have_addresses_of(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("said", "prefix"),
    [
        ("/mill", "/mill"),
        ("/a/b/", "/a/b"),
        ("/elsewhere, /mill", "/mill"),
        *[(said, "") for said in ("", "/", "mill", "//evil", "/a b", '/a"b', "/ä", "/<x>")],
    ],
)
def test_where_a_proxy_has_the_service(said: str, prefix: str) -> None:
    assert prefix_of({"HTTP_X_FORWARDED_PREFIX": said}) == prefix
