"""An engine, its databases and its workspace, as clients know them. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from shared.db.rows import read_row
from shared.synthesis.run import RunState


class Role(StrEnum):
    """What a database is to its engine."""

    SOURCE = "SOURCE"
    TARGET = "TARGET"


class DatabaseStatus(StrEnum):
    """How what is known of a database stands to the database."""

    #: As it was when it was last looked at; also before the first look, as published.
    CURRENT = "CURRENT"
    #: It has changed since. Never so far: the run that meets a change says what it is.
    OUTDATED = "OUTDATED"


@dataclass(frozen=True, kw_only=True)
class EngineDatabase:
    """The source or the target of an engine, and how it is reached, but for its secrets."""

    id: uuid.UUID
    engine_number: int
    role: Role
    status: DatabaseStatus
    synced_at: datetime | None
    connector_id: uuid.UUID
    connector_type: str
    #: ``host``, ``port``, ``database``, ``schema_name``, ``username``, ``protocol``,
    #: ``hooks_params``.
    address: Mapping[str, Any]

    @classmethod
    def from_row(cls, row: Mapping[Any, Any]) -> Self:
        """Read a row of ``engine_databases``."""
        return read_row(cls, row, role=Role(row["role"]), status=DatabaseStatus(row["status"]))


@dataclass(frozen=True, kw_only=True)
class Engine:
    """One engine; see ``shared.db.schema.synthesis`` for what the columns mean."""

    number: int
    id: uuid.UUID
    account_id: int
    workspace_pk: int
    #: All of ``shared.synthesis.settings``.
    settings: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    name: str
    organization: int | None
    owner_name: str
    latest_state: RunState
    source: EngineDatabase
    target: EngineDatabase

    @property
    def databases(self) -> tuple[EngineDatabase, EngineDatabase]:
        """Both, the source first."""
        return self.source, self.target

    @classmethod
    def from_row(
        cls, row: Mapping[Any, Any], *, source: EngineDatabase, target: EngineDatabase
    ) -> Self:
        """Read a row of what ``shared.synthesis.engines`` selects."""
        return read_row(
            cls, row, latest_state=RunState(row["latest_state"]), source=source, target=target
        )
