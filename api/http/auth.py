"""API keys: ``Authorization: apk <id>.<secret>``, or the key alone as it is printed."""

from __future__ import annotations

import re

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

    With its scheme, without, or with it twice: programs that ask for a key get it in the form in
    which it was at hand, and some put the scheme before it whatever it is.

    :raises NotAuthenticated: when it holds none; says what it holds instead.
    """
    words = header.split()
    if not words:
        raise NotAuthenticated(f"an API key is needed; {_MEND}")
    first = words[0]
    while words and words[0].lower() == SCHEME:
        del words[0]
    if len(words) == 1 and _KEY.fullmatch(words[0]):
        return words[0]
    raise NotAuthenticated(f"{_what_is_wrong(first, words)}; {_MEND}")


_MEND = "send 'Authorization: apk <id>.<secret>', as 'valuemill keys create' prints the key"

_KEY = re.compile(r"[0-9]{1,18}\.[!-~]+")

_WORD = re.compile("[A-Za-z][A-Za-z0-9-]{0,19}")


def _what_is_wrong(first: str, words: list[str]) -> str:
    """Says nothing that may be a secret."""
    if not words:
        return f"there is no key behind the scheme {SCHEME}"
    if len(words) == 1:
        return "the API key in the header Authorization is not of the form <id>.<secret>"
    if first.lower() != SCHEME and _WORD.fullmatch(first):
        return f"the header Authorization has the scheme {first}, not {SCHEME}"
    return "there is more in the header Authorization than an API key"


def _authenticate() -> None:
    inside = request.path == BASE or request.path.startswith(f"{BASE}/")
    if not inside or request.endpoint in PUBLIC_ENDPOINTS:
        return
    key = read_key(request.headers.get("Authorization", ""))
    g.account = parts().database.read(lambda connection: accounts.authenticate(connection, key=key))
    g.api_key_id = accounts.id_of(key)
    structlog.contextvars.bind_contextvars(account_id=g.account.id)
