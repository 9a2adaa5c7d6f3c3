"""Runs: written with their first step and their job, and read.

Whoever writes a run has locked its engine's row before: an engine does one thing at a time.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update

from shared.db.schema import engines, jobs, runs, steps
from shared.errors import Conflict, NotFound
from shared.queue import jobs as queue
from shared.synthesis.run import FIRST_STEPS, JOB_TYPE, WAVES, Run, RunState, RunType

_COLUMNS = [column for column in runs.c if column.name not in ("plan", "report", "deleted_at")]

_RUNS: Select[Any] = (
    select(*_COLUMNS, engines.c.id.label("engine_id"), engines.c.account_id)
    .add_columns(jobs.c.percent_complete)
    .join_from(runs, engines, engines.c.number == runs.c.engine_number)
    .outerjoin(jobs, jobs.c.target_id == runs.c.id)
)

#: Those that clients see.
_SHOWN = _RUNS.where(runs.c.deleted_at.is_(None), engines.c.deleted_at.is_(None))


def create(
    connection: Connection,
    *,
    engine_number: int,
    account_id: int,
    name: str,
    run_type: RunType,
    settings: Mapping[str, Any],
    request: Mapping[str, Any],
    plan: Mapping[str, Any] | None = None,
    priority: int = 0,
    trace_id: str,
) -> uuid.UUID:
    """Write a run with its first step and its job; return its id.

    :param name: what people call the engine.
    :param settings: of the engine, all of them; the run keeps them as they are now.
    :param plan: as ``shared.synthesis.frozen`` writes it; None before columns are known.
    :raises Conflict: when another run of the engine goes on.
    """
    refuse_while_open(connection, engine_number=engine_number)
    run_id = uuid.uuid4()
    number = connection.scalar(
        insert(runs)
        .values(
            id=run_id,
            engine_number=engine_number,
            type=run_type,
            state=RunState.STARTED,
            settings=settings,
            request=request,
            seed=seed_of(settings),
            plan=plan,
        )
        .returning(runs.c.number)
    )
    kind = FIRST_STEPS[run_type]
    connection.execute(
        insert(steps).values(
            run_number=number, ordinal=0, kind=kind, wave=WAVES[kind], parameters={}
        )
    )
    queue.create(
        connection,
        job_type=JOB_TYPE,
        target_id=run_id,
        target_name=name,
        account_id=account_id,
        priority=priority,
        trace_id=trace_id,
    )
    return run_id


def seed_of(settings: Mapping[str, Any]) -> bytes:
    """What everything comes of that a run draws by chance: 32 bytes.

    The same for the same ``seed_value`` where ``use_seed`` says so, whatever engine it is.
    """
    if not settings["use_seed"]:
        return secrets.token_bytes(32)
    return hashlib.sha256(b"valuemill synthesis %d" % settings["seed_value"]).digest()


def refuse_while_open(connection: Connection, *, engine_number: int) -> None:
    """Nothing, unless a run of the engine goes on.

    :raises Conflict: when one does.
    """
    open_run = connection.execute(
        select(runs.c.id, runs.c.type, runs.c.state).where(
            runs.c.engine_number == engine_number, runs.c.ended_at.is_(None)
        )
    ).one_or_none()
    if open_run is not None and not RunState(open_run.state).is_open:
        raise Conflict(
            f"what the job {open_run.id} has taken away from the target is being put back, though "
            "it has ended; try again shortly"
        )
    if open_run is not None:
        raise Conflict(
            f"another job of this engine goes on ({open_run.type}, {open_run.id}); wait for its "
            "end, or cancel it"
        )


def get(connection: Connection, *, run_id: uuid.UUID, account_id: int) -> Run:
    """One run.

    :raises NotFound: when there is none, it or its engine was deleted, or it is another account's.
    """
    query = _SHOWN.where(runs.c.id == run_id, engines.c.account_id == account_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"there is no job {run_id}; it may have been deleted")
    return Run.from_row(row)


def list_runs(
    connection: Connection,
    *,
    engine_number: int,
    run_type: str | None = None,
    limit: int | None = None,
) -> list[Run]:
    """The runs of an engine, the latest first.

    :param run_type: None: all.
    """
    query = _SHOWN.where(runs.c.engine_number == engine_number)
    if run_type is not None:
        query = query.where(runs.c.type == run_type)
    query = query.order_by(runs.c.number.desc()).limit(limit)
    return [Run.from_row(row) for row in connection.execute(query).mappings()]


def plan_of(connection: Connection, *, number: int) -> Mapping[str, Any] | None:
    """What was to become of the columns when the run began; see ``shared.synthesis.frozen``."""
    plan: Mapping[str, Any] | None = connection.scalar(
        select(runs.c.plan).where(runs.c.number == number)
    )
    return plan


def report_of(connection: Connection, *, number: int) -> Mapping[str, Any] | None:
    """What each column became and why; None before a run has come so far."""
    report: Mapping[str, Any] | None = connection.scalar(
        select(runs.c.report).where(runs.c.number == number)
    )
    return report


def hide(connection: Connection, *, number: int) -> None:
    """Show a run no more; it is removed with its engine."""
    connection.execute(update(runs).where(runs.c.number == number).values(deleted_at=func.now()))
