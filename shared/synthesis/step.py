"""A step: what one process does of a run. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.synthesis.run import RunType, StepKind


@dataclass(frozen=True, kw_only=True)
class NewStep:
    """A step to be added to a run."""

    kind: StepKind
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StepClaim:
    """A step that is ours to do, until its lease runs out.

    :param id: of the claim, which is never given twice.
    :param settings: of its run, as they were when it began.
    :param attempts: how often it was tried in vain before.
    """

    id: int
    run_number: int
    run_id: uuid.UUID
    run_type: RunType
    engine_number: int
    ordinal: int
    kind: StepKind
    parameters: Mapping[str, Any]
    settings: Mapping[str, Any]
    attempts: int
    trace_id: str
