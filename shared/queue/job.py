"""A job, and the states that it may be in. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from shared.db.rows import read_row

#: What people call the types of jobs.
LOCALIZED_TYPES = {"AI_GENERATE_DATA": "Generate data", "SYNTHESIS": "Synthesize database"}


class JobState(StrEnum):
    """As published. A client that polls takes anything but the first two as the end."""

    #: No work on it has begun.
    PENDING = "PENDING"
    #: Work on it has begun. It stays so while it waits, and when a worker is lost.
    STARTED = "STARTED"
    #: It has all that was asked for.
    COMPLETED = "COMPLETED"
    #: It could not be done; the reason says why.
    FAILED = "FAILED"
    #: A client ended its work, by what it works on.
    CANCELED = "CANCELED"
    #: A client ended the job itself.
    ABANDONED = "ABANDONED"
    #: Published, and never taken on here.
    RUNNING = "RUNNING"
    SUSPENDED = "SUSPENDED"
    TIMEDOUT = "TIMEDOUT"
    WAITING = "WAITING"

    @property
    def is_open(self) -> bool:
        """Whether work on it may still go on."""
        return self in (JobState.PENDING, JobState.STARTED)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job; see ``shared.db.schema`` for what the columns mean."""

    id: uuid.UUID
    account_id: int
    account_name: str
    type: str
    target_id: uuid.UUID
    target_name: str
    status: JobState
    percent_complete: int | None
    warning: str | None
    error_details: str | None
    result: Mapping[str, Any] | None
    trace_id: str
    #: When work began; until then, when it was submitted: clients of the published API read a
    #: start time off every job, and sort by it.
    start_time: datetime
    update_time: datetime
    #: ``{"key", "value"}``, the oldest first.
    tags: Sequence[Mapping[str, str]]
    #: Why nothing of it can be done at the moment, where its product was asked.
    waiting: str | None = None

    @classmethod
    def from_row(cls, row: Mapping[Any, Any], *, waiting: str | None = None) -> Self:
        """Read a row of what ``shared.queue.jobs`` selects."""
        return read_row(
            cls, row, status=JobState(row["status"]), tags=row["tags"] or (), waiting=waiting
        )
