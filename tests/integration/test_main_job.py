"""The main job on the whole stack, over HTTP, as a client sees it."""

from __future__ import annotations

import json
from collections import Counter

from sqlalchemy import text

from deploy.local.stack import LocalStack
from shared.db.engine import Database
from tests.support.stack import Api, SampleModel
from tests.support.waiting import wait_until

PUBLISHED = {
    "name": "German first names",
    "description": "A list of 65 German first names",
    "attributes": [{"label": "Gender", "values": ["male", "female"]}, {"values": ["German"]}],
    "max_value_length": 20,
    "filter_characters": "[{}]",
    "retention_time": 3600,
    "error_tolerance": 500,
    "priority": 0,
}


def test_the_published_request(api: Api) -> None:
    job = api.submit(65, "first name", **PUBLISHED)
    operation = api.wait(job)
    assert operation["status"] == "COMPLETED"
    assert operation["llm_model_name"] == "sample-faker"
    values = list(api.values(job, limit=20))
    assert len(values) == len(set(values)) == operation["generated_count"] == 65
    assert all(0 < len(value) <= 20 and value == value.strip() for value in values)

    path = f"/ai/generate/{job['target_id']}/download"
    as_json = api.http.get(path, params={"format": "JSON"})
    assert json.loads(as_json.text) == values
    as_lines = api.http.get(path, params={"format": "SECURE_LOOKUP"})
    assert as_lines.text == "\n".join(values)
    assert 'filename="German_first_names.txt"' in as_lines.headers["Content-Disposition"]


def test_two_thousand_values_of_thirty_combinations(api: Api, stack: LocalStack) -> None:
    job = api.submit(
        2000,
        "full name",
        attributes=[
            {"label": "Gender", "values": ["male", "female"]},
            {"values": ["Italian", "German", "French"]},
            {"label": "Era", "values": ["1950s", "1970s", "1990s", "2010s", ""]},
        ],
    )
    operation = api.wait(job)
    assert operation["status"] == "COMPLETED", operation
    values = list(api.values(job, limit=1000))
    assert len(values) == len(set(values)) == 2000
    shares = cell_counts(stack, job["target_id"])
    assert len(shares) == 30
    assert max(shares.values()) - min(shares.values()) <= 1


def cell_counts(stack: LocalStack, operation_id: str) -> Counter[int]:
    with (
        Database(stack.info.database_url, pool_size=1) as database,
        database.transaction() as connection,
    ):
        rows = connection.execute(
            text(
                """
                SELECT cell_ordinal, count(*) AS count FROM operation_values v
                JOIN operations o ON o.number = v.operation_number WHERE o.id = :id
                GROUP BY cell_ordinal
                """
            ),
            {"id": operation_id},
        )
        return Counter({row.cell_ordinal: row.count for row in rows})


def test_urgent_work_goes_next_and_idle_work_waits(api: Api, model: SampleModel) -> None:
    model.turn(tokens_per_second=400)
    bulk = api.submit(100_000, priority=0)
    wait_until(lambda: api.operation(bulk)["generated_count"] > 0, what="the bulk to begin")
    idle = api.submit(10, priority=-5)
    urgent = api.submit(10, priority=1)
    assert api.wait(urgent)["status"] == "COMPLETED"
    assert api.operation(bulk)["status"] == "STARTED"
    assert api.operation(idle)["status"] == "PENDING"
    assert api.post(f"/ai/generate/{bulk['target_id']}/cancel") == 204
    assert api.wait(idle)["status"] == "COMPLETED"


def test_cancelling_closes_the_running_prompts(api: Api, model: SampleModel) -> None:
    model.turn(tokens_per_second=2)
    job = api.submit(200)
    wait_until(lambda: model.stats()["active"] > 0, what="a prompt to run")
    assert api.post(f"/ai/generate/{job['target_id']}/cancel") == 204
    wait_until(lambda: model.stats()["active"] == 0, what="the prompts to be closed")
    operation = api.operation(job)
    assert operation["status"] == "FAILED"
    assert "cancelled" in api.job(job)["error_details"]
    assert api.job(job)["status"] == "CANCELED"


def test_slots_are_held_over_all_workers(api: Api, model: SampleModel) -> None:
    """Three workers of eight threads share a gateway that may take four prompts at once."""
    model.turn(tokens_per_second=200)
    before = model.stats()["requests"]
    job = api.submit(1500)
    peak = 0
    while api.job(job)["status"] in ("PENDING", "STARTED"):
        stats = model.stats()
        peak = max(peak, stats["active"] + stats["queued"])
    assert api.operation(job)["status"] == "COMPLETED"
    assert model.stats()["requests"] > before
    assert peak == 4


def test_values_leave_when_their_retention_is_over(api: Api) -> None:
    job = api.submit(10, retention_time=1)
    operation = api.wait(job)
    assert operation["status"] == "COMPLETED"
    assert "expiration_time" in operation
    path = f"/ai/generate/{job['target_id']}"
    wait_until(lambda: api.http.get(path).status_code == 404, what="it to expire")
    assert api.http.get(f"{path}/values").status_code == 404


def test_multiline_values_keep_their_lines(api: Api) -> None:
    job = api.submit(12, "paragraph", multiline_values=True)
    assert api.wait(job)["status"] == "COMPLETED"
    assert any("\n" in value for value in api.values(job))


def test_what_the_model_cannot_make_ends_with_its_words(api: Api) -> None:
    job = api.submit(10, "zorkmids of the grue", error_tolerance=100)
    operation = api.wait(job)
    assert operation["status"] == "FAILED"
    assert "sample-faker does not know how to make" in api.job(job)["error_details"]
