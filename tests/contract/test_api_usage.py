"""What one account may have in use: operations under way, and values stored or still wanted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text
from werkzeug.test import TestResponse

from api.app import create_app
from api.parts import KEY, parts
from shared.db.engine import Database
from shared.generation import removal
from shared.settings import Settings
from tests.support.contract import BASE, GENERATE, PLAIN, Client, Mill, assert_error, path_of

Limited = Callable[..., Client]


@pytest.fixture
def limited(settings: Settings, client: Client) -> Iterator[Limited]:
    """Make a client of an application with these limits, with the key of ``client``."""
    made: list[Flask] = []

    def make(*, whose: Client = client, **limits: int) -> Client:
        made.append(create_app(replace(settings, **limits)))
        return Client(made[-1].test_client(), key=whose.key)

    yield make
    for app in made:
        app.extensions[KEY].close()


def in_use(database: Database) -> tuple[int, int]:
    with database.transaction() as connection:
        row = connection.execute(
            text("SELECT open_operations, held_values FROM accounts WHERE name = 'ours'")
        ).one()
    return row.open_operations, row.held_values


def really_in_use(database: Database) -> tuple[int, int]:
    """The same, counted from the operations themselves."""
    with database.transaction() as connection:
        row = connection.execute(
            text(
                """
                SELECT count(*) FILTER (WHERE end_time IS NULL) AS working,
                    coalesce(sum(CASE
                        WHEN deleted_at IS NOT NULL THEN 0
                        WHEN end_time IS NULL THEN requested_count
                        ELSE generated_count
                    END), 0) AS held
                FROM operations o JOIN accounts a ON a.id = o.account_id WHERE a.name = 'ours'
                """
            )
        ).one()
    return row.working, row.held


def refused(answer: TestResponse, *words: str) -> None:
    assert_error(answer, 429, "too_many_requests", *words)
    # Not when the rate is counted anew: that is another limit.
    assert answer.headers["Retry-After"] == "10"


def test_open_operations_are_limited(limited: Limited) -> None:
    ours = limited(max_open_operations=2)
    first, _ = ours.submit(), ours.submit()
    refused(ours.post(GENERATE, json=PLAIN), "2 operations", "cancel")
    assert ours.post(f"{path_of(first)}/cancel").status_code == 204
    ours.submit()
    refused(ours.post(GENERATE, json=PLAIN), "2 operations")


def test_values_are_limited_wanted_or_stored(limited: Limited, mill: Mill) -> None:
    ours = limited(max_account_values=100)
    job = mill.fill(ours, ["a", "b"], requested_count=60)
    ours.submit(requested_count=40)
    refused(ours.post(GENERATE, json=PLAIN | {"requested_count": 1}), "100 values", "delete")
    # What was not generated makes room when it is no longer wanted; what was, does not.
    assert ours.post(f"{path_of(job)}/cancel").status_code == 204
    refused(ours.post(GENERATE, json=PLAIN | {"requested_count": 59}), "100 values")
    ours.submit(requested_count=58)
    assert ours.post(f"{path_of(job)}/delete").status_code == 204
    ours.submit(requested_count=2)
    refused(ours.post(GENERATE, json=PLAIN | {"requested_count": 1}), "100 values")


def test_what_can_never_be_held_is_not_to_be_tried_again(limited: Limited) -> None:
    ours = limited(max_account_values=100)
    answer = ours.post(GENERATE, json=PLAIN | {"requested_count": 101})
    assert_error(answer, 400, "invalid_request", "requested_count: ", "100")
    assert "Retry-After" not in answer.headers


def test_nothing_is_written_past_a_limit(limited: Limited, database: Database) -> None:
    ours = limited(max_open_operations=1)
    ours.submit()
    refused(ours.post(GENERATE, json=PLAIN, headers={"Idempotency-Key": "k"}))
    with database.transaction() as connection:
        for table in ("operations", "jobs", "cells"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 1
        assert connection.scalar(text("SELECT count(*) FROM idempotency_keys")) == 0


def test_a_request_sent_again_needs_no_room(limited: Limited) -> None:
    ours = limited(max_open_operations=1)
    again = {"json": PLAIN, "headers": {"Idempotency-Key": "k"}}
    first = ours.post(GENERATE, **again)
    assert first.status_code == 200
    assert ours.post(GENERATE, **again).json == first.json


def test_reading_goes_on_past_a_limit(limited: Limited) -> None:
    ours = limited(max_open_operations=1)
    job = ours.submit()
    refused(ours.post(GENERATE, json=PLAIN))
    assert ours.operation(job)["status"] == "PENDING"
    assert ours.get(GENERATE).status_code == 200


def test_another_account_has_its_own_limit(limited: Limited, stranger: Client) -> None:
    ours = limited(max_open_operations=1, max_account_values=50)
    ours.submit(requested_count=50)
    limited(whose=stranger, max_open_operations=1, max_account_values=50).submit(requested_count=50)


def test_none_is_no_limit(limited: Limited) -> None:
    ours = limited(max_open_operations=0, max_account_values=0)
    for _ in range(3):
        ours.submit(requested_count=2**31 - 1)


@pytest.mark.parametrize(
    ("limits", "wanted", "accepted"),
    [
        ({"max_open_operations": 5}, 1, 5),
        ({"max_account_values": 50}, 10, 5),
    ],
)
def test_submits_at_once_cannot_slip_past(
    limited: Limited, database: Database, limits: dict[str, int], wanted: int, accepted: int
) -> None:
    ours = limited(**limits)
    app = ours.http.application

    def submit(_: int) -> int:
        body = PLAIN | {"requested_count": wanted}
        return Client(app.test_client(), key=ours.key).post(GENERATE, json=body).status_code

    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(submit, range(24)))
    assert sorted(answers) == [200] * accepted + [429] * (24 - accepted)
    assert in_use(database) == really_in_use(database) == (accepted, accepted * wanted)


def test_the_count_follows_an_operation_to_its_end(
    client: Client, mill: Mill, database: Database
) -> None:
    def seen() -> tuple[int, int]:
        assert in_use(database) == really_in_use(database)
        return in_use(database)

    assert seen() == (0, 0)
    done = mill.fill(client, ["a", "b"], requested_count=2)
    assert seen() == (0, 2)
    # One that failed on its own.
    failing = client.submit(requested_count=10, error_tolerance=0, llm_model_name="failing")
    assert seen() == (1, 12)
    claim = mill.claim(model="failing", size=3)
    assert claim is not None
    mill.settle(claim, ["a", "b"], prompt_tokens=1, output_tokens=1)
    assert client.operation(failing)["status"] == "FAILED"
    assert seen() == (0, 4)
    # One that is deleted while it works: cancelled and deleted in one transaction.
    working = client.submit(requested_count=7)
    assert seen() == (1, 11)
    assert client.post(f"{path_of(working)}/delete").status_code == 204
    assert seen() == (0, 4)
    # One that expires, and one whose rows are removed.
    mill.fill(client, ["a"], requested_count=1, retention_time=0)
    removal.expire(database)
    assert seen() == (0, 4)
    assert client.post(f"{path_of(done)}/delete").status_code == 204
    removal.remove_deleted(database)
    assert seen() == (0, 2)
    assert client.post(f"{BASE}/jobs/{failing['id']}/abandon").status_code == 409


OTHERS = """
INSERT INTO operations (
    id, account_id, name, data_type, attributes, max_value_length, requested_count,
    filter_characters, allow_duplicates, trim_values, multiline_values, error_tolerance,
    priority, open_count
)
SELECT gen_random_uuid(), 1, 'n', 'd', '[]', 9, 9, '', true, true, true, 9, 9, 9
FROM generate_series(1, :count)
"""

OTHER_JOBS = """
INSERT INTO jobs (id, account_id, type, operation_id, target_name, trace_id)
SELECT gen_random_uuid(), account_id, 'AI_GENERATE_DATA', id, name, 't' FROM operations
"""


def rows_read(plan: dict[str, Any]) -> int:
    """Rows that a plan's scans looked at, those that they left out included."""
    below = sum(rows_read(inner) for inner in plan.get("Plans", ()))
    if "Scan" not in plan["Node Type"]:
        return below
    left_out = plan.get("Rows Removed by Filter", 0)
    return below + round((plan["Actual Rows"] + left_out) * plan["Actual Loops"])


@pytest.mark.parametrize("path", [GENERATE, f"{BASE}/jobs"])
def test_ten_thousand_open_operations_do_not_slow_anothers_first_page(
    app: Flask, client: Client, stranger: Client, database: Database, path: str
) -> None:
    mine = [stranger.submit() for _ in range(3)]
    with database.transaction() as connection:
        connection.execute(text(OTHERS), {"count": 10_000})
        connection.execute(text(OTHER_JOBS + " WHERE account_id = 1"))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in ("operations", "jobs"):
            connection.execute(text(f"ANALYZE {table}"))
    assert client.get(path).json["response_metadata"]["total"] == 10_000
    with app.app_context():
        engine = parts().database.pooled
    asked: list[tuple[str, Any]] = []

    def remember(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", remember)
    try:
        page = stranger.get(path).json
    finally:
        event.remove(engine, "before_cursor_execute", remember)
    assert page["response_metadata"]["total"] == len(mine)
    reads = [(s, p) for s, p in asked if s.lstrip().upper().startswith("SELECT")]
    assert len(reads) >= 2
    with database.transaction() as connection:
        for statement, parameters in reads:
            (plan,) = connection.exec_driver_sql(
                f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters
            ).scalar_one()
            assert rows_read(plan["Plan"]) <= 4 * len(mine), json.dumps(plan)


def test_a_table_of_the_callers_own_cannot_stand_in_for_the_count(
    client: Client, database: Database
) -> None:
    """The trigger has its owner's rights, so it must not look where a caller can put things."""
    with database.transaction() as connection:
        connection.execute(
            text("CREATE TEMP TABLE accounts ON COMMIT DROP AS TABLE public.accounts")
        )
        connection.execute(text(OTHERS), {"count": 3})
        connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert in_use(database) == really_in_use(database) == (3, 27)
