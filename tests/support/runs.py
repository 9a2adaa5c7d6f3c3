"""Accounts, engines and runs for tests, written as the API would, without an API."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from shared.db import accounts
from shared.db.engine import Database
from shared.db.schema import engines, workspaces
from shared.synthesis import runs
from shared.synthesis.run import RunType


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A run that has begun, and whose it is."""

    account_id: int
    engine_number: int
    run_id: uuid.UUID


def account_of(database: Database, name: str = "tester") -> int:
    """The id of an account, which is made where it is new."""
    with database.transaction() as connection:
        key = accounts.create_key(connection, account=name, name="")
        return accounts.authenticate(connection, key=key).id


def begin(
    database: Database,
    *,
    account: str = "tester",
    settings: Mapping[str, Any] | None = None,
    priority: int = 0,
) -> Begun:
    """Write a run of an engine of its own."""
    account_id = account_of(database, account)
    asked = {"use_seed": False, **(settings or {})}
    with database.transaction() as connection:
        workspace = connection.scalar(
            insert(workspaces)
            .values(account_id=account_id, name="w", owner_name="o")
            .returning(workspaces.c.pk)
        )
        number = connection.scalar(
            insert(engines)
            .values(id=uuid.uuid4(), account_id=account_id, workspace_pk=workspace, settings=asked)
            .returning(engines.c.number)
        )
        assert number is not None
        run_id = runs.create(
            connection,
            engine_number=number,
            account_id=account_id,
            name="w",
            run_type=RunType.SYNTHESIZE,
            settings=asked,
            request={},
            priority=priority,
            trace_id="trace of the run",
        )
    return Begun(account_id=account_id, engine_number=number, run_id=run_id)
