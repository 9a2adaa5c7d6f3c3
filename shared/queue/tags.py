"""Tags: what clients write on jobs to find them again. A key may have several values."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from shared.db.schema import job_tags
from shared.errors import Conflict
from shared.queue import jobs

#: Tags that one job may have, and one request hold.
MAX_TAGS = 1000

Tag = tuple[str, str]


def read(connection: Connection, *, job_id: uuid.UUID, account_id: int) -> list[Tag]:
    """A job's tags as ``(key, value)``, the oldest first.

    :raises NotFound: when there is no such job, or it is another account's.
    """
    jobs.get(connection, job_id=job_id, account_id=account_id)
    query = (
        select(job_tags.c.key, job_tags.c.value)
        .where(job_tags.c.job_id == job_id)
        .order_by(job_tags.c.position)
    )
    return [(row.key, row.value) for row in connection.execute(query)]


def create(
    connection: Connection, *, job_id: uuid.UUID, account_id: int, tags: Sequence[Tag]
) -> list[Tag]:
    """Add tags (at least one) to a job; return all that it then has.

    :raises NotFound: as :func:`read`.
    :raises Conflict: when it would have more than ``MAX_TAGS``.
    """
    jobs.get(connection, job_id=job_id, account_id=account_id)
    connection.execute(
        insert(job_tags).on_conflict_do_nothing(),
        [
            {"job_id": job_id, "digest": _digest(tag), "key": tag[0], "value": tag[1]}
            for tag in dict.fromkeys(tags)
        ],
    )
    counted = select(func.count()).where(job_tags.c.job_id == job_id)
    if (connection.scalar(counted) or 0) > MAX_TAGS:
        raise Conflict(f"a job may have at most {MAX_TAGS} tags; delete some first")
    return read(connection, job_id=job_id, account_id=account_id)


def remove(
    connection: Connection,
    *,
    job_id: uuid.UUID,
    account_id: int,
    key: str | None = None,
    value: str | None = None,
    tags: Sequence[Tag] | None = None,
) -> None:
    """Take tags off a job: those given, or those with this key (and value), or all.

    Tags that it does not have are no error.

    :raises NotFound: as :func:`read`.
    """
    jobs.get(connection, job_id=job_id, account_id=account_id)
    query = delete(job_tags).where(job_tags.c.job_id == job_id)
    if tags is not None:
        query = query.where(job_tags.c.digest.in_([_digest(tag) for tag in tags]))
    if key is not None:
        query = query.where(job_tags.c.key == key)
    if value is not None:
        query = query.where(job_tags.c.value == value)
    connection.execute(query)


def _digest(tag: Tag) -> uuid.UUID:
    # No text holds NUL, so no two tags are the same bytes.
    return uuid.UUID(bytes=hashlib.blake2b("\0".join(tag).encode(), digest_size=16).digest())
