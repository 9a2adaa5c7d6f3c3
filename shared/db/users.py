"""Users: people of an account, who sign in with an e-mail address and a password."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from shared.db.accounts import Account
from shared.errors import Conflict, NotFound

#: Characters of an address.
MAX_EMAIL = 255


@dataclass(frozen=True, kw_only=True)
class User:
    """Somebody who may sign in."""

    id: int
    email: str
    account: Account


def normal(email: str) -> str:
    """An address as it is kept: who writes it in capitals is the same."""
    return unicodedata.normalize("NFC", email).strip().lower()


def create(connection: Connection, *, account: str, email: str, password_hash: str) -> None:
    """Make a user of ``account``, which is made too when it is new.

    :raises Conflict: when there is a user with this address, in whatever account.
    """
    connection.execute(
        text("INSERT INTO accounts (name) VALUES (:account) ON CONFLICT (name) DO NOTHING"),
        {"account": account},
    )
    made = connection.execute(
        text(
            """
            INSERT INTO users (account_id, email, password_hash)
            SELECT id, :email, :hash FROM accounts WHERE name = :account
            ON CONFLICT (email) DO NOTHING
            """
        ),
        {"account": account, "email": normal(email), "hash": password_hash},
    )
    if made.rowcount == 0:
        raise Conflict(
            f"there is a user {normal(email)} already; `valuemill users list` shows them, "
            "`valuemill users password` gives one another password"
        )


def find(connection: Connection, *, email: str) -> tuple[User, str] | None:
    """A user who may sign in, and the hash of the password; None where there is none."""
    row = connection.execute(
        text(
            """
            SELECT u.id, u.email, u.password_hash, a.id AS account_id, a.name AS account_name
            FROM users u JOIN accounts a ON a.id = u.account_id
            WHERE u.email = :email AND u.disabled_at IS NULL
            """
        ),
        {"email": normal(email)},
    ).one_or_none()
    if row is None:
        return None
    account = Account(id=row.account_id, name=row.account_name)
    return User(id=row.id, email=row.email, account=account), row.password_hash


def renew_hash(connection: Connection, *, user_id: int, old: str, new: str) -> None:
    """Keep the same password by another hash, unless somebody has changed it meanwhile."""
    connection.execute(
        text("UPDATE users SET password_hash = :new WHERE id = :id AND password_hash = :old"),
        {"id": user_id, "old": old, "new": new},
    )


def list_users(connection: Connection) -> list[dict[str, Any]]:
    """All users, without their passwords.

    :returns: for each ``email``, ``account``, ``created_at``, ``last_seen_at`` (None where nobody
        is signed in) and ``disabled_at``.
    """
    rows = connection.execute(
        text(
            """
            SELECT u.email, a.name AS account, u.created_at, u.disabled_at,
                (SELECT max(seen_at) FROM sessions WHERE user_id = u.id) AS last_seen_at
            FROM users u JOIN accounts a ON a.id = u.account_id
            ORDER BY u.id
            """
        )
    )
    return [dict(row) for row in rows.mappings()]


def change_password(connection: Connection, *, email: str, password_hash: str) -> None:
    """Give a user another password, and end their sessions.

    :raises NotFound: when there is no such user.
    """
    _change(connection, email, "password_hash = :value", password_hash)


def disable(connection: Connection, *, email: str) -> None:
    """Let a user sign in no more, and end their sessions.

    :raises NotFound: when there is no such user.
    """
    _change(connection, email, "disabled_at = coalesce(disabled_at, now())")


def enable(connection: Connection, *, email: str) -> None:
    """Let a user sign in again.

    :raises NotFound: when there is no such user.
    """
    _change(connection, email, "disabled_at = NULL")


def _change(connection: Connection, email: str, change: str, value: str | None = None) -> None:
    user_id = connection.scalar(
        text(f"UPDATE users SET {change} WHERE email = :email RETURNING id"),  # noqa: S608 - ours
        {"email": normal(email), **({} if value is None else {"value": value})},
    )
    if user_id is None:
        raise NotFound(f"there is no user {normal(email)}; `valuemill users list` shows them")
    connection.execute(text("DELETE FROM sessions WHERE user_id = :id"), {"id": user_id})
