"""Which hosts customers' databases may be on: the operator's list, and what is never on it. Pure.

Clients of synthesis name addresses, and a worker connects to them. Without a list that would be a
way to whatever a worker can reach. An entry is a name, an address or a network, and may have a
port: ``db.example``, ``10.0.0.5:5432``, ``10.8.0.0/16``, ``[2001:db8::7]:1433``, ``localhost``.

A name is compared as it is written, and an address as what it is, whatever it looks like. Loopback
is reached only through an entry that is an address of it, or ``localhost``: else who answers for a
listed name in the DNS could lead a worker to itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from shared.errors import ConfigurationError

IpAddress = IPv4Address | IPv6Address
IpNetwork = IPv4Network | IPv6Network

LOOPBACK: tuple[IpNetwork, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

#: Where no database is, whatever the list says: this host under another name, everybody at once,
#: and servers of cloud providers that hand out credentials to whoever can reach them.
_NEVER: tuple[IpNetwork, ...] = tuple(
    map(
        ip_network,
        (
            *("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"),
            *("::/128", "fe80::/10", "ff00::/8"),
            *("100.100.100.200/32", "168.63.129.16/32", "fd00:ec2::254/128"),
        ),
    )
)

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_ENTRY = re.compile(r"(?:\[(?P<v6>[^]]+)\]|(?P<plain>[^:\[\]]+))(?::(?P<port>[0-9]{1,5}))?")


class BadHost(ValueError):
    """What is no host that can be connected to; the message says why, and stands after its name."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the list: a name or a network, of which an address is the smallest."""

    name: str = ""
    network: IpNetwork | None = None
    port: int | None = None


@dataclass(frozen=True)
class HostList:
    """The operator's list; an empty one lets nobody through."""

    entries: tuple[Entry, ...] = ()

    @classmethod
    def parse(cls, text: str) -> HostList:
        """Read entries that are separated by commas or blanks.

        :raises ConfigurationError: naming the entry that is none.
        """
        return cls(tuple(e for each in text.replace(",", " ").split() for e in _entries(each)))

    def names(self, host: str, port: int) -> bool:
        """Whether a name is listed."""
        return any(entry.name == host and entry.port in (None, port) for entry in self.entries)

    def covers(self, address: IpAddress, port: int) -> bool:
        """Whether an address is listed, alone or within a network; loopback in one of its own."""
        local = is_loopback(address)
        return any(
            entry.network is not None
            and address in entry.network
            and entry.port in (None, port)
            and (not local or is_loopback(entry.network.network_address))
            for entry in self.entries
        )

    def allows(self, host: str, address: IpAddress, port: int) -> bool:
        """Whether one may connect to an address that a host has.

        :param host: as :func:`read_host` gives it.
        """
        plain = unmapped(address)
        if is_never(plain):
            return False
        if is_loopback(plain):
            return self.covers(plain, port)
        return self.covers(plain, port) or self.names(host, port)

    def allows_far(self, host: str, port: int) -> bool:
        """The same where somebody else resolves the name, as at the far end of a tunnel.

        A name has to be listed as it is then, for nobody here knows what it leads to.
        """
        try:
            return self.allows(host, ip_address(host), port)
        except ValueError:
            return self.names(host, port)


#: No database may be anywhere.
NOWHERE = HostList()


def read_host(text: str) -> str:
    """A host in its one form: a name in lower case, or an address as this module writes it.

    :raises BadHost: for what is neither: sockets, lists, and numbers that some read as addresses.
    """
    host = text.strip().lower().removesuffix(".")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        return str(unmapped(ip_address(bare)))
    except ValueError:
        pass
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadHost(
            "is no name of a host; a name has letters, digits, - and dots, and one of other "
            "letters is written with xn--"
        )
    # "127.1", "0x7f000001" and "2130706433" are all 127.0.0.1 to the system's resolver.
    if _NUMBER.fullmatch(labels[-1]):
        raise BadHost("is no address; write IPv4 as four decimal numbers, such as 10.0.0.5")
    return host


def is_never(address: IpAddress) -> bool:
    """Whether an address is one that no list can allow, or leads to one."""
    return any(each in network for each in (address, *_within(address)) for network in _NEVER)


def is_loopback(address: IpAddress) -> bool:
    """Whether an address is this host's own, wherever it is used."""
    return any(address in network for network in LOOPBACK)


def unmapped(address: IpAddress) -> IpAddress:
    """An IPv4 address that is written as IPv6, as what it is; and an address without its zone."""
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or IPv6Address(int(address))
    return address


#: NAT64: the last 32 bits are an IPv4 address (RFC 6052).
_NAT64 = IPv6Network("64:ff9b::/96")


def _within(address: IpAddress) -> Iterator[IPv4Address]:
    """IPv4 addresses that packets to an IPv6 address are taken on to."""
    if not isinstance(address, IPv6Address):
        return
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield address.teredo[1]
    if address in _NAT64:
        yield IPv4Address(int(address) & 0xFFFF_FFFF)


def _entries(text: str) -> Iterator[Entry]:
    host, port = _split(text)
    if port is not None and not 0 < port < 65_536:
        raise ConfigurationError(f"{text!r} has no port from 1 to 65535")
    if host.lower() == "localhost":
        yield Entry(name="localhost", port=port)
        for network in LOOPBACK:
            yield Entry(network=network, port=port)
        return
    try:
        network = ip_network(host, strict=False)
    except ValueError:
        try:
            yield Entry(name=read_host(host), port=port)
        except BadHost as error:
            raise ConfigurationError(f"{text!r} {error}") from None
        return
    mapped = isinstance(network, IPv6Network) and network.network_address.ipv4_mapped
    if mapped and network.prefixlen >= 96:
        network = IPv4Network((mapped, network.prefixlen - 96), strict=False)
    yield Entry(network=network, port=port)


def _split(text: str) -> tuple[str, int | None]:
    """An entry's host and its port; an IPv6 address without brackets has none."""
    if text.count(":") > 1 and not text.startswith("["):
        return text, None
    found = _ENTRY.fullmatch(text)
    if found is None:
        raise ConfigurationError(
            f"{text!r} is no name, address or network, such as db.example, 10.0.0.5:5432, "
            "10.8.0.0/16 or [2001:db8::7]:1433"
        )
    return found["v6"] or found["plain"], int(found["port"]) if found["port"] else None
