"""Where a connection may go: names are resolved once, and what was looked at is connected to.

A name that leads to a listed address now and to another a moment later (DNS rebinding) gains
nothing: the second look is never taken. Our own PostgreSQL and Redis are refused whatever the
list says, by address and port; this host has many addresses, so among them the port decides.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address

from shared.broker_address import read_broker
from shared.connectors.errors import NotPermitted, NotReachable
from shared.connectors.interface import Limits
from shared.database_address import read_address
from shared.errors import ConfigurationError
from shared.host_list import BadHost, IpAddress, is_loopback, read_host, unmapped
from shared.text import escape_hidden


@dataclass(frozen=True, kw_only=True)
class Place:
    """A port of a host that may be connected to.

    :param host: as it was named, which is what certificates are checked by.
    :param addresses: all that it has and that are allowed, in the resolver's order.
    """

    host: str
    addresses: tuple[str, ...]
    port: int

    def __str__(self) -> str:
        return show(self.host, self.port)


def show(host: str, port: int) -> str:
    """A host and its port, for people."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def find(host: str, port: int, *, limits: Limits) -> Place:
    """Resolve a host, and see that one may connect to it.

    :raises NotPermitted: for what is no host, and for one that is not listed. Whether a name that
        is not listed exists at all is not told: who asks may not know the names of this network.
    :raises NotReachable: a listed name has no address.
    """
    host, port = read(host, port)
    own = set(own_servers(limits))
    found = list(_resolve(host, port))
    allowed = [
        address
        for address in found
        if limits.hosts.allows(host, address, port) and not _is_own(address, port, own)
    ]
    if allowed:
        return Place(host=host, addresses=tuple(map(str, allowed)), port=port)
    if not found and limits.hosts.names(host, port):
        raise NotReachable(f"The host {host} has no address; see whether its name is spelt right.")
    raise not_listed(host, port)


def find_far(host: str, port: int, *, limits: Limits) -> Place:
    """See that one may have somebody else connect to a host, who resolves it too.

    :raises NotPermitted: as :func:`find`; a name has to be listed as it is.
    """
    host, port = read(host, port)
    with suppress(ValueError):
        address = ip_address(host)
        # The loopback of the far end is another one than ours.
        if not is_loopback(address) and _is_own(address, port, set(own_servers(limits))):
            raise not_listed(host, port)
    if not limits.hosts.allows_far(host, port):
        raise not_listed(host, port)
    return Place(host=host, addresses=(), port=port)


def read(host: str, port: int) -> tuple[str, int]:
    """A host in its one form, and a port that is one.

    :raises NotPermitted: for what is neither.
    """
    try:
        name = read_host(host)
    except BadHost as error:
        raise NotPermitted(f"The host {escape_hidden(host[:100])!r} {error}.") from None
    if not 0 < port < 65_536:
        raise NotPermitted(f"The port {port} of {name} is none; ports go from 1 to 65535.")
    return name, port


def not_listed(host: str, port: int) -> NotPermitted:
    """The error for a place that one may not connect to."""
    return NotPermitted(
        f"Valuemill may not connect to {show(host, port)}. Whoever runs it says where databases "
        "may be, in VALUEMILL_CONNECTOR_HOSTS."
    )


def connect(place: Place, *, seconds: float) -> socket.socket:
    """A connection to the first address that answers.

    :raises NotReachable: none does.
    """
    refusals = []
    for address in place.addresses:
        try:
            return socket.create_connection((address, place.port), timeout=seconds)
        except OSError as error:
            refusals.append(f"{address}: {error.strerror or error}")
    raise NotReachable(f"Nobody answers at {place} ({'; '.join(refusals)}).")


def own_servers(limits: Limits) -> Iterator[tuple[IpAddress | None, int]]:
    """Addresses and ports of our own PostgreSQL and Redis; without an address: on this host."""
    for url in limits.own_databases:
        with suppress(ConfigurationError):
            yield from _own_database(read_address(url))
    for url in limits.own_brokers:
        with suppress(ConfigurationError):
            for host, port in read_broker(url).hosts:
                yield from ((address, port) for address in _resolve(host, port))


def _own_database(parameters: dict[str, str]) -> Iterator[tuple[IpAddress | None, int]]:
    hosts = (parameters.get("hostaddr") or parameters.get("host") or "").split(",")
    ports = (parameters.get("port") or os.environ.get("PGPORT") or "5432").split(",")
    for index, host in enumerate(hosts):
        port = int((ports[index] if len(ports) > 1 else ports[0]) or 5432)
        host = host or os.environ.get("PGHOSTADDR") or os.environ.get("PGHOST") or ""
        if not host or host[0] in "/@":
            yield None, port
        else:
            yield from ((address, port) for address in _resolve(host, port))


def _is_own(address: IpAddress, port: int, own: set[tuple[IpAddress | None, int]]) -> bool:
    if (address, port) in own:
        return True
    here = [where for where, its_port in own if its_port == port]
    return (
        bool(here)
        and _is_this_host(address)
        and any(where is None or _is_this_host(where) for where in here)
    )


def _is_this_host(address: IpAddress) -> bool:
    """Whether an address is one of this host's, which a socket can be bound to."""
    if is_loopback(address):
        return True
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((str(address), 0))
        except OSError:
            return False
    return True


def _resolve(host: str, port: int) -> Iterator[IpAddress]:
    """The addresses of a host, each once; none where it is not known."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return
    yield from dict.fromkeys(
        unmapped(ip_address(where[0]))
        for family, _, _, _, where in found
        if family in (socket.AF_INET, socket.AF_INET6)
    )
