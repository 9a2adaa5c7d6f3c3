"""Accounts and their API keys.

A key is ``<id>.<secret>``: the id finds the row, the secret is compared by its hash in constant
time. Only the hash is stored, so a key is shown once, when it is made.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, text

from shared.errors import NotAuthenticated, NotFound

#: The secret's entropy, in bytes.
SECRET_BYTES = 32


@dataclass(frozen=True)
class Account:
    """Whose request it is."""

    id: int
    name: str


def create_key(connection: Connection, *, account: str, name: str) -> str:
    """Make a key for ``account``, which is made too when it is new; return ``<id>.<secret>``."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    connection.execute(
        text("INSERT INTO accounts (name) VALUES (:account) ON CONFLICT (name) DO NOTHING"),
        {"account": account},
    )
    key_id = connection.scalar(
        text(
            """
            INSERT INTO api_keys (account_id, name, secret_sha256)
            SELECT id, :name, :hash FROM accounts WHERE name = :account
            RETURNING id
            """
        ),
        {"account": account, "name": name, "hash": _hash(secret)},
    )
    return f"{key_id}.{secret}"


def list_keys(connection: Connection) -> list[dict[str, Any]]:
    """All keys, without their secrets: id, account, name, created, last used, revoked."""
    rows = connection.execute(
        text(
            """
            SELECT k.id, a.name AS account, k.name, k.created_at, k.last_used_at, k.revoked_at
            FROM api_keys k JOIN accounts a ON a.id = k.account_id
            ORDER BY k.id
            """
        )
    )
    return [dict(row) for row in rows.mappings()]


def revoke_key(connection: Connection, *, key_id: int) -> None:
    """End a key at once.

    :raises NotFound: when there is no such key, or it was revoked before.
    """
    revoked = connection.execute(
        text("UPDATE api_keys SET revoked_at = now() WHERE id = :id AND revoked_at IS NULL"),
        {"id": key_id},
    )
    if revoked.rowcount == 0:
        raise NotFound(f"there is no API key {key_id} to revoke; `valuemill keys list` shows them")


def authenticate(connection: Connection, *, key: str) -> Account:
    """Tell whose key this is.

    :raises NotAuthenticated: when it is nobody's, without saying which part was wrong.
    """
    key_id, _, secret = key.partition(".")
    row = _find(connection, key_id)
    # Compared also when there is no such key, so that both take the same time.
    known = row["secret_sha256"] if row else bytes(32)
    if not hmac.compare_digest(known, _hash(secret)) or row is None:
        raise NotAuthenticated("the API key is not valid; send 'Authorization: apk <id>.<secret>'")
    connection.execute(
        # Once a minute is enough to see which keys are in use, and spares a write a request.
        text(
            """
            UPDATE api_keys SET last_used_at = now()
            WHERE id = :id AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
            """
        ),
        {"id": int(key_id)},
    )
    return Account(id=row["account_id"], name=row["account_name"])


def _find(connection: Connection, key_id: str) -> RowMapping | None:
    if not (key_id.isascii() and key_id.isdecimal() and len(key_id) <= 18):
        return None
    return (
        connection.execute(
            text(
                """
                SELECT k.secret_sha256, a.id AS account_id, a.name AS account_name
                FROM api_keys k JOIN accounts a ON a.id = k.account_id
                WHERE k.id = :id AND k.revoked_at IS NULL
                """
            ),
            {"id": int(key_id)},
        )
        .mappings()
        .one_or_none()
    )


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
