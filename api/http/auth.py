"""API keys: ``Authorization: apk <id>.<secret>``."""

from __future__ import annotations

import structlog
from flask import Flask, g, request

from api.http.rest import BASE, PUBLIC_ENDPOINTS
from api.parts import parts
from shared.db import accounts
from shared.db.accounts import Account
from shared.errors import NotAuthenticated

SCHEME = "apk"


def install(app: Flask) -> None:
    """Ask for a key on every path under the base path, also on those that do not exist."""
    app.before_request(_authenticate)


def account() -> Account:
    """Whose request this is."""
    found = g.account
    assert isinstance(found, Account)  # noqa: S101 - narrows the type for mypy
    return found


def read_key(header: str) -> str:
    """The key in a header ``Authorization``.

    :raises NotAuthenticated: when it holds none.
    """
    scheme, _, key = header.strip().partition(" ")
    key = key.strip()
    if scheme.lower() != SCHEME or not key:
        raise NotAuthenticated("an API key is needed; send 'Authorization: apk <id>.<secret>'")
    return key


def _authenticate() -> None:
    inside = request.path == BASE or request.path.startswith(f"{BASE}/")
    if not inside or request.endpoint in PUBLIC_ENDPOINTS:
        return
    key = read_key(request.headers.get("Authorization", ""))
    g.account = parts().database.read(lambda connection: accounts.authenticate(connection, key=key))
    g.api_key_id = accounts.id_of(key)
    structlog.contextvars.bind_contextvars(account_id=g.account.id)
