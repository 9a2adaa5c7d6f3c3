"""An operation, that is one list of values, and the states that it may be in. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from shared.db.rows import read_row
from shared.generation.requests import Attribute


class OperationState(StrEnum):
    """As published, and no others."""

    #: No prompt was claimed yet.
    PENDING = "PENDING"
    #: At least one was.
    STARTED = "STARTED"
    #: Out of tolerance, or ended by a client; it keeps the values that it has.
    FAILED = "FAILED"
    #: It has as many values as were asked for.
    COMPLETED = "COMPLETED"

    @property
    def is_open(self) -> bool:
        """Whether it may still get values."""
        return self in (OperationState.PENDING, OperationState.STARTED)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One list of values; see ``shared.db.schema`` for what the columns mean."""

    number: int
    id: uuid.UUID
    account_id: int
    name: str
    description: str | None
    data_type: str
    attributes: Sequence[Attribute]
    max_value_length: int
    requested_count: int
    filter_characters: str
    allow_duplicates: bool
    trim_values: bool
    multiline_values: bool
    error_tolerance: int
    priority: int
    llm_model_name: str | None
    status: OperationState
    failure_reason: str | None
    warning: str | None
    submit_time: datetime
    start_time: datetime | None
    update_time: datetime
    end_time: datetime | None
    expiration_time: datetime | None
    generated_count: int
    open_count: int
    prompts: int
    asked: int
    wasted: int
    duplicates: int
    rejected: int
    failed_prompts: int
    lost_prompts: int
    prompt_tokens: int
    output_tokens: int
    too_long: int
    several_lines: int
    empty: int
    filter_timeout: int
    echo: int
    markup: int
    counting: int
    cut_off: int
    run_away: int
    off_shape: int
    refusal: int
    broken_prompts: int
    refused_prompts: int
    cut_prompts: int
    waiting_since: datetime | None
    waiting_seconds: float
    reachable: int | None

    @classmethod
    def from_row(cls, row: Mapping[Any, Any]) -> Self:
        """Read a row of ``operations``."""
        return read_row(
            cls,
            row,
            status=OperationState(row["status"]),
            attributes=tuple(map(Attribute.from_json, row["attributes"])),
        )


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How an operation's cells are getting on."""

    cells: int
    #: Those that have all their values, and those without new ones.
    filled: int
    dry: int
    #: How far the one is that has the smallest part of its quota.
    least_percent: int
