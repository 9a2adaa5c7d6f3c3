"""A gateway: a model server, as the workers last found it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from shared.db.rows import read_row


class GatewayState(StrEnum):
    """How the workers last found a model server."""

    #: None of them has asked it yet.
    UNKNOWN = "UNKNOWN"
    #: It answers.
    UP = "UP"
    #: Its last answer was: come back later.
    BUSY = "BUSY"
    #: It does not answer.
    DOWN = "DOWN"


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """One model server; see ``shared.db.schema`` for what the columns mean."""

    id: int
    url: str
    max_concurrent_tasks: int
    status: GatewayState
    status_reason: str | None
    models: Sequence[str]
    loaded: Sequence[str]
    pulling: str | None
    pull_progress: str | None
    last_status_change_time: datetime

    @classmethod
    def from_row(cls, row: Mapping[Any, Any]) -> Self:
        """Read a row of ``live_gateways``."""
        return read_row(cls, row, status=GatewayState(row["status"]))

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """Read a row that the database has made a JSON object."""
        changed = datetime.fromisoformat(row["last_status_change_time"])
        return cls.from_row({**row, "last_status_change_time": changed})
