"""Idempotency keys: a request that is sent again is answered again, not done again.

After the Internet-Draft "The Idempotency-Key HTTP Header Field" of the IETF's HTTPAPI group.
"""

from __future__ import annotations

import uuid

from sqlalchemy import Connection, text

from shared.errors import Conflict

#: How long a key is remembered.
LIFETIME_HOURS = 24


def find(
    connection: Connection, *, account_id: int, key: str, body_sha256: bytes
) -> uuid.UUID | None:
    """The job that this account's key has made, or None when the key is new.

    Waits for a request with the same key that is under way, so that two sent at once make one
    job; so it must be in the transaction that :func:`remember` is called in.

    :raises Conflict: when the key came with another body before.
    """
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))"),
        {"lock": f"idempotency {account_id} {key}"},
    )
    row = connection.execute(
        text(
            """
            SELECT body_sha256, job_id FROM idempotency_keys
            WHERE account_id = :account AND key = :key
            """
        ),
        {"account": account_id, "key": key},
    ).one_or_none()
    if row is None:
        return None
    if bytes(row.body_sha256) != body_sha256:
        raise Conflict(
            "this Idempotency-Key was sent with another body before; use a new key for a new "
            "request"
        )
    return uuid.UUID(str(row.job_id))


def remember(
    connection: Connection, *, account_id: int, key: str, body_sha256: bytes, job_id: uuid.UUID
) -> None:
    """Note which job a key has made."""
    connection.execute(
        text(
            """
            INSERT INTO idempotency_keys (account_id, key, body_sha256, job_id)
            VALUES (:account, :key, :body, :job)
            """
        ),
        {"account": account_id, "key": key, "body": body_sha256, "job": job_id},
    )


def forget_old(connection: Connection) -> int:
    """Forget keys past their lifetime; return how many."""
    return connection.execute(
        text(
            """
            DELETE FROM idempotency_keys
            WHERE created_at < now() - make_interval(hours => :hours)
            """
        ),
        {"hours": LIFETIME_HOURS},
    ).rowcount
