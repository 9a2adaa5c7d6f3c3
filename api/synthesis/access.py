"""Whose a request is: of an API key's account, or of a user who has signed in.

A browser sends the cookie of a session with whatever asks for our paths. Other sites' pages get no
answer to read (there is no CORS) and no cookie along (``SameSite=Strict``); where a browser has it
sent all the same, ``Origin`` tells, which scripts cannot forge. A key is sent by programs alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from flask import Response, after_this_request, g, request
from werkzeug.exceptions import Forbidden

from api.http import auth
from api.parts import parts
from api.synthesis.messages import ELSEWHERE
from api.synthesis.rest import SAFE
from api.synthesis.surface import COOKIE, SYNTHESIS
from shared.db import sessions
from shared.db.accounts import Account
from shared.db.sessions import Session
from shared.errors import NotAuthenticated

#: Needs nobody to be signed in.
LOOK = "synthesis-Auth.look"

#: Finds out who it is.
SIGN_IN = "synthesis-Auth.sign_in"

#: Ends a session, which a key does not have.
SIGN_OUT = "synthesis-Auth.sign_out"


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


def principal() -> Principal:
    """Whose the current request is."""
    found = g.principal
    assert isinstance(found, Principal)  # noqa: S101 - narrows the type for mypy
    return found


def authenticate() -> None:
    """Learn whose the current request is.

    :raises NotAuthenticated: when that cannot be told.
    :raises Forbidden: when a page of elsewhere has sent it.
    """
    if request.endpoint == LOOK:
        return
    if request.endpoint == SIGN_IN:
        check_origin()
    elif "Authorization" in request.headers and request.endpoint != SIGN_OUT:
        auth.authenticate()
        account = auth.account()
        g.principal = Principal(account=account, user=None, name=account.name)
    else:
        if request.method not in SAFE:
            check_origin()
        session = find_session()
        if session is None:
            raise NotAuthenticated(
                "nobody is signed in; log in using POST /api/v1/auth/, or send an API key as "
                "'Authorization: apk <id>.<secret>'"
            )
        g.account = session.account
        g.counted_as = f"user-{session.user_id}"
        g.principal = Principal(account=session.account, user=session.user_id, name=session.email)
        structlog.contextvars.bind_contextvars(
            account_id=session.account.id, user_id=session.user_id
        )


def find_session() -> Session | None:
    """The session of the cookie that came along; None where none did.

    :raises NotAuthenticated: when the cookie is of no session that goes on. The browser is told
        to forget it, so that the next request does not bring it again.
    """
    cookie = read_cookie()
    if cookie is None:
        return None
    idle_seconds = parts().settings.session_seconds
    found = parts().database.read(
        lambda connection: sessions.find(connection, cookie=cookie, idle_seconds=idle_seconds)
    )
    if found is None:
        after_this_request(forget_cookie)
        raise NotAuthenticated("the session is not valid, or is over; log in again")
    return found


def read_cookie() -> str | None:
    """The cookie of a session, of whatever it is.

    :raises NotAuthenticated: when there are several, of which a neighbour may have set one.
    """
    cookies = request.cookies.getlist(COOKIE)
    if len(cookies) > 1:
        after_this_request(forget_cookie)
        raise NotAuthenticated(f"the cookie {COOKIE} came more than once; send it once")
    return cookies[0] if cookies else None


def set_cookie(response: Response, cookie: str) -> Response:
    """Have the client send the cookie with what it asks of this API, and of nothing else.

    It is for encrypted connections alone where this is one; see ``api.http.proxies``.
    """
    response.set_cookie(
        COOKIE,
        cookie,
        path=_cookie_path(),
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )
    return response


def forget_cookie(response: Response) -> Response:
    """Have the client forget the cookie."""
    response.delete_cookie(
        COOKIE, path=_cookie_path(), secure=request.is_secure, httponly=True, samesite="Strict"
    )
    return response


def _cookie_path() -> str:
    return f"{request.script_root}{SYNTHESIS.base}"


def check_origin() -> None:
    """See that no page of elsewhere has a browser send this.

    :raises Forbidden: when one does, or a page that does not say whose it is.
    """
    origin = request.headers.get("Origin")
    if origin is None:
        return  # no browser sends what changes something without it
    try:
        found = urlsplit(origin)
    except ValueError:
        found = urlsplit("")
    ours = (found.scheme, found.netloc.lower()) == (request.scheme, request.host.lower())
    # Behind a proxy that does not say that it ends TLS, this one has no way to know.
    encrypted = found.scheme == "https" and found.netloc.lower() == request.host.lower()
    if not (ours or encrypted):
        raise Forbidden(ELSEWHERE)
