from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import ConfigurationError
from shared.host_list import BadHost, HostList, is_never, read_host

EVERYTHING = HostList.parse("0.0.0.0/0, ::/0")


def allowed(entries: str, address: str, *, host: str = "", port: int = 5432) -> bool:
    return HostList.parse(entries).allows(host or address, ip_address(address), port)


@pytest.mark.parametrize(
    ("entries", "host", "address", "port"),
    [
        ("db.example", "db.example", "10.0.0.5", 5432),
        ("DB.Example.", "db.example", "10.0.0.5", 1),
        ("db.example:5432", "db.example", "10.0.0.5", 5432),
        ("10.0.0.5", "other.example", "10.0.0.5", 5432),
        ("10.0.0.5:5432", "10.0.0.5", "10.0.0.5", 5432),
        ("a, 10.0.0.0/8:5432", "b", "10.255.0.1", 5432),
        ("2001:db8::7", "x", "2001:db8::7", 5432),
        ("[2001:db8::7]:5432", "x", "2001:db8::7", 5432),
        ("[2001:db8::/32]:5432", "x", "2001:db8:1::7", 5432),
        ("::ffff:10.0.0.0/104", "x", "10.0.0.5", 5432),
        ("10.0.0.0/8", "x", "::ffff:10.0.0.5", 5432),
        ("localhost", "localhost", "127.0.0.1", 5432),
        ("localhost:5432", "127.9.9.9", "127.9.9.9", 5432),
        ("localhost", "::1", "::1", 5432),
    ],
)
def test_what_is_listed_is_allowed(entries: str, host: str, address: str, port: int) -> None:
    assert allowed(entries, address, host=host, port=port)


@pytest.mark.parametrize(
    ("entries", "host", "address", "port"),
    [
        ("", "db.example", "10.0.0.5", 5432),
        ("db.example", "other.example", "10.0.0.5", 5432),
        ("db.example", "db.example.evil", "10.0.0.5", 5432),
        ("db.example", "x.db.example", "10.0.0.5", 5432),
        ("db.example:5432", "db.example", "10.0.0.5", 22),
        ("10.0.0.5:5432", "10.0.0.5", "10.0.0.5", 6379),
        ("10.0.0.0/8", "x", "11.0.0.1", 5432),
        ("10.0.0.0/8", "x", "::ffff:11.0.0.1", 5432),
        # A name that is listed, and leads to the worker itself.
        ("db.example", "db.example", "127.0.0.1", 5432),
        ("db.example", "db.example", "::ffff:127.0.0.1", 5432),
        ("db.example", "db.example", "::1", 5432),
        ("localhost:5432", "localhost", "127.0.0.1", 6379),
        ("0.0.0.0/0 ::/0", "db.example", "127.0.0.1", 5432),
    ],
)
def test_what_is_not_listed_is_not(entries: str, host: str, address: str, port: int) -> None:
    assert not allowed(entries, address, host=host, port=port)


@pytest.mark.parametrize(
    "address",
    [
        *("169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"),
        *("fe80::1", "fe80::1%eth0", "fd00:ec2::254", "100.100.100.200"),
        *("0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0"),  # noqa: S104 - bound to by nobody
        *("224.0.0.1", "239.255.255.255", "255.255.255.255", "ff02::1"),
    ],
)
def test_some_addresses_are_never_allowed(address: str) -> None:
    assert is_never(ip_address(address)) or address.startswith("::ffff")
    assert not EVERYTHING.allows("db.example", ip_address(address), 5432)
    named = HostList.parse("db.example")
    assert not named.allows("db.example", ip_address(address), 5432)


@given(st.ip_addresses(v=4), st.integers(1, 65_535))
def test_an_address_is_the_same_however_it_is_written(address: IPv4Address, port: int) -> None:
    listed = HostList.parse("10.0.0.0/8, 192.168.0.0/16:5432, 127.0.0.1")
    mapped = IPv6Address(f"::ffff:{address}")
    assert listed.allows("x", mapped, port) == listed.allows("x", address, port)
    assert read_host(f"[{mapped}]") == str(address)


def test_at_a_far_end_a_name_counts_as_it_is() -> None:
    listed = HostList.parse("inner.example:5432, 10.0.0.0/8")
    assert listed.allows_far("inner.example", 5432)
    assert listed.allows_far("10.1.2.3", 3306)
    assert not listed.allows_far("inner.example", 22)
    assert not listed.allows_far("other.example", 5432)
    assert not listed.allows_far("localhost", 5432)
    assert not listed.allows_far("127.0.0.1", 5432)
    assert not EVERYTHING.allows_far("169.254.169.254", 80)


@pytest.mark.parametrize(
    "text",
    [
        *("2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.01", "1.2.3.4.5"),
        *("/var/run/postgresql", "@abstract", "a,b", "a b", "", ".", "-", "a..b", "h" * 64),
        *("host:5432", "user@host", "host/path", "host?x=y", "ho\nst", "ho\0st", "caf\u00e9"),
        *("127.0.0.1%00", "[::1", "::1%25eth0/x", "\uff11\uff12\uff17.0.0.1", "a" * 300),
    ],
)
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(BadHost):
        read_host(text)


def test_a_host_has_one_form() -> None:
    assert read_host(" DB.Example. ") == "db.example"
    assert read_host("2001:DB8:0::7") == read_host("[2001:db8::7]") == "2001:db8::7"
    assert read_host("fe80::1%eth0") == "fe80::1"
    assert read_host("my_host-1") == "my_host-1"


@pytest.mark.parametrize("text", ["db:0", "db:99999", "10.0.0.0/40", "a/b", "[::1", "db:port", "*"])
def test_what_is_no_entry_is_named(text: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        HostList.parse(f"fine.example {text}")
    assert repr(text) in str(raised.value)
