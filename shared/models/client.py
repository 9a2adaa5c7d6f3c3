"""The HTTP client for model servers, one for all parts: workers, the API, the doctor.

It goes straight to the server and nowhere else: no proxy of the environment, no redirect, and no
credentials but those that its address or its file has.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any

import httpx

from shared.addresses import OPEN, Access, without_password
from shared.models.transport import Transport

#: What a server says that does not let us in.
DENIED_CODES = frozenset({401, 403})

#: Longest address of a redirect that is repeated, in characters.
TARGET_CHARACTERS = 200


def open_client(
    timeout: httpx.Timeout,
    *,
    tls: ssl.SSLContext | None = None,
    access: Access = OPEN,
    on_request: Callable[[httpx.Request], None] | None = None,
) -> httpx.Client:
    """A client of one server, or of several that are all shown the same.

    :param tls: how certificates are checked; None: by the system's authorities.
    :param on_request: called with each request before it is sent.
    """
    return httpx.Client(timeout=timeout, **straight(Transport(tls), access, on_request))


def straight(
    transport: httpx.BaseTransport,
    access: Access = OPEN,
    on_request: Callable[[httpx.Request], None] | None = None,
) -> dict[str, Any]:
    """What any HTTP client of a model server is opened with, besides how long it waits."""
    return {
        "follow_redirects": False,
        "trust_env": False,
        "transport": transport,
        "headers": {"Accept-Encoding": "identity", **access.headers},
        "event_hooks": {"request": [] if on_request is None else [on_request]},
    }


def denial(access: Access) -> str:
    """What a server has against letting us in; not in its words, which may repeat what it saw."""
    return f"refuses our {access.shown}" if access.shown else "wants an API key or a password"


def redirection(answer: httpx.Response) -> str | None:
    """Where an answer sends whoever asked, in words; None where it does not."""
    if not 300 <= answer.status_code < 400:
        return None
    target = "".join(c for c in answer.headers.get("Location", "") if c.isprintable())
    named = without_password(target)[:TARGET_CHARACTERS] or "no address"
    return (
        f"it sends us on to {named} ({answer.status_code}), and no redirect is followed; name the "
        "server itself in VALUEMILL_OLLAMA_HOSTS"
    )
