"""API keys: ``Authorization: apk <id>.<secret>``, or the key alone as it is printed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import structlog
from flask import Flask, g, request

from api.http.surfaces import LISTS, Surface
from api.parts import parts
from shared.db import accounts
from shared.db.accounts import Account
from shared.errors import NotAuthenticated

SCHEME = "apk"


def install(app: Flask, others: Mapping[Surface, Callable[[], None]]) -> None:
    """Ask on every path under the base of an API who it is, also on those that do not exist.

    :param others: APIs that ask in ways of their own; value generation's wants a key.
    """
    ways = {LISTS: authenticate, **others}

    @app.before_request
    def ask() -> None:
        for surface, way in ways.items():
            if surface.covers(request.path) and request.endpoint != surface.description_endpoint:
                way()


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


def authenticate() -> None:
    """Learn from its API key whose the current request is.

    :raises NotAuthenticated: when it has none, or not a valid one.
    """
    key = read_key(request.headers.get("Authorization", ""))
    g.account = parts().database.read(lambda connection: accounts.authenticate(connection, key=key))
    g.counted_as = str(accounts.id_of(key))
    structlog.contextvars.bind_contextvars(account_id=g.account.id)
