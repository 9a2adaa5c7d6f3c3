"""Engines and their workspaces: made, read, set and deleted.

Whoever changes an engine, or what belongs to it, locks its row first.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, text, update

from shared.db.schema import engine_databases, engines, repairs, runs, workspaces
from shared.errors import NotFound
from shared.queue.job import JobState
from shared.sealing import PublicKey, seal
from shared.synthesis import endings
from shared.synthesis import runs as run_rows
from shared.synthesis.engine import DatabaseStatus, Engine, EngineDatabase, Role
from shared.synthesis.requests import ConnectionRequest, NewWorkspace
from shared.synthesis.run import RunState, RunType
from shared.synthesis.settings import defaults

#: The state of an engine's latest run, deleted ones included: each engine has had one.
_LATEST = (
    select(runs.c.state)
    .where(runs.c.engine_number == engines.c.number)
    .order_by(runs.c.number.desc())
    .limit(1)
    .correlate(engines)
    .scalar_subquery()
)

_ENGINES: Select[Any] = (
    select(engines, _LATEST.label("latest_state"))
    .add_columns(workspaces.c.name, workspaces.c.organization, workspaces.c.owner_name)
    .join_from(engines, workspaces, workspaces.c.pk == engines.c.workspace_pk)
    .where(engines.c.deleted_at.is_(None))
)

_DATABASES = [
    column
    for column in engine_databases.c
    if column.name not in ("structure", "sealed", "ssh_host_key")
]


def create(
    connection: Connection,
    request: NewWorkspace,
    *,
    account_id: int,
    owner_name: str,
    public_key: PublicKey | None,
    trace_id: str,
) -> uuid.UUID:
    """Write a workspace, its engine and both databases, and the run that looks at these.

    :param public_key: closes their secrets.
    :returns: the id of the engine.
    :raises Unavailable: when nobody has set a key.
    """
    workspace_pk = connection.scalar(
        insert(workspaces)
        .values(
            account_id=account_id,
            name=request.name,
            organization=request.organization,
            owner_name=owner_name,
        )
        .returning(workspaces.c.pk)
    )
    settings = defaults() | {
        "initialization_mode": request.mode.value,
        "key_generation_method": request.key_method.value,
        "default_locale": request.locale,
    }
    engine_id = uuid.uuid4()
    number = connection.execute(
        insert(engines)
        .values(id=engine_id, account_id=account_id, workspace_pk=workspace_pk, settings=settings)
        .returning(engines.c.number)
    ).scalar_one()
    for role, database in ((Role.SOURCE, request.source), (Role.TARGET, request.target)):
        connection.execute(
            insert(engine_databases).values(_database(number, role, database, public_key))
        )
    run_rows.create(
        connection,
        engine_number=number,
        account_id=account_id,
        name=request.name,
        run_type=RunType.CREATE_ENGINE,
        settings=settings,
        request={},
        trace_id=trace_id,
    )
    return engine_id


def _database(
    number: int, role: Role, request: ConnectionRequest, public_key: PublicKey | None
) -> dict[str, Any]:
    connector_id = uuid.uuid4()
    return {
        "id": uuid.uuid4(),
        "engine_number": number,
        "role": role,
        "status": DatabaseStatus.CURRENT,
        "connector_id": connector_id,
        "connector_type": request.connector_type,
        "address": request.address,
        "sealed": seal(public_key, request.secrets, context=str(connector_id)),
    }


def get(connection: Connection, *, engine_id: uuid.UUID, account_id: int) -> Engine:
    """One engine.

    :raises NotFound: when there is none, it was deleted, or it is another account's.
    """
    query = _ENGINES.where(engines.c.id == engine_id, engines.c.account_id == account_id)
    return _only(connection, query, f"there is no engine {engine_id}; it may have been deleted")


def get_of_workspace(connection: Connection, *, pk: int, account_id: int) -> Engine:
    """The engine of a workspace.

    :raises NotFound: as :func:`get`.
    """
    query = _ENGINES.where(engines.c.workspace_pk == pk, engines.c.account_id == account_id)
    return _only(connection, query, f"there is no workspace {pk}; it may have been deleted")


def get_of_database(connection: Connection, *, database_id: uuid.UUID, account_id: int) -> Engine:
    """The engine of a source or a target.

    :raises NotFound: as :func:`get`.
    """
    owner = select(engine_databases.c.engine_number).where(engine_databases.c.id == database_id)
    query = _ENGINES.where(engines.c.number.in_(owner), engines.c.account_id == account_id)
    missing = f"there is no database {database_id}; ids of databases stand in their engine"
    return _only(connection, query, missing)


def _only(connection: Connection, query: Select[Any], missing: str) -> Engine:
    found = _read(connection, query)
    if not found:
        raise NotFound(missing)
    return found[0]


def list_engines(connection: Connection, *, account_id: int) -> list[Engine]:
    """All engines of an account, the oldest first."""
    query = _ENGINES.where(engines.c.account_id == account_id).order_by(engines.c.number)
    return _read(connection, query)


def _read(connection: Connection, query: Select[Any]) -> list[Engine]:
    rows = connection.execute(query).mappings().all()
    numbers = [row["number"] for row in rows]
    databases: dict[int, dict[Role, EngineDatabase]] = defaultdict(dict)
    of_them = select(*_DATABASES).where(engine_databases.c.engine_number == func.any(numbers))
    for row in connection.execute(of_them).mappings():
        database = EngineDatabase.from_row(row)
        databases[database.engine_number][database.role] = database
    return [
        Engine.from_row(
            row,
            source=databases[row["number"]][Role.SOURCE],
            target=databases[row["number"]][Role.TARGET],
        )
        for row in rows
    ]


def lock(connection: Connection, *, number: int) -> Mapping[str, Any]:
    """Lock an engine to the end of the transaction; return its settings as they are now.

    :raises NotFound: when it was deleted meanwhile.
    """
    row = connection.execute(
        select(engines.c.settings)
        .where(engines.c.number == number, engines.c.deleted_at.is_(None))
        .with_for_update(key_share=True)
    ).one_or_none()
    if row is None:
        raise NotFound("there is no such engine any more; it was deleted just now")
    settings: Mapping[str, Any] = row.settings
    return settings


def set_settings(connection: Connection, *, number: int, settings: Mapping[str, Any]) -> None:
    """Give an engine, whose row is locked, these settings."""
    connection.execute(
        update(engines)
        .where(engines.c.number == number)
        .values(settings=settings, updated_at=func.now())
    )


def delete(connection: Connection, engine: Engine, *, trace_id: str) -> None:
    """Show an engine no more, and end what it does.

    What is still to be put back in the target is; then workers remove all that is known of it.
    """
    settings = lock(connection, number=engine.number)
    open_run = connection.execute(
        select(runs.c.id).where(runs.c.engine_number == engine.number, runs.c.ended_at.is_(None))
    ).scalar_one_or_none()
    if open_run is not None:
        # One that has ended for clients goes on to put back what it has changed.
        endings.end_for_client(connection, run_id=open_run, state=JobState.CANCELED)
    elif _lacks_repairs(connection, engine.number):
        run_rows.create(
            connection,
            engine_number=engine.number,
            account_id=engine.account_id,
            name=engine.name,
            run_type=RunType.SYNC_TARGET,
            settings=settings,
            request={},
            trace_id=trace_id,
        )
    connection.execute(
        update(engines).where(engines.c.number == engine.number).values(deleted_at=func.now())
    )


def _lacks_repairs(connection: Connection, number: int) -> bool:
    query = select(repairs.c.id).where(
        repairs.c.engine_number == number, repairs.c.done_at.is_(None)
    )
    return connection.execute(query.limit(1)).one_or_none() is not None


def is_filled(connection: Connection, *, number: int) -> bool:
    """Whether the target has got its rows."""
    filled = connection.execute(
        text(
            """
            SELECT state FROM runs
            WHERE engine_number = :number AND type = :type ORDER BY number DESC LIMIT 1
            """
        ),
        {"number": number, "type": RunType.SYNTHESIZE},
    ).scalar_one_or_none()
    return filled == RunState.SUCCESS


def was_scanned(connection: Connection, *, number: int) -> bool:
    """Whether anybody has looked for personal data in the source."""
    query = select(runs.c.id).where(
        runs.c.engine_number == number,
        runs.c.state == RunState.SUCCESS,
        (runs.c.type == RunType.PII_SCAN)
        | (
            (runs.c.type == RunType.CREATE_ENGINE)
            & (runs.c.settings["initialization_mode"].astext != "SCRATCH")
        ),
    )
    return connection.execute(query.limit(1)).one_or_none() is not None
