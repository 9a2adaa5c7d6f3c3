"""Lists that a run of another product wants: found, or submitted as its account would.

Workers may not submit. What they may is to call one function of the database, with its owner's
rights: it looks whose the run is, and writes the list for that account, with the run's priority.
"""

from __future__ import annotations

import json
import uuid

from sqlalchemy import Connection, text

from shared.errors import LimitReached
from shared.generation.operations import VISIBLE, asked, cells_of
from shared.generation.product import JOB_TYPE
from shared.generation.requests import GenerateRequest
from shared.settings import UNLIMITED, Limits


def take_turn(connection: Connection, *, account_id: int) -> None:
    """Keep others of the account from looking for lists until the transaction ends.

    So that of two who want the same, the later one finds what the first has submitted.
    """
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('lists of runs', :account))"),
        {"account": account_id},
    )


def find(connection: Connection, request: GenerateRequest, *, account_id: int) -> uuid.UUID | None:
    """An operation of the account that makes or has made what is asked for, whatever its name.

    One that has all values comes before one whose model had no more of them, and this before one
    that still works; of several the oldest, so that it is the same one the next time.
    """
    wanted = asked(request)
    found: uuid.UUID | None = connection.scalar(
        _FIND,
        {
            "account": account_id,
            "attributes": json.dumps(wanted["attributes"]),
            **{name: wanted[name] for name in _ALIKE},
        },
    )
    return found


_ALIKE = (
    "data_type",
    "max_value_length",
    "requested_count",
    "filter_characters",
    "allow_duplicates",
    "trim_values",
    "multiline_values",
)

_FIND = text(
    f"""
    SELECT o.id FROM operations o
    WHERE account_id = :account AND data_type = :data_type
        AND attributes = CAST(:attributes AS jsonb) AND max_value_length = :max_value_length
        AND requested_count >= :requested_count AND filter_characters = :filter_characters
        AND allow_duplicates = :allow_duplicates AND trim_values = :trim_values
        AND multiline_values = :multiline_values AND {VISIBLE}
        AND (end_time IS NULL OR status = 'COMPLETED' OR generated_count > 0
            AND reachable < requested_count
            AND (SELECT j.status FROM jobs j WHERE j.operation_id = o.id) = 'FAILED')
    ORDER BY status <> 'COMPLETED', end_time IS NULL, number
    LIMIT 1
    """  # noqa: S608 - a constant
)


def submit(
    connection: Connection,
    request: GenerateRequest,
    *,
    run_id: uuid.UUID,
    limits: Limits = UNLIMITED,
) -> uuid.UUID:
    """Write an operation, its cells and its job, as ``operations.submit`` does; return its id.

    :param run_id: for whose account, and with whose priority and trace.
    :raises InvalidRequest: as ``operations.submit``.
    :raises LimitReached: when the account may not have so much more.
    """
    operation_id = uuid.uuid4()
    number = connection.scalar(
        _SUBMIT,
        {
            "run": run_id,
            "operation": json.dumps({"id": str(operation_id), **asked(request)}),
            "cells": json.dumps(
                [
                    {"ordinal": ordinal, "choice": choice, "quota": quota}
                    for ordinal, (choice, quota) in enumerate(cells_of(request))
                ]
            ),
            "job": json.dumps({"id": str(uuid.uuid4()), "type": JOB_TYPE}),
            "most_operations": limits.open_operations,
            "most_values": limits.values,
        },
    )
    if number is None:
        raise LimitReached(
            "the account has as many operations under way, or values, as it may have; cancel or "
            "delete some"
        )
    return operation_id


_SUBMIT = text(
    """
    SELECT order_list(
        :run, CAST(:operation AS jsonb), CAST(:cells AS jsonb), CAST(:job AS jsonb),
        :most_operations, :most_values
    )
    """
)
