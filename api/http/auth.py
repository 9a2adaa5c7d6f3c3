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


def _authenticate() -> None:
    inside = request.path == BASE or request.path.startswith(f"{BASE}/")
    if not inside or request.endpoint in PUBLIC_ENDPOINTS:
        return
    scheme, _, key = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() != SCHEME or not key.strip():
        raise NotAuthenticated("an API key is needed; send 'Authorization: apk <id>.<secret>'")
    key = key.strip()
    g.account = parts().database.read(lambda connection: accounts.authenticate(connection, key=key))
    g.api_key_id = int(key.partition(".")[0])
    structlog.contextvars.bind_contextvars(account_id=g.account.id)
