"""Accounts and their API keys.

A key is ``<id>.<secret>``: the id finds the row, the secret is compared by its hash in constant
time. Only the hash is stored, so a key is shown once, when it is made. Rotating a key gives it a
new secret; the one before goes on opening for a while, so that clients can change over.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, literal_column, select, text

from shared.db.lookup import Lookup
from shared.db.schema import accounts, api_keys
from shared.errors import LimitReached, NotAuthenticated, NotFound
from shared.settings import Limits

#: The secret's entropy, in bytes.
SECRET_BYTES = 32


@dataclass(frozen=True)
class Account:
    """Whose request it is."""

    id: int
    name: str


def create_key(
    connection: Connection, *, account: str, name: str, expires: timedelta | None = None
) -> str:
    """Make a key for ``account``, which is made too when it is new; return ``<id>.<secret>``.

    :param expires: after which it opens nothing any more; None is never.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    connection.execute(
        text("INSERT INTO accounts (name) VALUES (:account) ON CONFLICT (name) DO NOTHING"),
        {"account": account},
    )
    key_id = connection.scalar(
        text(
            """
            INSERT INTO api_keys (account_id, name, secret_sha256, expires_at)
            SELECT id, :name, :hash, now() + CAST(:expires AS interval)
            FROM accounts WHERE name = :account
            RETURNING id
            """
        ),
        {"account": account, "name": name, "hash": _hash(secret), "expires": expires},
    )
    return f"{key_id}.{secret}"


def list_keys(connection: Connection) -> list[dict[str, Any]]:
    """All keys, without their secrets.

    :returns: for each ``id``, ``account``, ``name``, ``created_at``, ``last_used_at``,
        ``expires_at``, ``previous_until`` (None once it is over) and ``state``: ``active``,
        ``expired`` or ``revoked``.
    """
    rows = connection.execute(
        text(
            f"""
            SELECT k.id, a.name AS account, k.name, k.created_at, k.last_used_at, k.expires_at,
                CASE WHEN k.previous_until > now() THEN k.previous_until END AS previous_until,
                {_STATE} AS state
            FROM api_keys k JOIN accounts a ON a.id = k.account_id
            ORDER BY k.id
            """  # noqa: S608 - a constant
        )
    )
    return [dict(row) for row in rows.mappings()]


_STATE = """
    CASE
        WHEN k.revoked_at IS NOT NULL THEN 'revoked'
        WHEN k.expires_at <= now() THEN 'expired'
        ELSE 'active'
    END
"""


def revoke_key(connection: Connection, *, key_id: int) -> None:
    """End a key at once, and with it the secret before a rotation.

    :raises NotFound: when there is no such key, or it was revoked before.
    """
    revoked = connection.execute(
        text("UPDATE api_keys SET revoked_at = now() WHERE id = :id AND revoked_at IS NULL"),
        {"id": key_id},
    )
    if revoked.rowcount == 0:
        raise NotFound(f"there is no API key {key_id} to revoke; `valuemill keys list` shows them")


def rotate_key(
    connection: Connection,
    *,
    key_id: int,
    grace: timedelta,
    expires: timedelta | None = None,
) -> str:
    """Give a key a new secret; return ``<id>.<secret>``.

    :param grace: for how long the secret before still opens, though never past its own expiry.
        Of two secrets before, the older one ends at once.
    :param expires: when the new secret does; None leaves the key's expiry as it is.
    :raises NotFound: when there is no such key that is active.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    rotated = connection.execute(
        text(
            """
            UPDATE api_keys SET
                previous_sha256 = secret_sha256,
                previous_until = least(now() + CAST(:grace AS interval), expires_at),
                secret_sha256 = :hash,
                expires_at = coalesce(now() + CAST(:expires AS interval), expires_at)
            WHERE id = :id AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
            """
        ),
        {"id": key_id, "grace": grace, "hash": _hash(secret), "expires": expires},
    )
    if rotated.rowcount == 0:
        raise NotFound(
            f"there is no active API key {key_id} to rotate; `valuemill keys list` shows them, "
            "`valuemill keys create` makes a new one"
        )
    return f"{key_id}.{secret}"


def authenticate(connection: Connection, *, key: str) -> Account:
    """Tell whose key this is.

    :raises NotAuthenticated: when it is nobody's, without saying which part was wrong; only who
        has a secret that once was right learns that it is over.
    """
    return admit(connection, _KEY.find(connection, key_id=id_of(key)), key=key)


def admit(connection: Connection, row: Mapping[str, Any] | None, *, key: str) -> Account:
    """Tell whose key this is, by what :data:`KEY` selects of it; None where there is none.

    :raises NotAuthenticated: as :func:`authenticate`.
    """
    given = _hash(key.partition(".")[2])
    # Both compared in any case, with nothing where there is no such key, so that what is wrong
    # cannot be told from the time that it takes.
    current = hmac.compare_digest((row and row["secret_sha256"]) or _NOTHING, given)
    previous = hmac.compare_digest((row and row["previous_sha256"]) or _NOTHING, given)
    if row is None or not (current or previous):
        raise NotAuthenticated("the API key is not valid; send 'Authorization: apk <id>.<secret>'")
    if row["state"] != "active" or not (current or row["in_grace"]):
        over = "has been rotated" if row["state"] == "active" else f"is {row['state']}"
        raise NotAuthenticated(f"the API key {over}; ask whoever runs this service for a new one")
    if row["unnoted"]:
        # Once a minute is enough to see which keys are in use, and spares a write a request.
        connection.execute(
            text("UPDATE api_keys SET last_used_at = now() WHERE id = :id"), {"id": id_of(key)}
        )
    return Account(id=row["account_id"], name=row["account_name"])


def id_of(key: str) -> int:
    """The id in front of a key's secret; 0, which no key has, where there is none."""
    text = key.partition(".")[0]
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0


_k = api_keys.alias("k")

#: What :func:`admit` has to know of the key ``key_id``, and whose it is.
KEY: Select[Any] = (
    select(
        _k.c.secret_sha256,
        _k.c.previous_sha256,
        literal_column(_STATE).label("state"),
        literal_column("coalesce(k.previous_until > now(), false)").label("in_grace"),
        literal_column("coalesce(k.last_used_at < now() - interval '1 minute', true)").label(
            "unnoted"
        ),
        accounts.c.id.label("account_id"),
        accounts.c.name.label("account_name"),
    )
    .join_from(_k, accounts, accounts.c.id == _k.c.account_id)
    .where(_k.c.id == bindparam("key_id"))
)

_KEY = Lookup(KEY)

#: No secret has this hash.
_NOTHING = bytes(32)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def check_limits(
    connection: Connection, limits: Limits, *, account_id: int, operations: int = 0, values: int = 0
) -> None:
    """See whether an account stays within its limits with so many more.

    :raises LimitReached: when it does not; says which limit and what to do.
    """
    row = connection.execute(
        text("SELECT open_operations, held_values FROM accounts WHERE id = :id"),
        {"id": account_id},
    ).one()
    if limits.open_operations and row.open_operations + operations > limits.open_operations:
        raise LimitReached(
            f"this account may have {limits.open_operations} operations under way, and has "
            "reached that; wait for some to end, or cancel some"
        )
    if limits.values and row.held_values + values > limits.values:
        raise LimitReached(
            f"this account may hold {limits.values} values, those that are still to be generated "
            "included, and has no room for so many more; delete operations that are no longer "
            "needed, give them a retention_time, or ask for fewer values"
        )
