"""Nothing that a client sends, or asks for, is larger than the service can bear."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from api.generation.requests import MAX_ATTRIBUTES, MAX_ATTRIBUTES_BYTES
from shared.db import listing
from shared.db.engine import Database
from shared.db.listing import FETCH_ROWS, size_of
from shared.queue.tags import MAX_TAGS
from tests.support.contract import BASE, GENERATE, PLAIN, Client, assert_error

JOBS = f"{BASE}/jobs"


def test_attributes_have_a_size(client: Client) -> None:
    fit = [{"values": ["x" * 9_000] * 7}]
    client.submit(attributes=fit)
    answer = client.post(GENERATE, json=PLAIN | {"attributes": [{"values": ["x" * 9_000] * 8}]})
    assert_error(answer, 400, "invalid_request", "attributes: ", str(MAX_ATTRIBUTES_BYTES))
    # Bytes, not characters.
    answer = client.post(GENERATE, json=PLAIN | {"attributes": [{"values": ["中" * 9_000] * 3}]})
    assert_error(answer, 400, "invalid_request", "attributes: ", str(MAX_ATTRIBUTES_BYTES))


@pytest.mark.parametrize(
    ("attributes", "bound"),
    [
        ([{"values": ["a"]}] * (MAX_ATTRIBUTES + 1), MAX_ATTRIBUTES),
        ([{"values": [""] * 20_000}], MAX_ATTRIBUTES_BYTES),
        ([{"values": ["x" * 10_001]}], 10_000),
        ([{"values": ["x"], "label": "x" * 501}], 500),
    ],
    ids=["attributes", "values", "length of a value", "length of a label"],
)
def test_attributes_are_counted(client: Client, attributes: Any, bound: int) -> None:
    answer = client.post(GENERATE, json=PLAIN | {"attributes": attributes})
    assert_error(answer, 400, "invalid_request", "attributes", str(bound))


@pytest.mark.parametrize(
    ("tags", "bound"),
    [
        ([{"key": "k", "value": str(n)} for n in range(MAX_TAGS + 1)], MAX_TAGS),
        ([{"key": "k" * 4001, "value": "v"}], 4000),
        ([{"key": "k", "value": "v" * 4001}], 4000),
    ],
    ids=["tags", "length of a key", "length of a value"],
)
def test_tags_are_counted(client: Client, tags: Any, bound: int) -> None:
    job = client.submit()
    answer = client.post(f"{JOBS}/{job['id']}/tags", json={"tags": tags})
    assert_error(answer, 400, "invalid_request", "tags", str(bound))


def test_a_filter_has_a_length(client: Client) -> None:
    for length, status in ((50_000, 200), (50_001, 400)):
        expression = f"SEARCH '{'x' * (length - 9)}'"
        answer = client.post(f"{GENERATE}/search", json={"filter_expression": expression})
        assert answer.status_code == status


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "a", "data_type": "b", "multiline_values": false, "name": "c"}',
        b'{"name": "a", "data_type": "b", "multiline_values": false, "n\\u0061me": "c"}',
    ],
)
def test_a_name_given_twice_is_refused(client: Client, body: bytes) -> None:
    answer = client.post(GENERATE, data=body, content_type="application/json")
    assert_error(answer, 400, "invalid_request", "name: ", "more than once")


def test_a_name_given_twice_within_is_refused(client: Client) -> None:
    body = json.dumps(PLAIN | {"attributes": []}).replace(
        '"attributes": []', '"attributes": [{"values": ["a"], "values": ["b"]}]'
    )
    answer = client.post(GENERATE, data=body, content_type="application/json")
    assert_error(answer, 400, "invalid_request", "values: ", "more than once")


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> int:
    """Pages of so many bytes, so that it does not take megabytes to fill one."""
    size = 100_000
    monkeypatch.setattr(listing, "PAGE_BYTES", size)
    return size


COPIES = """
INSERT INTO operations (
    id, account_id, name, description, data_type, attributes, max_value_length, requested_count,
    filter_characters, allow_duplicates, trim_values, multiline_values, error_tolerance,
    priority, open_count
)
SELECT gen_random_uuid(), account_id, 'copy', description, data_type, attributes,
    max_value_length, requested_count, filter_characters, allow_duplicates, trim_values,
    multiline_values, error_tolerance, priority, open_count
FROM operations, generate_series(1, :count)
"""


@pytest.mark.parametrize("count", [FETCH_ROWS // 2, 2 * FETCH_ROWS])
def test_a_page_of_large_operations_ends_early_and_goes_on(
    client: Client, database: Database, small_pages: int, count: int
) -> None:
    client.submit(description="中" * 1_000)
    with database.transaction() as connection:
        connection.execute(text(COPIES), {"count": count - 1})
    sizes, found, query = [], [], {"limit": "1000"}
    while True:
        answer = client.get(GENERATE, query_string=query)
        sizes.append((len(answer.data), len(answer.json["items"])))
        found += [item["id"] for item in answer.json["items"]]
        cursor = answer.json["response_metadata"].get("next_cursor")
        if cursor is None:
            break
        query = {"limit": "1000", "cursor": cursor}
    assert answer.json["response_metadata"]["total"] == count
    assert len(found) == len(set(found)) == count
    assert len(sizes) > 1
    assert all(size < 1.25 * small_pages for size, _ in sizes), sizes
    # And back the same way, in as many pages of the same size.
    back: list[str] = []
    while cursor := answer.json["response_metadata"].get("prev_cursor"):
        answer = client.get(GENERATE, query_string={"limit": "1000", "cursor": cursor})
        back = [item["id"] for item in answer.json["items"]] + back
        assert len(answer.data) < 1.25 * small_pages
    assert back == found[: len(back)]
    assert len(back) + sizes[-1][1] == count


def test_a_page_of_jobs_with_many_tags_ends_early(client: Client, small_pages: int) -> None:
    tags = [{"key": "k" * 700, "value": f"{n}" + "v" * 700} for n in range(20)]
    for _ in range(5):
        job = client.submit()
        assert client.post(f"{JOBS}/{job['id']}/tags", json={"tags": tags}).status_code == 201
    answer = client.get(JOBS, query_string={"limit": "1000"})
    assert len(answer.data) < 1.25 * small_pages
    assert len(answer.json["items"]) == 3
    cursor = answer.json["response_metadata"]["next_cursor"]
    rest = client.get(JOBS, query_string={"cursor": cursor}).json
    assert len(rest["items"]) == 2
    assert "next_cursor" not in rest["response_metadata"]


def test_a_row_too_large_for_a_page_is_one(client: Client, small_pages: int) -> None:
    tags = [{"key": "k" * 4_000, "value": f"{n}" + "v" * 3_900} for n in range(20)]
    for _ in range(3):
        job = client.submit()
        assert client.post(f"{JOBS}/{job['id']}/tags", json={"tags": tags}).status_code == 201
    query: dict[str, str] = {}
    for left in (2, 1, 0):
        page = client.get(JOBS, query_string=query).json
        assert len(page["items"]) == 1
        assert ("next_cursor" in page["response_metadata"]) == (left > 0)
        query = {"cursor": page["response_metadata"].get("next_cursor", "")}


def test_the_size_of_a_row_is_that_of_its_texts() -> None:
    row = {"a": "x" * 1000, "b": None, "c": 5, "d": [{"e": "中" * 1000}], "f": {"g": ["y" * 1000]}}
    assert 5_000 < size_of(row.values()) < 5_100
