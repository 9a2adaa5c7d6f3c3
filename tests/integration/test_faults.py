"""Model servers that misbehave, on the whole stack: nothing is lost, nothing counted twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import text

from deploy.local.stack import LocalStack
from shared.db.engine import Database
from tests.integration.test_lease_machine import BOOKS
from tests.support.stack import NEVER_TWICE, Api, SampleModel
from tests.support.waiting import wait_until

MIXED = dict.fromkeys(
    (
        "busy_503",
        "busy_429",
        "missing_404",
        "error_500",
        "hang_before",
        "hang_midway",
        "cut",
        "broken_json",
        "fenced_json",
        "chatter",
        "refusal",
        "thinking",
        "repeats",
        "too_long",
        "empty",
    ),
    0.2 / 15,
)


def check_the_books(stack: LocalStack) -> None:
    with (
        Database(stack.info.database_url, pool_size=1) as database,
        database.transaction() as connection,
    ):
        assert connection.execute(text(BOOKS)).all() == []


def check_counts(api: Api, job: Mapping[str, Any]) -> None:
    operation, statistics = api.operation(job), api.statistics(job)
    values = list(api.values(job, limit=1000))
    assert len(values) == len(set(values)) == operation["generated_count"]
    assert statistics["asked"] == operation["generated_count"] + statistics["wasted"]


def test_a_fifth_of_all_prompts_goes_wrong(api: Api, model: SampleModel, stack: LocalStack) -> None:
    model.turn(fault=MIXED, fault_seed=7)
    job = api.submit(1000)
    operation = api.wait(job)
    assert operation["status"] == "COMPLETED", str(operation)
    assert operation["generated_count"] == 1000
    check_counts(api, job)
    check_the_books(stack)


def test_nonsense_fails_when_the_tolerance_is_used_up_and_not_before(
    api: Api, model: SampleModel, stack: LocalStack
) -> None:
    """100 values at 300%: of the values asked for, 300 may be wasted; each prompt wastes all."""
    model.turn(fault={"broken_json": 1.0})
    job = api.submit(100, error_tolerance=300)
    operation = api.wait(job)
    assert operation["status"] == "FAILED"
    statistics = api.statistics(job)
    # The prompt that decides it asks for all 100 at the most, if other tests have left the server
    # with a single slot.
    assert 300 < statistics["wasted"] <= 300 + 100
    assert statistics["asked"] == statistics["wasted"]
    assert statistics["failed_prompts"] == statistics["prompts"]
    assert "holds no list of values" in statistics["failure_reason"]
    assert "error_tolerance 300% of 100" in statistics["failure_reason"]
    check_the_books(stack)


def test_what_was_made_before_the_model_went_mad_is_kept(api: Api, model: SampleModel) -> None:
    model.turn(tokens_per_second=300)
    job = api.submit(2000, error_tolerance=1)
    wait_until(lambda: api.operation(job)["generated_count"] > 50, what="some values")
    model.turn(fault={"refusal": 1.0})
    operation = api.wait(job)
    assert operation["status"] == "FAILED"
    assert operation["generated_count"] > 50
    check_counts(api, job)


@pytest.mark.parametrize("fault", ["busy_503", "busy_429", "missing_404", "hang_before"])
def test_a_server_that_takes_no_prompts_is_waited_for(
    api: Api, model: SampleModel, fault: str
) -> None:
    model.turn(fault={fault: 1.0})
    job = api.submit(20, NEVER_TWICE, error_tolerance=0)
    wait_until(
        lambda: "Waiting" in api.job(job).get("warning_message", ""),
        what=lambda: f"a warning on {api.job(job)}",
    )
    assert api.operation(job)["status"] in ("PENDING", "STARTED")
    model.turn(fault={})
    operation = api.wait(job)
    assert operation["status"] == "COMPLETED"
    assert api.statistics(job)["wasted"] == 0
    assert "Waiting" not in api.job(job).get("warning_message", "")


def test_a_server_that_is_gone_is_waited_for(api: Api, stack: LocalStack) -> None:
    stack.kill_part("sample-model")
    job = api.submit(300, error_tolerance=0, allow_duplicates=True)
    operation = api.wait(job)
    assert operation["status"] == "COMPLETED", str(operation)


def test_redis_going_away_costs_time_and_no_data(
    api: Api, model: SampleModel, stack: LocalStack
) -> None:
    model.turn(tokens_per_second=300)
    job = api.submit(500)
    wait_until(lambda: api.operation(job)["generated_count"] > 20, what="a start")
    stack.kill_part("redis")
    second = api.submit(30)
    assert api.wait(job)["generated_count"] == 500
    assert api.wait(second)["generated_count"] == 30
    check_the_books(stack)


def test_postgres_restarting_costs_time_and_no_data(
    api: Api, model: SampleModel, stack: LocalStack
) -> None:
    model.turn(tokens_per_second=300)
    job = api.submit(500)
    wait_until(lambda: api.operation(job)["generated_count"] > 20, what="a start")
    stack.restart_part("postgres")
    wait_until(
        lambda: api.http.get(f"/jobs/{job['id']}").status_code == 200,
        what="the API to find its database again",
    )
    operation = api.wait(job)
    assert operation["generated_count"] == 500
    check_counts(api, job)
    check_the_books(stack)
