"""Rows as answers."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from api.answers import JobSchema
from api.rendering import render_job

STARTED = datetime(2026, 1, 2, tzinfo=UTC)


def row(**fields: Any) -> dict[str, Any]:
    return {
        "id": uuid.UUID(int=10),
        "account_id": 1,
        "account_name": "ours",
        "type": "AI_GENERATE_DATA",
        "operation_id": uuid.UUID(int=11),
        "target_name": "some",
        "status": "STARTED",
        "error_details": None,
        "trace_id": "t",
        "started_at": STARTED,
        "tags": None,
        "update_time": STARTED,
        "progressed_at": STARTED,
        "generated_count": 0,
        "requested_count": 10,
        "warning": None,
        "waiting": None,
        **fields,
    }


@pytest.mark.parametrize(
    ("generated", "requested", "percent"),
    [(0, 1, 0), (1, 3, 33), (2, 3, 66), (999, 1000, 99), (2**31 - 2, 2**31 - 1, 99), (1, 200, 0)],
)
def test_percent_is_rounded_down(generated: int, requested: int, percent: int) -> None:
    job = render_job(row(generated_count=generated, requested_count=requested))
    assert job["percent_complete"] == percent


def test_what_is_complete_stays_so_when_its_operation_is_deleted() -> None:
    gone = {"generated_count": None, "requested_count": None}
    assert render_job(row(status="COMPLETED", **gone))["percent_complete"] == 100
    assert "percent_complete" not in JobSchema().dump(render_job(row(status="FAILED", **gone)))


def test_waiting_is_said_before_all_else() -> None:
    assert render_job(row(warning="w"))["warning_message"] == "w"
    assert render_job(row(warning="w", waiting="x"))["warning_message"] == "x"
    assert "warning_message" not in JobSchema().dump(render_job(row()))


def test_tags_are_a_list_in_any_case() -> None:
    assert JobSchema().dump(render_job(row()))["tags"] == []
    tags = [{"key": "k", "value": "v"}]
    assert JobSchema().dump(render_job(row(tags=tags)))["tags"] == tags
