"""A run, its steps, and the states that both may be in. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Self

from shared.db.rows import read_row
from shared.queue.job import JobState

#: The ``type`` of the jobs of this product.
JOB_TYPE = "SYNTHESIS"


class RunType(StrEnum):
    """What an engine may be told to do, as published where it is."""

    #: Look at both databases, and decide what becomes of each column.
    CREATE_ENGINE = "create_engine"
    #: Look for personal data in a source once more.
    PII_SCAN = "pii_scan"
    #: Fill the target.
    SYNTHESIZE = "synthesize"
    #: Put a target back as it was, before its engine is removed.
    SYNC_TARGET = "sync_target"


class RunState(StrEnum):
    """As published."""

    #: Accepted; no work on it has begun.
    STARTED = "STARTED"
    #: Work on it has begun.
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    #: It could not be done; the reason says why.
    FAILURE = "FAILURE"
    #: A client ended it.
    REVOKED = "REVOKED"

    @property
    def is_open(self) -> bool:
        """Whether work on it may still go on."""
        return self in (RunState.STARTED, RunState.IN_PROGRESS)


#: The state of a job whose run is in a state.
JOB_STATES = MappingProxyType(
    {
        RunState.STARTED: JobState.PENDING,
        RunState.IN_PROGRESS: JobState.STARTED,
        RunState.SUCCESS: JobState.COMPLETED,
        RunState.FAILURE: JobState.FAILED,
        RunState.REVOKED: JobState.CANCELED,
    }
)


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run; see ``shared.db.schema.synthesis`` for what the columns mean.

    Its plan and its report may be large, and are read apart: ``shared.synthesis.runs``.
    """

    number: int
    id: uuid.UUID
    engine_number: int
    engine_id: uuid.UUID
    account_id: int
    type: RunType
    state: RunState
    settings: Mapping[str, Any]
    request: Mapping[str, Any]
    #: 32 bytes.
    seed: bytes
    summary: Mapping[str, Any]
    warnings: Sequence[str]
    reason: str | None
    created_at: datetime
    updated_at: datetime
    ended_at: datetime | None
    #: As its job has it; None where it is not known.
    percent_complete: int | None
    #: Why nothing of it can be done at the moment, where that was asked.
    waiting: str | None = None

    @classmethod
    def from_row(cls, row: Mapping[Any, Any]) -> Self:
        """Read a row of what ``shared.synthesis.runs`` selects."""
        return read_row(
            cls,
            row,
            waiting=None,
            type=RunType(row["type"]),
            state=RunState(row["state"]),
            seed=bytes(row["seed"]),
        )


class StepState(StrEnum):
    """Where a step is on its way."""

    #: Steps of earlier waves are to be done first.
    WAITING = "WAITING"
    #: To be claimed.
    OPEN = "OPEN"
    CLAIMED = "CLAIMED"
    #: Claimed still, and what later steps need of it is there for as long as it is.
    HELD = "HELD"
    DONE = "DONE"
    #: Not done any more: its run is over.
    DROPPED = "DROPPED"


class StepKind(StrEnum):
    """What a step does; a run's type says with which it begins."""

    #: Look at both databases. create_engine begins with it.
    REFLECT = "reflect"
    #: Look for personal data. pii_scan begins with it.
    SCAN = "scan"
    #: Check all that can be checked before anything is read or written. synthesize begins with it.
    PLAN = "plan"
    #: Have a model make a list of values that is wanted.
    LISTS = "lists"
    #: Hold one view of the source for all that read it.
    SNAPSHOT = "snapshot"
    #: Read the keys that are mapped by their ranks.
    RANKS = "ranks"
    #: Cut the tables into blocks.
    CUTS = "cuts"
    #: Make the target where it is empty, and ask what will have to be put back.
    PREPARE = "prepare"
    #: Take away what loading would stumble over, and all rows.
    BARE = "bare"
    #: Write one block of rows.
    GENERATE = "generate"
    #: Put back what was taken away.
    REBUILD = "rebuild"
    #: Sequences, statistics, views.
    FINISH = "finish"
    #: Look whether all holds that has to.
    VERIFY = "verify"
    #: Tell what was done.
    REPORT = "report"
    #: Put back what a run that is over has taken away. sync_target begins with it.
    REPAIR = "repair"


#: The kind of the first step, by the type of the run.
FIRST_STEPS = MappingProxyType(
    {
        RunType.CREATE_ENGINE: StepKind.REFLECT,
        RunType.PII_SCAN: StepKind.SCAN,
        RunType.SYNTHESIZE: StepKind.PLAN,
        RunType.SYNC_TARGET: StepKind.REPAIR,
    }
)

#: When in a run which steps are done: those of one number together, once all of lower ones are.
#: Lists take long, so no source is held for them; and no target is bare before all that can be
#: known beforehand is.
WAVES = MappingProxyType(
    {
        StepKind.REFLECT: 0,
        StepKind.SCAN: 1,
        StepKind.PLAN: 0,
        StepKind.LISTS: 1,
        StepKind.SNAPSHOT: 2,
        StepKind.RANKS: 3,
        StepKind.CUTS: 3,
        StepKind.PREPARE: 3,
        StepKind.BARE: 4,
        StepKind.GENERATE: 5,
        StepKind.REBUILD: 6,
        StepKind.FINISH: 7,
        StepKind.VERIFY: 8,
        StepKind.REPORT: 9,
        StepKind.REPAIR: 10,
    }
)
