"""Rows as answers."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from api.jobs.answers import JobSchema, render_job

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
        "percent_complete": 0,
        "warning": None,
        "waiting": None,
        **fields,
    }


def test_a_job_that_ended_has_a_result() -> None:
    assert "result" not in JobSchema().dump(render_job(row()))
    ended = JobSchema().dump(render_job(row(status="ABANDONED", generated_count=7)))
    assert ended["result_type"] == "GenerateDataOperation"
    assert json.loads(ended["result"]) == {
        "id": str(uuid.UUID(int=11)),
        "status": "FAILED",
        "generated_count": 7,
    }


def test_what_is_deleted_has_no_result() -> None:
    gone = row(status="COMPLETED", generated_count=None, requested_count=None)
    assert JobSchema().dump(render_job(gone)).keys().isdisjoint({"result", "result_type"})


def test_waiting_is_said_before_all_else() -> None:
    assert render_job(row(warning="w"))["warning_message"] == "w"
    assert render_job(row(warning="w", waiting="x"))["warning_message"] == "x"
    assert "warning_message" not in JobSchema().dump(render_job(row()))


def test_tags_are_a_list_in_any_case() -> None:
    assert JobSchema().dump(render_job(row()))["tags"] == []
    tags = [{"key": "k", "value": "v"}]
    assert JobSchema().dump(render_job(row(tags=tags)))["tags"] == tags
