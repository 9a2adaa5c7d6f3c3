"""What a proxy in front says of a request, where it is one that may: pure.

That the client's own connection is encrypted, gunicorn reads itself (``X-Forwarded-Proto``), from
the same addresses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Any

#: In the environment of a request: the address of who sends it.
CLIENT = "valuemill.client"

#: Where a proxy may have the service; anything else would stand in pages.
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+", re.ASCII)


def prefix_of(environ: Mapping[str, Any]) -> str:
    """The path under which a proxy has the service; empty where it says none that can be."""
    prefix = str(environ.get("HTTP_X_FORWARDED_PREFIX", "")).rpartition(",")[2].strip()
    prefix = prefix.rstrip("/")
    return prefix if _PREFIX.fullmatch(prefix) else ""


def client_of(environ: Mapping[str, Any], trusted: Callable[[str], bool] | None) -> str:
    """The address of the client, of which each proxy on the way tells the next.

    :param trusted: whether an address is of a proxy that may say so; None where all may, of which
        the last is believed, and none before it.
    """
    seen = str(environ.get("REMOTE_ADDR", ""))
    for said in reversed(str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")):
        address = _address(said.strip())
        if not address or (trusted is not None and seen and not trusted(seen)):
            break
        seen = address
        if trusted is None:
            break
    return seen


def network_of(address: str) -> str:
    """What one client may take addresses from: of IPv6, as a rule, a network of 64 bits."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return f"{ip_address(int(found) >> 64 << 64)}/64"


def _address(said: str) -> str:
    """An address, which may have a port behind it; empty where it is none."""
    for form in (said, said.rpartition(":")[0], said.partition("]")[0].strip("[")):
        try:
            return str(ip_address(form.strip("[]")))
        except ValueError:
            continue
    return ""
