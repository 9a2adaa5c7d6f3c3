"""Rows as answers."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from api.jobs.answers import JobSchema, render_job, write_job
from shared.queue.job import Job, JobState

STARTED = datetime(2026, 1, 2, tzinfo=UTC)


def job(**facts: Any) -> Job:
    plain = Job(
        id=uuid.UUID(int=10),
        account_id=1,
        account_name="ours",
        type="AI_GENERATE_DATA",
        target_id=uuid.UUID(int=11),
        target_name="some",
        status=JobState.STARTED,
        percent_complete=0,
        warning=None,
        error_details=None,
        result=None,
        trace_id="t",
        start_time=STARTED,
        update_time=STARTED,
        tags=(),
    )
    return replace(plain, **facts)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"waiting": "Waiting: ä\u2028", "warning": "dry", "trace_id": '"\\'},
        {"status": JobState.FAILED, "error_details": "no", "percent_complete": None},
        {"result": {"id": "x", "status": "COMPLETED", "generated_count": 7}},
        {"tags": [{"key": "team", "value": "b"}, {"key": "team", "value": ""}]},
        {"type": "LATER", "update_time": datetime(2026, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC)},
    ],
)
def test_a_job_is_written_as_its_schema_has_it(facts: dict[str, Any]) -> None:
    dumped = JobSchema().dump(render_job(job(**facts)))
    assert json.loads(write_job(job(**facts)), object_pairs_hook=list) == json.loads(
        json.dumps(dumped), object_pairs_hook=list
    )


def test_a_job_that_ended_has_a_result() -> None:
    result = {"id": str(uuid.UUID(int=11)), "status": "FAILED", "generated_count": 7}
    ended = JobSchema().dump(render_job(job(status=JobState.ABANDONED, result=result)))
    assert ended["result_type"] == "GenerateDataOperation"
    assert ended["result"] == result


def test_what_works_or_is_deleted_has_no_result() -> None:
    assert JobSchema().dump(render_job(job())).keys().isdisjoint({"result", "result_type"})


def test_waiting_is_said_before_all_else() -> None:
    assert render_job(job(warning="w"))["warning_message"] == "w"
    assert render_job(job(warning="w", waiting="x"))["warning_message"] == "x"
    assert "warning_message" not in JobSchema().dump(render_job(job()))


def test_tags_are_a_list_in_any_case() -> None:
    assert JobSchema().dump(render_job(job()))["tags"] == []
    tags = [{"key": "k", "value": "v"}]
    assert JobSchema().dump(render_job(job(tags=tags)))["tags"] == tags
