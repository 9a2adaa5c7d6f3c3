"""Jobs: what a client polls."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Select,
    Text,
    bindparam,
    case,
    cast,
    false,
    func,
    insert,
    literal_column,
    null,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from shared.db.listing import Slice, Wanted, limit_time, read_slice
from shared.db.lookup import Lookup
from shared.db.schema import accounts, job_tags, jobs
from shared.errors import NotFound
from shared.filters import Filter
from shared.filters.sql import Members, to_sql
from shared.queue.fields import NEVER_SET
from shared.queue.job import LOCALIZED_TYPES, Job, JobState

START_TIME = func.coalesce(jobs.c.start_time, jobs.c.submit_time)

_TAG = func.jsonb_build_object(
    literal_column("'key'"), job_tags.c.key, literal_column("'value'"), job_tags.c.value
)
_TAGS = (
    select(func.jsonb_agg(aggregate_order_by(_TAG, job_tags.c.position)))
    .where(job_tags.c.job_id == jobs.c.id)
    .correlate(jobs)
    .scalar_subquery()
)

#: What a ``Job`` is read from; ``jobs`` is to be joined with ``accounts``.
COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "id": jobs.c.id,
    "account_id": accounts.c.id,
    "account_name": accounts.c.name,
    "type": jobs.c.type,
    "target_id": jobs.c.target_id,
    "target_name": jobs.c.target_name,
    "status": jobs.c.status,
    "percent_complete": jobs.c.percent_complete,
    "warning": jobs.c.warning,
    "error_details": jobs.c.error_details,
    "result": jobs.c.result,
    "trace_id": jobs.c.trace_id,
    "start_time": START_TIME,
    "update_time": jobs.c.update_time,
    "tags": _TAGS,
}

_JOBS: Select[Any] = select(*(column.label(name) for name, column in COLUMNS.items())).join_from(
    jobs, accounts, accounts.c.id == jobs.c.account_id
)

_JOB = Lookup(
    _JOBS.where(jobs.c.id == bindparam("job_id"), jobs.c.account_id == bindparam("account_id"))
)


def create(
    connection: Connection,
    *,
    job_type: str,
    target_id: uuid.UUID,
    target_name: str,
    account_id: int,
    priority: int,
    trace_id: str,
) -> uuid.UUID:
    """Write a job that has work; return its id."""
    job_id = uuid.uuid4()
    connection.execute(
        insert(jobs).values(
            id=job_id,
            account_id=account_id,
            type=job_type,
            target_id=target_id,
            target_name=target_name,
            priority=priority,
            has_work=True,
            percent_complete=0,
            trace_id=trace_id,
        )
    )
    return job_id


def get(connection: Connection, *, job_id: uuid.UUID, account_id: int) -> Job:
    """One job.

    :raises NotFound: when there is none, or it is another account's.
    """
    row = _JOB.find(connection, job_id=job_id, account_id=account_id)
    if row is None:
        raise NotFound(f"there is no job {job_id.hex}")
    return Job.from_row(row)


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
    "warning_message": jobs.c.warning,
    "target_id": jobs.c.target_id,
    "target_name": jobs.c.target_name,
    "start_time": START_TIME,
    "update_time": jobs.c.update_time,
    "trace_id": jobs.c.trace_id,
    "percent_complete": jobs.c.percent_complete,
    "compliance_node_id": jobs.c.account_id,
    "compliance_node_name": jobs.c.account_id,
}

_NIL = cast(null(), Text)

#: The engines of a job, of which none has any.
_ENGINES = (
    select(_NIL.label("engine_id"), _NIL.label("engine_name")).where(false()).subquery("engines")
)

#: What lists can be filtered by; see ``shared.queue.fields``.
_FILTERED: dict[str, ColumnElement[Any] | Members] = {
    "id": jobs.c.id,
    "status": jobs.c.status,
    "is_waiting_for_telemetry": cast(false(), Boolean),
    "type": jobs.c.type,
    "localized_type": case(LOCALIZED_TYPES, value=jobs.c.type, else_=jobs.c.type),
    "error_details": jobs.c.error_details,
    "warning_message": jobs.c.warning,
    "target_id": jobs.c.target_id,
    "target_name": jobs.c.target_name,
    "trace_id": jobs.c.trace_id,
    "start_time": START_TIME,
    "update_time": jobs.c.update_time,
    "percent_complete": jobs.c.percent_complete,
    "tags": Members(
        source=job_tags,
        columns={"key": job_tags.c.key, "value": job_tags.c.value},
        link=job_tags.c.job_id == jobs.c.id,
    ),
    "engine_ids": Members(source=_ENGINES, columns={"": _ENGINES.c.engine_id}, link=true()),
    "engines": Members(source=_ENGINES, columns=dict(_ENGINES.c.items()), link=true()),
    "account_id": accounts.c.id,
    "account_name": accounts.c.name,
    **dict.fromkeys(NEVER_SET, _NIL),
}


def search(
    connection: Connection, *, account_id: int, wanted: Wanted, condition: Filter | None = None
) -> Slice[Job]:
    """A page of an account's jobs."""
    query = _JOBS.where(jobs.c.account_id == account_id)
    if condition is not None:
        query = query.where(to_sql(condition, _FILTERED))
        limit_time(connection)
    found = read_slice(connection, query, columns=SORTS, number=jobs.c.number, wanted=wanted)
    return found.map(Job.from_row)


def start(connection: Connection, *, target_id: uuid.UUID) -> None:
    """Note that work on a job has begun."""
    connection.execute(
        text(
            """
            UPDATE jobs SET
                status = 'STARTED', start_time = coalesce(start_time, now()),
                update_time = clock_timestamp()
            WHERE operation_id = :target
            """
        ),
        {"target": target_id},
    )


def end(
    connection: Connection, *, target_id: uuid.UUID, state: JobState, reason: str | None
) -> None:
    """End the job of a piece of work whose row is locked by the caller."""
    connection.execute(
        text(
            """
            UPDATE jobs SET
                status = :state, error_details = :reason, has_work = false,
                update_time = clock_timestamp(), end_time = now()
            WHERE operation_id = :target
            """
        ),
        {"target": target_id, "state": state, "reason": reason},
    )
