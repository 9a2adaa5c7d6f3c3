from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from ipaddress import ip_address

import pytest

from shared.connectors import hosts
from shared.connectors.errors import NotPermitted, NotReachable
from shared.connectors.interface import Limits
from shared.host_list import HostList

#: Answers of a resolver, one for each time it is asked; the last one for ever.
Answers = Callable[..., None]


def limits(text: str, **own: tuple[str, ...]) -> Limits:
    return Limits(hosts=HostList.parse(text), **own)  # type: ignore[arg-type]


def is_address(host: str) -> bool:
    with suppress(ValueError):
        return bool(ip_address(host))
    return False


@pytest.fixture
def resolves(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Have names lead where a test says."""

    def answer(*answers: list[str]) -> None:
        left = list(answers)

        def look_up(host: str, port: int, *_: object, **__: object) -> list[object]:
            found = [host] if is_address(host) else left.pop(0) if len(left) > 1 else left[0]
            if not found:
                raise socket.gaierror(socket.EAI_NONAME, "no such name")
            return [
                (socket.AF_INET6 if ":" in each else socket.AF_INET, 1, 6, "", (each, port))
                for each in found
            ]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    return answer


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_a_listed_name_goes_to_all_its_addresses(resolves: Answers) -> None:
    resolves(["10.0.0.5", "2001:db8::7", "10.0.0.5"])
    place = hosts.find("DB.example.", 5432, limits=limits("db.example"))
    assert (place.host, place.addresses) == ("db.example", ("10.0.0.5", "2001:db8::7"))


def test_only_listed_addresses_are_kept(resolves: Answers) -> None:
    resolves(["10.0.0.5", "192.168.0.1", "169.254.169.254", "127.0.0.1"])
    assert hosts.find("db", 1, limits=limits("10.0.0.0/8")).addresses == ("10.0.0.5",)
    assert hosts.find("db", 1, limits=limits("db")).addresses == ("10.0.0.5", "192.168.0.1")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "0.0.0.0", "fe80::1%lo"],  # noqa: S104
)
def test_a_listed_name_leads_nowhere_forbidden(resolves: Answers, address: str) -> None:
    resolves([address])
    with pytest.raises(NotPermitted):
        hosts.find("db.example", 5432, limits=limits("db.example 0.0.0.0/0 ::/0"))


def test_what_was_looked_at_is_connected_to(resolves: Answers, listener: socket.socket) -> None:
    # The second answer would lead elsewhere; it is never asked for.
    port = listener.getsockname()[1]
    resolves(["127.0.0.1"], ["127.0.0.99"])
    place = hosts.find("rebound.example", port, limits=limits("localhost"))
    with hosts.connect(place, seconds=5) as connection:
        assert connection.getpeername() == ("127.0.0.1", port)


def test_the_next_address_is_tried(resolves: Answers, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    resolves(["127.0.0.9", "127.0.0.1"])
    place = hosts.find("localhost", port, limits=limits("localhost"))
    with hosts.connect(place, seconds=5) as connection:
        assert connection.getpeername()[0] == "127.0.0.1"


def test_nobody_at_home_is_named(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()
    place = hosts.find("127.0.0.1", port, limits=limits("localhost"))
    with pytest.raises(NotReachable, match=f"Nobody answers at 127.0.0.1:{port}"):
        hosts.connect(place, seconds=5)


def test_whether_an_unlisted_name_exists_is_not_told(resolves: Answers) -> None:
    told = []
    for answer in ([], ["10.0.0.5"]):
        resolves(answer)
        with pytest.raises(NotPermitted) as raised:
            hosts.find("secret.internal", 5432, limits=limits("db.example"))
        told.append(str(raised.value))
    assert told[0] == told[1]
    resolves([])
    with pytest.raises(NotReachable, match="spelt right"):
        hosts.find("db.example", 5432, limits=limits("db.example"))


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "/run/postgresql", "a,b", "@x", ""]
)
def test_what_is_no_host_never_gets_to_a_resolver(resolves: Answers, host: str) -> None:
    resolves(["10.0.0.5"])
    with pytest.raises(NotPermitted):
        hosts.find(host, 5432, limits=limits("0.0.0.0/0 ::/0 localhost"))


def test_an_odd_host_is_shown_harmlessly() -> None:
    with pytest.raises(NotPermitted) as raised:
        hosts.find("a\x1b[2J\n", 1, limits=limits(""))
    assert "\x1b" not in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("port", [0, -1, 65_536])
def test_a_port_is_one(port: int) -> None:
    with pytest.raises(NotPermitted, match="1 to 65535"):
        hosts.find("127.0.0.1", port, limits=limits("localhost"))


@pytest.mark.parametrize(
    ("own", "host"),
    [
        ({"own_databases": ("postgresql://u:p@127.0.0.1:5433/v",)}, "127.0.0.1"),
        ({"own_databases": ("postgresql://u:p@127.0.0.1:5433/v",)}, "127.0.0.2"),
        ({"own_databases": ("host=127.0.0.1 port=5433",)}, "localhost"),
        ({"own_databases": ("host=/run/postgresql port=5433",)}, "127.0.0.1"),
        ({"own_databases": ("postgresql://a,127.0.0.1:5433/v",)}, "127.0.0.1"),
        ({"own_brokers": ("redis://:p@127.0.0.1:5433/0",)}, "::ffff:127.0.0.1"),
        ({"own_brokers": ("sentinel://:p@10.0.0.1:1;sentinel://127.0.0.1:5433",)}, "127.0.0.1"),
        ({"own_databases": ("postgresql://u:p@10.0.0.5:5433/v",)}, "10.0.0.5"),
    ],
)
def test_our_own_servers_are_refused(own: dict[str, tuple[str, ...]], host: str) -> None:
    everywhere = limits("0.0.0.0/0 ::/0 localhost", **own)
    with pytest.raises(NotPermitted):
        hosts.find(host, 5433, limits=everywhere)
    # On another port it is another server.
    assert hosts.find(host, 5434, limits=everywhere).addresses


def test_another_hosts_server_of_the_same_port_is_not_ours() -> None:
    own = limits("10.0.0.0/8", own_databases=("postgresql://u:p@127.0.0.1:5432/v",))
    assert hosts.find("10.0.0.5", 5432, limits=own).addresses == ("10.0.0.5",)


def test_at_a_far_end_names_are_not_resolved_here(resolves: Answers) -> None:
    resolves(["10.0.0.5"])
    listed = limits("inner:5432, 10.0.0.0/8", own_databases=("postgresql://u:p@10.0.0.9/v",))
    assert hosts.find_far("inner", 5432, limits=listed).addresses == ()
    hosts.find_far("10.0.0.5", 5432, limits=listed)
    for host in ("other", "127.0.0.1", "169.254.169.254", "10.0.0.9"):
        with pytest.raises(NotPermitted):
            hosts.find_far(host, 5432, limits=listed)
