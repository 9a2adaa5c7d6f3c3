"""Lists of operations and jobs: every sort, both ways, under every filter."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from shared.db import accounts, schema
from shared.db.engine import Database
from shared.generation.operations import SORTS as OPERATION_SORTS
from shared.queue.jobs import SORTS as JOB_SORTS
from tests.support.contract import BASE, GENERATE, Client, Mill, assert_error, path_of

JOBS = f"{BASE}/jobs"
START = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)
#: Awkward to sort: case, accents, beyond the BMP, digits, blanks; long with one beginning.
WORDS = [
    "b", "a", "B", "ä", "a\u0308", "\ue000", "\N{GRINNING FACE}", "a b", "a-b", "9", "10", "_",
    "a" * 500,
]  # fmt: skip
PAIRS = [(path, sort) for path in (GENERATE, JOBS) for sort in
         (OPERATION_SORTS if path == GENERATE else JOB_SORTS)]  # fmt: skip


def rows_of(account_id: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Operations and their jobs with ties, nulls and the unusual in every column."""
    for i in range(len(WORDS) * 2):
        started = None if i % 3 == 0 else START + timedelta(microseconds=i // 5)
        ended = None if i % 4 else START + timedelta(seconds=i // 8)
        status = ["PENDING", "STARTED"][i % 2] if ended is None else ["FAILED", "COMPLETED"][i % 2]
        word = WORDS[i % len(WORDS)]
        requested = [1, 10, 2**31 - 1][i % 3]
        operation = {
            "id": uuid.uuid4(),
            "account_id": account_id,
            "name": word,
            "description": None if i % 2 else word * 20,
            "data_type": WORDS[i % 5],
            "attributes": [],
            "max_value_length": [20, 4000][i % 2],
            "requested_count": requested,
            "filter_characters": ["", "[{}]"][i % 2],
            "allow_duplicates": i % 3 == 0,
            "trim_values": i % 5 == 0,
            "multiline_values": i % 7 == 0,
            "error_tolerance": [0, 300, 2**31 - 1][i % 3],
            "priority": [-(2**31), -1, 0, 2**31 - 1][i % 4],
            "llm_model_name": None if i % 3 else WORDS[i % 4],
            "status": status,
            "submit_time": START - timedelta(days=i // 4),
            "start_time": started,
            "update_time": START + timedelta(days=i % 6),
            "end_time": ended,
            "expiration_time": ended and [None, datetime(9999, 1, 1, tzinfo=UTC)][i // 4 % 2],
            "generated_count": requested if status == "COMPLETED" else requested // 2,
            "open_count": 0,
            "warning": None if i % 5 else word,
        }
        job = {
            "id": uuid.uuid4(),
            "account_id": account_id,
            "type": "AI_GENERATE_DATA",
            "target_id": operation["id"],
            "target_name": word,
            "status": ["ABANDONED", "COMPLETED"][i % 2] if ended else status,
            "priority": operation["priority"],
            "percent_complete": 100 if status == "COMPLETED" else i % 100,
            "warning": operation["warning"],
            "error_details": None if i % 4 else f"because of {i % 3}",
            "trace_id": f"trace {i % 3}",
            "submit_time": operation["submit_time"],
            "start_time": started,
            "update_time": START + timedelta(days=i % 4),
        }
        yield operation, job


@pytest.fixture
def filled(client: Client, database: Database) -> Client:
    """A client whose account has many operations, and another's that lie between them."""
    with database.transaction() as connection:
        accounts.create_key(connection, account="theirs", name="x")
        ids = {
            name: connection.scalar(
                select(schema.accounts.c.id).where(schema.accounts.c.name == name)
            )
            for name in ("ours", "theirs")
        }
        for ours, theirs in zip(rows_of(ids["ours"]), rows_of(ids["theirs"]), strict=True):
            for operation, job in (ours, theirs):
                connection.execute(insert(schema.operations).values(operation))
                connection.execute(insert(schema.jobs).values(job))
    return client


def read(client: Client, path: str, **query: Any) -> dict[str, Any]:
    answer = client.get(path, query_string=query)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json
    return page


def walk(client: Client, path: str, **query: Any) -> Iterator[dict[str, Any]]:
    page = read(client, path, **query)
    yield page
    while "next_cursor" in page["response_metadata"]:
        page = read(client, path, **query, cursor=page["response_metadata"]["next_cursor"])
        yield page


def ids(*pages: dict[str, Any]) -> list[str]:
    return [item["id"] for page in pages for item in page["items"]]


def truth(database: Database, path: str) -> list[dict[str, Any]]:
    """Everything that the client may see, in the order of submission."""
    with database.transaction() as connection:
        table = schema.operations if path == GENERATE else schema.jobs
        query = select(table).where(table.c.account_id == 1).order_by(table.c.number)
        rows = [dict(row) for row in connection.execute(query).mappings()]
    if path == GENERATE:
        return rows
    for row in rows:
        row |= {
            "target_id": row["operation_id"],
            "warning_message": row["warning"],
            "start_time": row["start_time"] or row["submit_time"],
            "localized_type": "",
            "is_waiting_for_telemetry": False,
            "account_name": "ours",
            "compliance_node_id": None,
            "compliance_node_name": None,
        }
    return rows


def in_order(rows: list[dict[str, Any]], sort: str) -> list[str]:
    """Python's own sort: nulls last, ties by submission; all of it turned round for ``-``."""
    name = sort.removeprefix("-")
    numbers = {row["number"]: i for i, row in enumerate(rows)}

    def key(row: dict[str, Any]) -> tuple[bool, Any, int]:
        return row[name] is None, "" if row[name] is None else row[name], numbers[row["number"]]

    in_turn = sorted(
        (row for row in rows if row[name] is not None), key=lambda row: key(row)[1:]
    ) + [row for row in rows if row[name] is None]
    if sort.startswith("-"):
        in_turn.reverse()
    form = str if "requested_count" in rows[0] else lambda value: value.hex
    return [form(row["id"]) for row in in_turn]


@pytest.mark.parametrize(("path", "name"), PAIRS, ids=lambda text: text.rsplit("/", 1)[-1])
def test_every_sort_there_and_back(
    filled: Client, database: Database, path: str, name: str
) -> None:
    rows = truth(database, path)
    for sort in (name, f"-{name}"):
        expected = in_order(rows, sort)
        there = list(walk(filled, path, sort=sort, limit=7))
        assert ids(*there) == expected
        assert all(page["response_metadata"]["total"] == len(rows) for page in there)
        assert all(len(page["items"]) == 7 for page in there[:-1])
        assert "prev_cursor" not in there[0]["response_metadata"]
        back = there[-1:]
        while "prev_cursor" in back[0]["response_metadata"]:
            cursor = back[0]["response_metadata"]["prev_cursor"]
            back.insert(0, read(filled, path, sort=sort, limit=7, cursor=cursor))
        # The first page back is reached from behind, so it may be shorter, not other.
        assert [page["items"] for page in back] == [page["items"] for page in there]


def test_the_page_has_as_many_sorts_as_published() -> None:
    assert len(OPERATION_SORTS) == 20


@pytest.mark.parametrize(("path", "default"), [(GENERATE, "-submit_time"), (JOBS, "-start_time")])
@pytest.mark.parametrize("sort", [{}, {"sort": ""}, {"sort": "null"}])
def test_the_newest_come_first_by_default(
    filled: Client, path: str, default: str, sort: dict[str, str]
) -> None:
    expected = read(filled, path, sort=default, limit=1000)
    assert read(filled, path, **sort, limit=1000) == expected
    page = read(filled, path, **sort, limit=3)
    cursor = page["response_metadata"]["next_cursor"]
    assert (
        read(filled, path, sort=default, limit=3, cursor=cursor)["items"] == expected["items"][3:6]
    )


def test_what_was_submitted_last_comes_first(client: Client) -> None:
    submitted = [client.submit(name=str(number)) for number in range(5)]
    assert ids(read(client, JOBS)) == [job["id"] for job in reversed(submitted)]
    assert ids(read(client, GENERATE)) == [job["target_id"] for job in reversed(submitted)]


def test_items_are_what_reading_one_shows(client: Client, mill: Mill) -> None:
    for job in (mill.fill(client, ["a"], description="x"), client.submit(), client.submit()):
        client.post(f"{JOBS}/{job['id']}/tags", json={"tags": [{"key": "k", "value": "v"}]})
    for job in read(client, JOBS)["items"]:
        assert client.job(job) == job
    for operation in read(client, GENERATE)["items"]:
        assert client.get(f"{GENERATE}/{operation['id']}").json == operation


@pytest.mark.parametrize("path", [GENERATE, JOBS, f"{GENERATE}/search", f"{JOBS}/search"])
def test_no_items_are_one_empty_page(client: Client, path: str) -> None:
    answer = client.post(path, json={}) if path.endswith("search") else client.get(path)
    assert answer.json == {"items": [], "response_metadata": {"total": 0}}


@pytest.mark.parametrize("path", [GENERATE, JOBS])
def test_a_page_has_100_items_by_default(client: Client, path: str) -> None:
    for _ in range(101):
        client.submit()
    page = read(client, path)
    assert len(page["items"]) == 100
    assert page["response_metadata"]["total"] == 101
    last = read(client, path, cursor=page["response_metadata"]["next_cursor"])
    assert len(last["items"]) == 1
    assert "next_cursor" not in last["response_metadata"]


@pytest.mark.parametrize("path", [GENERATE, JOBS])
def test_deleted_and_expired_operations_are_in_no_list(
    client: Client, mill: Mill, path: str
) -> None:
    kept = mill.fill(client, ["a"])
    deleted = mill.fill(client, ["a"])
    expired = mill.fill(client, ["a"], retention_time=0)
    client.post(f"{path_of(deleted)}/delete")
    found = ids(read(client, path))
    if path == GENERATE:
        assert found == [kept["target_id"]]
    else:
        assert sorted(found) == sorted(job["id"] for job in (kept, deleted, expired))
    assert read(client, path)["response_metadata"]["total"] == len(found)


LONG = "x" * 700


@pytest.mark.parametrize("sort", ["description", "-description"])
def test_texts_with_one_long_beginning_are_ties(client: Client, sort: str) -> None:
    submitted = [client.submit(description=LONG + end) for end in ("b", "a", "", "c", "a")]
    expected = [job["target_id"] for job in submitted]
    if sort[0] == "-":
        expected.reverse()
    pages = list(walk(client, GENERATE, sort=sort, limit=2))
    assert ids(*pages) == expected
    # Also when the row that a page ended with is gone.
    client.post(f"{GENERATE}/{expected[1]}/delete")
    cursor = pages[0]["response_metadata"]["next_cursor"]
    assert ids(read(client, GENERATE, sort=sort, cursor=cursor)) == expected[2:]


def test_a_cursor_holds_the_longest_text(client: Client) -> None:
    texts = [chr(0x10000 + number * 137) for number in range(5000)]
    for start in range(3):
        client.submit(description="".join(texts[start::7])[:600])
        client.submit(description="".join(map(chr, range(1, 32)))[start::-1] * 20)
    pages = list(walk(client, GENERATE, sort="description", limit=1))
    assert len(pages) == 6
    for page in pages[:-1]:
        assert len(page["response_metadata"]["next_cursor"]) <= 4096


FOREIGN = [{"sort": "id"}, {"sort": "start_time"}, {"sort": "-status"}]


@pytest.mark.parametrize("path", [GENERATE, JOBS])
def test_a_cursor_belongs_to_its_list(filled: Client, path: str) -> None:
    cursor = read(filled, path, limit=2)["response_metadata"]["next_cursor"]
    other = JOBS if path == GENERATE else GENERATE
    refused = [
        filled.get(other, query_string={"cursor": cursor}),
        filled.post(f"{path}/search", query_string={"cursor": cursor}),
        *(filled.get(path, query_string={"cursor": cursor, **query}) for query in FOREIGN),
    ]
    for answer in refused:
        assert_error(answer, 400, "invalid_request", "cursor: ")
    assert len(read(filled, path, cursor=cursor, limit=5)["items"]) == 5


@pytest.mark.parametrize("path", [GENERATE, JOBS])
def test_a_cursor_belongs_to_its_filter(filled: Client, path: str) -> None:
    search = f"{path}/search"
    body = {"filter_expression": "status EQ 'PENDING'"}
    page = filled.post(search, json=body, query_string={"limit": 2}).json
    cursor = page["response_metadata"]["next_cursor"]
    other = {"filter_expression": "status EQ 'STARTED'"}
    answer = filled.post(search, json=other, query_string={"cursor": cursor})
    assert_error(answer, 400, "invalid_request", "cursor: ")
    answer = filled.post(search, json=body, query_string={"cursor": cursor, "sort": "id"})
    assert_error(answer, 400, "invalid_request", "cursor: ")
    seen = ids(page)
    while cursor:
        page = filled.post(search, json=body, query_string={"cursor": cursor, "limit": 2}).json
        assert all(item["status"] == "PENDING" for item in page["items"])
        seen += ids(page)
        cursor = page["response_metadata"].get("next_cursor")
    assert len(seen) == len(set(seen)) == page["response_metadata"]["total"]


@pytest.mark.parametrize("path", [GENERATE, JOBS, f"{GENERATE}/search", f"{JOBS}/search"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=ten", "limit"),
        ("sort=nothing", "sort"),
        ("sort=--id", "sort"),
        ("sort=ID", "sort"),
        ("cursor=", "cursor"),
        ("cursor=x", "cursor"),
        ("cursor=" + "x" * 4097, "cursor"),
        ("sort=id&sort=id", "sort"),
        ("filter_expression=id", "filter_expression"),
    ],
    ids=lambda text: text[:20],
)
def test_a_wrong_parameter_is_named(client: Client, path: str, query: str, field: str) -> None:
    method = "POST" if path.endswith("search") else "GET"
    answer = client.open(f"{path}?{query}", method=method)
    assert_error(answer, 400, "invalid_request", f"{field}: ")


def test_an_altered_cursor_is_refused(filled: Client) -> None:
    cursor = read(filled, GENERATE, limit=2)["response_metadata"]["next_cursor"]
    altered = [cursor[:-2], f"{cursor}x", f".{cursor}", cursor.swapcase(), cursor.split(".")[0]]
    altered += [re.sub("^.", "B" if cursor[0] == "A" else "A", cursor)]
    for wrong in altered:
        answer = filled.get(GENERATE, query_string={"cursor": wrong})
        assert_error(answer, 400, "invalid_request", "cursor: ")
