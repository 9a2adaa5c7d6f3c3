"""The driver of SQL Server, and how it is told where to go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from shared.connectors.errors import (
    ConnectorError,
    DataRefused,
    NotPermitted,
    NotReachable,
    NotSupported,
)
from shared.connectors.interface import Address, Limits, Secrets
from shared.connectors.reaching import Way

PORT = 1433
DRIVER = "ODBC Driver 18 for SQL Server"
UNTRIED = "this connector was never run against a server"

#: What ODBC's classes of errors mean.
_STATES = {
    "08": NotReachable,
    "HYT": NotReachable,
    "40": NotReachable,
    "28": NotPermitted,
    "22": DataRefused,
    "23": DataRefused,
}

_ENCRYPTION = {
    "disable": ("no", "yes"),
    "allow": ("no", "yes"),
    "prefer": ("no", "yes"),
    "require": ("yes", "yes"),
    "verify-full": ("yes", "no"),
}


def driver() -> Any:
    """The module ``pyodbc``.

    :raises NotSupported: it is not installed; says how to mend that.
    """
    try:
        return import_module("pyodbc")
    except ImportError:
        raise NotSupported(
            "SQL Server needs a driver that is not installed on this worker: "
            f"`pip install 'valuemill[mssql]'`, and the vendor's {DRIVER!r}. Note that {UNTRIED}."
        ) from None


def connection_string(way: Way, address: Address, secrets: Secrets) -> str:
    """What the driver is told; each value in braces, so that none begins another.

    :raises NotSupported: for a way of encrypting that this driver has not.
    """
    if way.tls.mode not in _ENCRYPTION or way.tls.certificate is not None:
        raise NotSupported(
            "SQL Server's driver knows the ssl_modes disable, require and verify-full, and no "
            "client certificates."
        )
    if way.tls.mode != "verify-full" and way.tls.ca is not None:
        raise NotSupported("A ca is of use to SQL Server with the ssl_mode verify-full alone.")
    encrypt, trusting = _ENCRYPTION[way.tls.mode]
    parts = {
        "DRIVER": DRIVER,
        "SERVER": f"tcp:{way.place.addresses[0]},{way.place.port}",
        "DATABASE": address.database,
        "UID": address.username,
        "PWD": secrets.password,
        "Encrypt": encrypt,
        "TrustServerCertificate": trusting,
        "HostNameInCertificate": way.name,
        "APP": "valuemill synthesis",
    }
    return ";".join(f"{name}={_braced(value)}" for name, value in parts.items())


def _braced(value: str) -> str:
    if "\0" in value:
        raise NotPermitted("A part of the address holds a character that none can have.")
    return "{" + value.replace("}", "}}") + "}"


def connect(way: Way, address: Address, secrets: Secrets, *, limits: Limits, what: str) -> Any:
    """Open a connection; the caller closes it.

    :raises ConnectorError: as :func:`telling` says.
    """
    module = driver()
    # What certificates are checked by is the list of the worker's host: the driver takes no other.
    if way.tls.mode == "verify-full" and way.tls.ca is not None and way.tls.ca.parent == way.folder:
        raise NotSupported(
            "SQL Server's driver believes the authorities of the worker's host alone: add yours to "
            "them, and leave out ca."
        )
    with telling(what):
        connection = module.connect(
            connection_string(way, address, secrets),
            timeout=limits.connect_seconds,
            autocommit=True,
        )
        connection.timeout = limits.statement_seconds
        return connection


@contextmanager
def telling(what: str) -> Iterator[None]:
    """Raise errors of ours for those of the driver, which quote values: none of it is passed on.

    :param what: the database, as our own words name it.
    """
    try:
        yield
    except driver().Error as error:
        state = str(error.args[0]) if error.args else ""
        kind = next((to for of, to in _STATES.items() if state.startswith(of)), ConnectorError)
        raise kind(f"{what} has refused what was asked of it [{state or 'no state'}].") from None
