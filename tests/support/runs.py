"""Runs of synthesis as tests of the queue need them: with steps of their own, and no databases."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from shared.queue import jobs
from shared.synthesis import steps as run_steps
from shared.synthesis.run import JOB_TYPE, RunType
from shared.synthesis.step import NewStep


def add_run(
    connection: Connection,
    *,
    account_id: int,
    steps: Sequence[NewStep],
    priority: int = 0,
    settings: Mapping[str, Any] | None = None,
    engine: int | None = None,
) -> uuid.UUID:
    """A run with these steps, of an engine of its own or of this one."""
    run_id = uuid.uuid4()
    number = connection.execute(
        text(
            """
            INSERT INTO runs (id, engine_number, type, state, settings, request, seed)
            VALUES (:id, :engine, :type, 'STARTED', CAST(:settings AS jsonb), '{}', '\\x00')
            RETURNING number
            """
        ),
        {
            "id": run_id,
            "engine": add_engine(connection, account_id=account_id) if engine is None else engine,
            "type": RunType.SYNTHESIZE,
            "settings": json.dumps(settings or {}),
        },
    ).scalar_one()
    jobs.create(
        connection,
        job_type=JOB_TYPE,
        target_id=run_id,
        target_name="a run",
        account_id=account_id,
        priority=priority,
        trace_id="trace",
    )
    run_steps.add(connection, run_number=number, steps=steps)
    run_steps.advance(connection, run_number=number)
    return run_id


def add_engine(connection: Connection, *, account_id: int) -> int:
    """An engine without databases; return its number."""
    return int(
        connection.execute(
            text(
                """
                WITH workspace AS (
                    INSERT INTO workspaces (account_id, name, owner_name)
                    VALUES (:account, 'w', 'o') RETURNING pk
                )
                INSERT INTO engines (id, account_id, workspace_pk, settings)
                SELECT :id, :account, pk, '{}' FROM workspace RETURNING number
                """
            ),
            {"id": uuid.uuid4(), "account": account_id},
        ).scalar_one()
    )
