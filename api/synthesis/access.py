"""Whose a request is: an API key's account."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request

from api.http import auth
from shared.db.accounts import Account

#: Paths that need nobody to be signed in.
PUBLIC_ENDPOINTS = frozenset({"synthesis-Auth.look"})


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Who asks.

    :param user: the number of the one who signed in; None where an API key came.
    :param name: of the one who signed in, an e-mail address; else of the account.
    """

    account: Account
    user: int | None
    name: str

    @property
    def account_id(self) -> int:
        """Whose everything is that the request may see."""
        return self.account.id


def authenticate() -> None:
    """Learn whose the current request is.

    :raises NotAuthenticated: when that cannot be told.
    """
    if request.endpoint in PUBLIC_ENDPOINTS:
        return
    auth.authenticate()
    account = auth.account()
    g.principal = Principal(account=account, user=None, name=account.name)


def principal() -> Principal:
    """Whose the current request is."""
    found = g.principal
    assert isinstance(found, Principal)  # noqa: S101 - narrows the type for mypy
    return found
