"""Jobs: what a client polls."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    case,
    cast,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP, aggregate_order_by

from shared.db.listing import Slice, Wanted, limit_time, read_slice
from shared.db.schema import accounts, job_tags, jobs, operations
from shared.errors import Conflict, NotFound
from shared.filters import Filter, Members
from shared.models import gateways
from shared.models.waiting import waiting_reason
from shared.queue.endings import end_operation

ABANDONED = "The job was abandoned before it had all values; those made until then are kept."

#: Clients of the published API read a start time off every job and sort by it, so one that
#: still waits shows when it was submitted.
START_TIME = func.coalesce(jobs.c.start_time, jobs.c.submit_time)

UPDATE_TIME = func.greatest(
    jobs.c.update_time, operations.c.update_time, type_=TIMESTAMP(timezone=True)
)

#: Null once the operation is deleted, and its counts with it, unless it was complete.
PERCENT_COMPLETE = case(
    (jobs.c.status == "COMPLETED", 100),
    else_=cast(
        100 * cast(operations.c.generated_count, BigInteger) // operations.c.requested_count,
        Integer,
    ),
)

_TAG = func.jsonb_build_object("key", job_tags.c.key, "value", job_tags.c.value)
TAGS = (
    select(func.jsonb_agg(aggregate_order_by(_TAG, job_tags.c.position)))
    .where(job_tags.c.job_id == jobs.c.id)
    .correlate(jobs)
    .scalar_subquery()
)


def _of_account(account_id: int) -> Select[Any]:
    return (
        select(
            jobs,
            accounts.c.name.label("account_name"),
            operations.c.generated_count,
            operations.c.requested_count,
            operations.c.warning,
            START_TIME.label("started_at"),
            UPDATE_TIME.label("progressed_at"),
            PERCENT_COMPLETE.label("percent_complete"),
            operations.c.llm_model_name,
            TAGS.label("tags"),
        )
        .join(accounts, accounts.c.id == jobs.c.account_id)
        .outerjoin(
            operations,
            and_(operations.c.id == jobs.c.operation_id, operations.c.deleted_at.is_(None)),
        )
        .where(jobs.c.account_id == account_id)
    )


def get(
    connection: Connection, *, job_id: uuid.UUID, account_id: int, default_model: str = ""
) -> dict[str, Any]:
    """One job with how its operation stands.

    :param default_model: the model of operations that name none; empty: any.
    :returns: the columns of ``schema.jobs``, ``account_name``, ``generated_count`` and
        ``requested_count`` (null once the operation is deleted), ``percent_complete``,
        ``started_at``, ``progressed_at``, ``warning``, ``waiting`` (why no prompt can run now, or
        null) and ``tags`` (a list of ``{"key", "value"}``, or null).
    :raises NotFound: when there is none, or it is another account's.
    """
    query = _of_account(account_id).where(jobs.c.id == job_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"there is no job {job_id.hex}")
    return _explained(connection, [row], default_model)[0]


def _explained(
    connection: Connection, rows: Sequence[Mapping[Any, Any]], default_model: str
) -> list[dict[str, Any]]:
    """Add to jobs that still work what they wait for."""
    known = gateways.read_all(connection)
    return [
        {
            **row,
            "waiting": waiting_reason(known, model=row["llm_model_name"] or default_model or None)
            if row["status"] in ("PENDING", "STARTED")
            else None,
        }
        for row in rows
    ]


#: What lists can be sorted by.
SORTS = {
    "id": jobs.c.id,
    "status": jobs.c.status,
    # All jobs of an account are the same in these, so they are in the order of submission.
    "is_waiting_for_telemetry": jobs.c.account_id,
    "account_id": jobs.c.account_id,
    "account_name": jobs.c.account_id,
    "type": jobs.c.type,
    "localized_type": jobs.c.type,
    "error_details": jobs.c.error_details,
    # The one that is stored: what a job waits for is worked out when it is read.
    "warning_message": operations.c.warning,
    "target_id": jobs.c.operation_id,
    "target_name": jobs.c.target_name,
    "start_time": START_TIME,
    "update_time": UPDATE_TIME,
    "trace_id": jobs.c.trace_id,
    "percent_complete": PERCENT_COMPLETE,
}

#: What lists can be filtered by.
_FILTERED: dict[str, ColumnElement[Any] | Members] = {
    "id": jobs.c.id,
    "type": jobs.c.type,
    "status": jobs.c.status,
    "error_details": jobs.c.error_details,
    "target_id": jobs.c.operation_id,
    "target_name": jobs.c.target_name,
    "trace_id": jobs.c.trace_id,
    "start_time": START_TIME,
    "update_time": UPDATE_TIME,
    "percent_complete": PERCENT_COMPLETE,
    "tags": Members(
        source=job_tags,
        columns={"key": job_tags.c.key, "value": job_tags.c.value},
        link=job_tags.c.job_id == jobs.c.id,
    ),
}


def search(
    connection: Connection,
    *,
    account_id: int,
    wanted: Wanted,
    condition: Filter | None = None,
    default_model: str = "",
) -> Slice:
    """A page of an account's jobs, in the shape of :func:`get`."""
    query = _of_account(account_id)
    if condition is not None:
        query = query.where(condition.to_sql(_FILTERED))
        limit_time(connection)
    found = read_slice(connection, query, columns=SORTS, number=jobs.c.number, wanted=wanted)
    return replace(found, rows=_explained(connection, found.rows, default_model))


def abandon(connection: Connection, *, job_id: uuid.UUID, account_id: int) -> None:
    """End a job now: its operation keeps the values that it has.

    :raises NotFound: as :func:`get`.
    :raises Conflict: when it has ended already.
    """
    number = connection.scalar(
        text(
            """
            SELECT o.number FROM operations o JOIN jobs j ON j.operation_id = o.id
            WHERE j.id = :id AND j.account_id = :account
            FOR NO KEY UPDATE OF o
            """
        ),
        {"id": job_id, "account": account_id},
    )
    job = get(connection, job_id=job_id, account_id=account_id)
    if job["status"] not in ("PENDING", "STARTED") or number is None:
        raise Conflict(f"the job has ended already ({job['status']}); nothing to abandon")
    end_operation(
        connection, number=number, status="FAILED", reason=ABANDONED, job_status="ABANDONED"
    )
