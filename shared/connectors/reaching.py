"""The way to a database: looked up in the operator's list, encrypted, through a tunnel.

Every connector that goes over a net comes by here, and connects to nothing but what it is told.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.connectors import hosts, tls
from shared.connectors.errors import NotPermitted
from shared.connectors.hosts import Place
from shared.connectors.interface import Address, Limits, Secrets
from shared.connectors.kerberos import ticket
from shared.connectors.scratch import scratch_folder
from shared.connectors.tls import Tls

if TYPE_CHECKING:
    from shared.connectors.tunnel import SshServer, Tunnel

_SSH = "SSHTunnel"
_SSL = "SSL"
_KERBEROS = "Kerberos"


@dataclass(frozen=True, kw_only=True)
class Way:
    """How to get to a database, for as long as the block of :func:`reach` runs.

    :param name: what the database's certificate is checked by: its name, not that of a tunnel.
    :param place: what is connected to.
    :param folder: for files of the moment.
    :param kerberos: variables of the process by which we are let in with a ticket; empty: it is
        done otherwise.
    """

    name: str
    place: Place
    tls: Tls
    folder: Path
    kerberos: Mapping[str, str] = field(default_factory=dict)
    tunnel: Tunnel | None = None

    def libpq(self) -> dict[str, Any]:
        """Keywords of libpq; ``hostaddr`` keeps it from resolving a name again."""
        addresses = self.place.addresses
        nothing = str(self.folder / "none")
        return {
            "host": ",".join([self.name] * len(addresses)),
            "hostaddr": ",".join(addresses),
            "port": ",".join([str(self.place.port)] * len(addresses)),
            "sslmode": self.tls.mode,
            # What is not given is not to be found in somebody's home folder.
            "sslrootcert": str(self.tls.ca or nothing),
            "sslcert": str(self.tls.certificate or nothing),
            "sslkey": str(self.tls.key or nothing),
            "sslcrl": nothing,
            # Who comes with a ticket is not to be talked into showing a password.
            **(
                {"gssencmode": "prefer", "require_auth": "gss"}
                if self.kerberos
                else {"gssencmode": "disable"}
            ),
        }

    def connect(self, *, seconds: float) -> socket.socket:
        """A plain connection, for drivers that take one.

        :raises NotReachable: nobody answers.
        """
        return hosts.connect(self.place, seconds=seconds)

    def check(self) -> None:
        """See whether the way is still there, when a connection has broken off.

        :raises NotReachable: the tunnel has broken down.
        """
        if self.tunnel is not None:
            self.tunnel.check()


@contextmanager
def reach(address: Address, secrets: Secrets, *, limits: Limits, port: int) -> Iterator[Way]:
    """Find and prepare the way to a database.

    :param port: where the address names none.
    :raises NotPermitted: the operator has not listed the host, or what was given cannot be used.
    :raises NotReachable: a name has no address, or the tunnel does not come about.
    """
    hooks = address.hooks_params
    port = address.port or port
    with ExitStack() as stack:
        folder = stack.enter_context(scratch_folder())
        prepared = tls.prepare(hooks.get(_SSL) or {}, secrets, folder=folder)
        kerberos = hooks.get(_KERBEROS) or {}
        variables: Mapping[str, str] = {}
        if kerberos.get("principal"):
            variables = stack.enter_context(ticket(kerberos, secrets, folder=folder))
        tunnel = None
        if ssh := _ssh_server(address):
            from shared.connectors.tunnel import LOOPBACK, open_tunnel

            far = hosts.find_far(address.host, port, limits=limits)
            tunnel = stack.enter_context(open_tunnel(ssh, secrets, to=far, limits=limits))
            place = Place(host=LOOPBACK, addresses=(LOOPBACK,), port=tunnel.port)
            name = far.host
        else:
            place = hosts.find(address.host, port, limits=limits)
            name = place.host
        yield Way(
            name=name,
            place=place,
            tls=prepared,
            folder=folder,
            kerberos=variables,
            tunnel=tunnel,
        )


def meet(address: Address, *, limits: Limits) -> str | None:
    """The host key of an address's SSH server where it has to be kept; None: there is none to keep.

    To be called when an engine is made, and its answer to be kept with the connector and given
    back by :meth:`Address.with_host_key` ever after.

    :raises ConnectorError: as :func:`shared.connectors.tunnel.learn_host_key`.
    """
    ssh = _ssh_server(address)
    if ssh is None or ssh.host_key:
        return None
    from shared.connectors.tunnel import learn_host_key

    return learn_host_key(ssh, limits=limits)


def _ssh_server(address: Address) -> SshServer | None:
    settings = address.hooks_params.get(_SSH) or {}
    if not settings.get("host"):
        return None
    # asyncssh is slow to import, and mostly not needed.
    from shared.connectors.tunnel import SshServer

    try:
        return SshServer.read(settings)
    except (TypeError, ValueError):
        raise NotPermitted("A port of the SSH tunnel is no number.") from None
