"""Sessions: who is signed in, by a cookie of 256 random bits.

Only its hash is stored. A session ends when it is ended, when it was not used for as long as the
settings say, when its user gets another password or is disabled, and in any case after a week.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, Text, bindparam, func, literal_column, select, text

from shared.db.accounts import Account
from shared.db.lookup import Lookup
from shared.db.schema import accounts, sessions, users
from shared.db.users import renew_hash
from shared.settings import MAX_SESSION_SECONDS

#: A cookie's entropy, in bytes.
COOKIE_BYTES = 32

_COOKIE = re.compile("[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, kw_only=True)
class Session:
    """Somebody who is signed in."""

    user_id: int
    email: str
    account: Account


def begin(
    connection: Connection,
    *,
    user_id: int,
    hashed: str,
    renewed: str | None = None,
    instead_of: str | None = None,
) -> str | None:
    """Sign a user in; return the cookie.

    :param hashed: what the password was compared with; None is returned where the user has
        another by now, or is disabled.
    :param renewed: another hash of the same password, to be kept from now on.
    :param instead_of: the cookie of a session that ends with this one.
    """
    cookie = secrets.token_urlsafe(COOKIE_BYTES)
    # Whoever changes the user waits for this to be committed, and then ends it.
    made = connection.execute(
        text(
            """
            INSERT INTO sessions (digest, user_id)
            SELECT :digest, id FROM users
            WHERE id = :id AND password_hash = :hash AND disabled_at IS NULL
            FOR NO KEY UPDATE
            """
        ),
        {"digest": _digest(cookie), "id": user_id, "hash": hashed},
    )
    if made.rowcount == 0:
        return None
    if renewed is not None:
        renew_hash(connection, user_id=user_id, old=hashed, new=renewed)
    if instead_of is not None:
        end(connection, cookie=instead_of)
    return cookie


def find(connection: Connection, *, cookie: str, idle_seconds: int) -> Session | None:
    """Whose session a cookie is of; None where it is of none that still goes on.

    :param idle_seconds: for how long a session goes on that is not used.
    """
    if not _COOKIE.fullmatch(cookie):
        return None
    digest = _digest(cookie)
    row = _SESSION.find(connection, digest=digest.hex())
    if row is None or row["idle"] >= idle_seconds or row["age"] >= MAX_SESSION_SECONDS:
        return None
    # Now and then is enough, and spares a write a request.
    if row["idle"] >= min(60, idle_seconds // 10):
        connection.execute(
            text("UPDATE sessions SET seen_at = now() WHERE digest = :digest"), {"digest": digest}
        )
    account = Account(id=row["account_id"], name=row["account_name"])
    return Session(user_id=row["user_id"], email=row["email"], account=account)


def end(connection: Connection, *, cookie: str) -> None:
    """End a session; one that there is not has ended already."""
    connection.execute(
        text("DELETE FROM sessions WHERE digest = :digest"), {"digest": _digest(cookie)}
    )


def forget_old(connection: Connection) -> None:
    """Remove sessions that nobody has used for the longest time that one may last."""
    connection.execute(
        text("DELETE FROM sessions WHERE seen_at < now() - make_interval(secs => :seconds)"),
        {"seconds": MAX_SESSION_SECONDS},
    )


def _digest(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode("utf-8", "surrogatepass")).digest()


_s, _u = sessions.alias("s"), users.alias("u")

#: In whole seconds.
_IDLE = "floor(extract(epoch FROM now() - s.seen_at))::bigint"
_AGE = "floor(extract(epoch FROM now() - s.created_at))::bigint"

_SESSION = Lookup(
    select(
        _s.c.user_id,
        _u.c.email,
        literal_column(_IDLE).label("idle"),
        literal_column(_AGE).label("age"),
        accounts.c.id.label("account_id"),
        accounts.c.name.label("account_name"),
    )
    .join_from(_s, _u, _u.c.id == _s.c.user_id)
    .join(accounts, accounts.c.id == _u.c.account_id)
    .where(
        _s.c.digest == func.decode(bindparam("digest", type_=Text), "hex"),
        _u.c.disabled_at.is_(None),
    )
)
