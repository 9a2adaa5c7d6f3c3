"""A database by the kind that its address names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import cast

from shared.connectors.errors import NotSupported
from shared.connectors.interface import Address, Limits, Secrets, Source, Target

#: Where each kind is at home. Such a module has ``open_source`` and ``open_target``, with the
#: parameters of those below. Drivers are loaded when they are needed.
KINDS: Mapping[str, str] = {
    "postgresql": "shared.connectors.postgresql",
    "sqlite": "shared.connectors.sqlite",
    "mysql": "shared.connectors.mysql",
    "mssql": "shared.connectors.mssql",
}


def open_source(address: Address, secrets: Secrets, *, limits: Limits) -> Source:
    """Connect to a database in order to read it; nothing can be written through it.

    :raises NotSupported: no such kind.
    :raises NotReachable: it does not answer.
    :raises NotPermitted: it, or the operator, does not let us in; or it is our own.
    """
    opener = _find(address, "open_source")
    return cast(Callable[..., Source], opener)(address, secrets, limits=limits)


def open_target(address: Address, secrets: Secrets, *, limits: Limits) -> Target:
    """Connect to a database in order to fill it.

    :raises ConnectorError: as :func:`open_source`.
    """
    opener = _find(address, "open_target")
    return cast(Callable[..., Target], opener)(address, secrets, limits=limits)


def _find(address: Address, name: str) -> object:
    if address.connector_type not in KINDS:
        raise NotSupported(
            f"There is no connector of the type {address.connector_type!r}. "
            f"It can be one of: {', '.join(KINDS)}."
        )
    return getattr(import_module(KINDS[address.connector_type]), name)
