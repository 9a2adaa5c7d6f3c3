"""Operations as clients know them: submit, read, cancel, delete."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import psycopg
from sqlalchemy import Connection, func, insert, select, text

from shared.db import schema
from shared.db.accounts import check_limits
from shared.db.listing import Slice, Wanted, limit_time, read_slice
from shared.db.rows import read_row
from shared.errors import Conflict, InvalidRequest, NotFound
from shared.filters import Filter
from shared.filters.sql import to_sql
from shared.generation.cells import span
from shared.generation.endings import end_for_client
from shared.generation.fields import OPERATIONS
from shared.generation.operation import Coverage, Operation
from shared.generation.product import JOB_TYPE
from shared.generation.requests import GenerateRequest
from shared.queue import jobs
from shared.queue.job import JobState
from shared.settings import UNLIMITED, Limits


def submit(
    connection: Connection,
    request: GenerateRequest,
    *,
    account_id: int,
    trace_id: str,
    limits: Limits = UNLIMITED,
) -> uuid.UUID:
    """Write a job, its operation and its cells; return the id of the job.

    The account's row is locked from then to the end of the transaction, which should be near.

    :raises InvalidRequest: when the attributes span too many cells, or it asks for more values
        than any account may hold.
    :raises LimitReached: when the account may not have so much more.
    """
    _check_count(request.requested_count, limits)
    # Refuses before anything was done; what others do meanwhile is checked in the end.
    check_limits(
        connection, limits, account_id=account_id, operations=1, values=request.requested_count
    )
    operation_id = uuid.uuid4()
    cells = cells_of(request)
    number = connection.scalar(
        insert(schema.operations)
        .values(id=operation_id, account_id=account_id, waiting_since=func.now(), **asked(request))
        .returning(schema.operations.c.number)
    )
    _copy_cells(connection, number, cells)
    job_id = jobs.create(
        connection,
        job_type=JOB_TYPE,
        target_id=operation_id,
        target_name=request.name,
        account_id=account_id,
        priority=request.priority,
        trace_id=trace_id,
    )
    # Count this operation now instead of at the commit. From here on, another submit of this
    # account waits, and then sees the count with this one in it.
    connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    check_limits(connection, limits, account_id=account_id)
    return job_id


def _check_count(requested: int, limits: Limits) -> None:
    if limits.values and requested > limits.values:
        raise InvalidRequest(
            f"is more than the {limits.values} values that an account may hold in all; ask for "
            "fewer",
            field="requested_count",
        )


_REQUESTED = (
    "name",
    "description",
    "data_type",
    "max_value_length",
    "requested_count",
    "filter_characters",
    "allow_duplicates",
    "trim_values",
    "multiline_values",
    "retention_time",
    "error_tolerance",
    "priority",
    "llm_model_name",
)


def asked(request: GenerateRequest) -> dict[str, Any]:
    """The columns of an operation that say what was asked for, and that none of it is there."""
    return {
        **{name: getattr(request, name) for name in _REQUESTED},
        "attributes": [attribute.as_json() for attribute in request.attributes],
        "open_count": request.requested_count,
    }


def cells_of(request: GenerateRequest) -> list[tuple[tuple[int, ...], int]]:
    """The cells of an operation in their order, each by its choice and its quota.

    :raises InvalidRequest: when there would be too many.
    """
    return span([len(a.values) for a in request.attributes], count=request.requested_count)


def _copy_cells(
    connection: Connection, number: int | None, cells: Sequence[tuple[tuple[int, ...], int]]
) -> None:
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)  # noqa: S101 - narrows the type for mypy
    with raw.cursor().copy(
        "COPY cells (operation_number, ordinal, choice, quota, open_count) FROM STDIN"
    ) as copy:
        for ordinal, (choice, quota) in enumerate(cells):
            copy.write_row((number, ordinal, list(choice), quota, quota))


#: An operation that clients can see: not deleted, and not past its retention.
VISIBLE = text("deleted_at IS NULL AND (expiration_time IS NULL OR expiration_time > now())")


def get(connection: Connection, *, operation_id: uuid.UUID, account_id: int) -> Operation:
    """One operation.

    :raises NotFound: when there is none, it expired, or it is another account's.
    """
    row = (
        connection.execute(
            select(schema.operations)
            .where(
                schema.operations.c.id == operation_id,
                schema.operations.c.account_id == account_id,
            )
            .where(VISIBLE)
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotFound(f"there is no operation {operation_id}; it may have expired or been deleted")
    return Operation.from_row(row)


def coverage(connection: Connection, *, number: int) -> Coverage:
    """How an operation's cells are getting on."""
    row = connection.execute(
        text(
            """
            SELECT count(*) AS cells,
                count(*) FILTER (WHERE generated_count >= quota) AS filled,
                count(*) FILTER (WHERE dry) AS dry,
                CAST(coalesce(min(trunc(100.0 * generated_count / nullif(quota, 0))), 100)
                    AS integer) AS least_percent
            FROM cells WHERE operation_number = :number
            """
        ),
        {"number": number},
    )
    return read_row(Coverage, row.mappings().one())


_columns = schema.operations.c

#: What lists can be sorted by.
SORTS = {
    name: _columns[name]
    for name in (
        "id",
        "name",
        "description",
        "status",
        "data_type",
        "requested_count",
        "generated_count",
        "allow_duplicates",
        "max_value_length",
        "trim_values",
        "filter_characters",
        "multiline_values",
        "expiration_time",
        "account_id",
        "priority",
        "submit_time",
        "start_time",
        "end_time",
        "llm_model_name",
        "error_tolerance",
    )
}

#: What lists can be filtered by.
_FILTERED = {field.name: _columns[field.name] for field in OPERATIONS}


def search(
    connection: Connection, *, account_id: int, wanted: Wanted, condition: Filter | None = None
) -> Slice[Operation]:
    """A page of an account's operations."""
    query = select(schema.operations).where(_columns.account_id == account_id).where(VISIBLE)
    if condition is not None:
        query = query.where(to_sql(condition, _FILTERED))
        limit_time(connection)
    found = read_slice(connection, query, columns=SORTS, number=_columns.number, wanted=wanted)
    return found.map(Operation.from_row)


def cancel(connection: Connection, *, operation_id: uuid.UUID, account_id: int) -> None:
    """End an operation now; it keeps the values that it has. Its running prompts are closed.

    :raises NotFound: as :func:`get`.
    :raises Conflict: when it has ended already.
    """
    found = get(connection, operation_id=operation_id, account_id=account_id)
    if not end_for_client(connection, operation_id=found.id, state=JobState.CANCELED):
        found = get(connection, operation_id=operation_id, account_id=account_id)
        raise Conflict(f"the operation has ended already ({found.status}); nothing to cancel")


def delete(connection: Connection, *, operation_id: uuid.UUID, account_id: int) -> None:
    """Remove an operation and its values; one that still works is cancelled first.

    It is gone for clients at once. The rows follow when the sweeper comes by, a few at a time,
    because ten million values take a while.

    :raises NotFound: as :func:`get`.
    """
    found = get(connection, operation_id=operation_id, account_id=account_id)
    end_for_client(connection, operation_id=found.id, state=JobState.CANCELED)
    deleted = connection.execute(
        text(
            "UPDATE operations SET deleted_at = now() WHERE number = :number AND deleted_at IS NULL"
        ),
        {"number": found.number},
    )
    if not deleted.rowcount:
        get(connection, operation_id=operation_id, account_id=account_id)
