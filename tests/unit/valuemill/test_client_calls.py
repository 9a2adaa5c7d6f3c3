"""What the client sends, and what it makes of the answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest

from valuemill import (
    ApiError,
    Attribute,
    Job,
    JobFailed,
    Operation,
    Tag,
    Unreachable,
    Valuemill,
    WaitTimeout,
)

OPERATION = {
    "id": "o",
    "status": "COMPLETED",
    "name": "German first names",
    "attributes": [{"label": "Gender", "values": ["male", ""]}, {"values": ["German"]}],
    "requested_count": 65,
    "generated_count": 65,
    "account_id": "1",
    "submit_time": "2022-11-15T08:51:34.000Z",
    "end_time": None,
    "of_the_future": {"x": [1]},
}
JOB = {"id": "j", "status": "STARTED", "target_id": "o", "percent_complete": 40}
NOT_FOUND = {"error": "not_found", "error_description": "There is none."}


def ended(status: str, **fields: Any) -> dict[str, Any]:
    return {**JOB, "status": status, **fields}


def test_an_operation_is_read_with_types() -> None:
    operation = Operation.from_json(OPERATION)
    assert operation.submit_time == datetime(2022, 11, 15, 8, 51, 34, tzinfo=UTC)
    assert operation.end_time is None
    assert operation.attributes == (
        Attribute(label="Gender", values=("male", "")),
        Attribute(values=("German",)),
    )
    assert operation.raw["of_the_future"] == {"x": [1]}


def test_statistics_have_a_path_of_their_own(script: Any, answer: Any, mill: Valuemill) -> None:
    script.say(answer(200, {"prompts": 4, "asked": 70, "of_the_future": 1}))
    statistics = mill.statistics("o")
    assert script.requests[0].path.endswith("/ai/generate/o/statistics")
    assert (statistics.prompts, statistics.asked, statistics.wasted) == (4, 70, 0)
    assert statistics.raw["of_the_future"] == 1


def test_a_job_is_read_with_types() -> None:
    job = Job.from_json({**JOB, "tags": [{"key": "team", "value": "x"}], "tasks": []})
    assert job.tags == (Tag(key="team", value="x"),)
    assert job.percent_complete == 40
    assert job.raw["tasks"] == []
    assert hash(job) == hash(Job.from_json({**job.raw, "more": 1}))


@pytest.mark.parametrize(
    ("status", "over"),
    [("PENDING", False), ("STARTED", False), ("COMPLETED", True), ("ABANDONED", True), ("?", True)],
)
def test_only_two_statuses_mean_work(status: str, over: bool) -> None:
    assert Job.from_json(ended(status)).ended is over


@pytest.mark.parametrize(
    "wrong", [{"id": "o", "submit_time": "yesterday"}, {"id": "o", "attributes": 3}, {}, [], "x"]
)
def test_what_is_no_operation_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"^no Operation: "):
        Operation.from_json(wrong)


def test_submit_sends_what_was_given_and_no_more(script: Any, answer: Any, mill: Valuemill) -> None:
    script.say(answer(200, {"job": JOB}))
    attributes = [Attribute(label="Country", values=("Italy",)), {"values": ["old", ""]}]
    job = mill.submit(
        name="Städte", data_type="city", attributes=attributes, trim_values=False, priority=-1
    )
    assert (job.id, job.target_id) == ("j", "o")
    (request,) = script.requests
    assert (request.method, request.path) == ("POST", "/dct/v3/ai/generate")
    assert json.loads(request.body) == {
        "name": "Städte",
        "data_type": "city",
        "attributes": [{"label": "Country", "values": ["Italy"]}, {"values": ["old", ""]}],
        "multiline_values": False,
        "trim_values": False,
        "priority": -1,
    }


def test_pages_are_fetched_when_they_are_needed(script: Any, answer: Any, mill: Valuemill) -> None:
    script.say(
        answer(200, {"items": ["a", "b"], "response_metadata": {"next_cursor": "c&1"}}),
        answer(200, {"items": ["c"], "response_metadata": {"prev_cursor": "p"}}),
    )
    values = mill.values("o", sort="-value", limit=2)
    assert script.count() == 0
    assert list(islice(values, 2)) == ["a", "b"]
    assert script.count() == 1
    assert list(values) == ["c"]
    first, second = script.requests
    assert first.path == "/dct/v3/ai/generate/o/values"
    assert first.query == {"sort": "-value", "limit": "2"}
    assert second.query == {"sort": "-value", "limit": "2", "cursor": "c&1"}


def test_lists_and_searches(script: Any, answer: Any, mill: Valuemill) -> None:
    script.say(
        answer(200, {"items": [OPERATION], "response_metadata": {"total": 1}}),
        answer(200, {"items": [OPERATION], "response_metadata": {"next_cursor": "n"}}),
        answer(200, {"items": [], "response_metadata": {}}),
        answer(200, {"items": [JOB], "response_metadata": {}}),
        answer(503, NOT_FOUND),
        answer(200, {"items": [JOB], "response_metadata": {}}),
    )
    assert [found.id for found in mill.operations()] == ["o"]
    assert [found.id for found in mill.operations("name EQ 'a'", sort="name")] == ["o"]
    assert [found.id for found in mill.jobs(limit=7)] == ["j"]
    assert [found.id for found in mill.jobs("SEARCH 'a'")] == ["j"]
    seen = [(request.method, request.path, request.query) for request in script.requests]
    assert seen == [
        ("GET", "/dct/v3/ai/generate", {"limit": "100"}),
        ("POST", "/dct/v3/ai/generate/search", {"sort": "name", "limit": "100"}),
        ("POST", "/dct/v3/ai/generate/search", {"sort": "name", "limit": "100", "cursor": "n"}),
        ("GET", "/dct/v3/jobs", {"limit": "7"}),
        ("POST", "/dct/v3/jobs/search", {"limit": "100"}),
        ("POST", "/dct/v3/jobs/search", {"limit": "100"}),
    ]
    bodies = [json.loads(request.body) for request in script.requests if request.body]
    assert (
        bodies
        == [{"filter_expression": "name EQ 'a'"}] * 2 + [{"filter_expression": "SEARCH 'a'"}] * 2
    )


def test_changes_are_posts(script: Any, answer: Any, mill: Valuemill) -> None:
    script.say(answer(204, b""))
    mill.cancel("o")
    mill.delete("o")
    mill.abandon(Job.from_json(JOB))
    assert [(request.method, request.path) for request in script.requests] == [
        ("POST", "/dct/v3/ai/generate/o/cancel"),
        ("POST", "/dct/v3/ai/generate/o/delete"),
        ("POST", "/dct/v3/jobs/j/abandon"),
    ]


def test_wait_shows_every_look(script: Any, answer: Any, mill: Valuemill) -> None:
    script.say(
        answer(200, JOB),
        answer(dropped=True),
        answer(200, ended("COMPLETED", percent_complete=100)),
        answer(200, OPERATION),
    )
    seen: list[int | None] = []
    operation = mill.wait("j", on_progress=lambda job: seen.append(job.percent_complete))
    assert seen == [40, 100]
    assert operation.generated_count == 65


def test_wait_ends_when_its_callback_wants_it(script: Any, answer: Any, mill: Valuemill) -> None:
    script.say(answer(200, JOB))
    with pytest.raises(ZeroDivisionError):
        mill.wait("j", on_progress=lambda _: 1 / 0)


def test_wait_gives_up_when_its_time_is_over(script: Any, answer: Any, mill: Valuemill) -> None:
    script.say(answer(200, {**JOB, "warning_message": "Waiting: no model server."}))
    with pytest.raises(WaitTimeout, match=r"Job j is STARTED at 40% .* no model server") as caught:
        mill.wait(Job.from_json(JOB), timeout=1)
    assert caught.value.job.status == "STARTED"


def test_wait_does_not_outlast_its_time_in_an_outage(
    script: Any, answer: Any, connect: Callable[..., Valuemill]
) -> None:
    script.say(answer(200, JOB), answer(dropped=True))
    with pytest.raises((Unreachable, WaitTimeout)):
        connect(patience=600).wait("j", timeout=0.5)


@pytest.mark.parametrize("status", ["FAILED", "CANCELED", "ABANDONED", "TIMEDOUT"])
def test_a_failure_carries_operation_and_reason(
    script: Any, answer: Any, mill: Valuemill, status: str
) -> None:
    failed = {**OPERATION, "status": "FAILED"}
    script.say(answer(200, ended(status, error_details="Out of ideas.")), answer(200, failed))
    with pytest.raises(JobFailed, match=f"^The job ended as {status}: Out of ideas.$") as caught:
        mill.wait("j")
    assert caught.value.reason == "Out of ideas."
    assert caught.value.operation == Operation.from_json(failed)
    assert caught.value.job.status == status


def test_a_failure_whose_operation_is_gone(script: Any, answer: Any, mill: Valuemill) -> None:
    script.say(answer(200, ended("FAILED", error_details="Less.")), answer(404, NOT_FOUND))
    with pytest.raises(JobFailed, match=r"Less\.") as caught:
        mill.wait("j")
    assert caught.value.operation is None


def test_a_success_whose_operation_is_gone(script: Any, answer: Any, mill: Valuemill) -> None:
    script.say(answer(200, ended("COMPLETED")), answer(404, NOT_FOUND))
    with pytest.raises(ApiError, match="404"):
        mill.wait("j")
