"""Filter expressions over HTTP: every field finds its own, and nonsense is told so."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.generation.fields import OPERATIONS as OPERATION_FIELDS
from shared.queue.fields import JOBS as JOB_FIELDS
from tests.support.contract import BASE, GENERATE, Client, Mill, assert_error, path_of

JOBS = f"{BASE}/jobs"
OPERATIONS_SEARCH, JOBS_SEARCH = f"{GENERATE}/search", f"{JOBS}/search"
SEARCHES = (OPERATIONS_SEARCH, JOBS_SEARCH)


@pytest.fixture
def jobs(client: Client, mill: Mill) -> list[dict[str, Any]]:
    """One completed, one cancelled with tags and a warning's worth of fields, one plain."""
    done = mill.fill(client, ["a"], name="Done", description='it\'s "quoted" \\ 100%_', priority=7)
    cancelled = client.submit(name="cancelled", multiline_values=True, filter_characters="[{}]")
    client.post(f"{path_of(cancelled)}/cancel")
    tags = [{"key": "team", "value": "red"}, {"key": "team", "value": "blue"}]
    client.post(f"{JOBS}/{cancelled['id']}/tags", json={"tags": tags})
    plain = client.submit(name="plain", max_value_length=17)
    return [client.job(job) for job in (done, cancelled, plain)]


def found(client: Client, path: str, expression: str | None, **query: Any) -> list[str]:
    body = {} if expression is None else {"filter_expression": expression}
    answer = client.post(path, json=body, query_string=query)
    assert answer.status_code == 200, answer.text
    page = answer.json
    assert page["response_metadata"]["total"] == len(page["items"])
    return [item.get("name", item.get("target_name")) for item in page["items"]]


EXPRESSIONS = {
    OPERATIONS_SEARCH: [
        ("name EQ 'Done'", ["Done"]),
        ("name EQ 'done'", []),
        ("search 'DONE'", ["Done"]),
        ("status IN ['COMPLETED', 'FAILED'] AND NOT name CONTAINS 'cancel'", ["Done"]),
        ("description EQ 'it\\'s \"quoted\" \\\\ 100%_'", ["Done"]),
        ("description CONTAINS '%_'", ["Done"]),
        ("description CONTAINS '_%'", []),
        ("description EQ NIL", ["plain", "cancelled"]),
        ("description NE 'x'", ["plain", "cancelled", "Done"]),
        ("priority GT 6.5 and priority lt 7.5", ["Done"]),
        ("max_value_length LE 17 OR max_value_length GE 4e3", ["plain", "cancelled"]),
        ("multiline_values EQ true", ["cancelled"]),
        ("end_time EQ NIL", ["plain"]),
        ("submit_time GT 2020-01-01T00:00:00Z", ["plain", "cancelled", "Done"]),
        ("submit_time LT 2020-01-01T02:00:00.5+02:00", []),
        ("  SEARCH '[{'  ", ["cancelled"]),
    ],
    JOBS_SEARCH: [
        ("target_name EQ 'Done'", ["Done"]),
        ("status EQ 'CANCELED'", ["cancelled"]),
        ("percent_complete EQ 100", ["Done"]),
        ("percent_complete LT 100", ["plain", "cancelled"]),
        ("type EQ 'AI_GENERATE_DATA'", ["plain", "cancelled", "Done"]),
        ("error_details CONTAINS 'was cancelled'", ["cancelled"]),
        ("tags CONTAINS {key EQ 'team' AND value EQ 'blue'}", ["cancelled"]),
        ("tags CONTAINS {key EQ 'team' AND value EQ 'green'}", []),
        ("NOT tags CONTAINS {key EQ 'team'}", ["plain", "Done"]),
        ("SEARCH 'Red'", ["cancelled"]),
    ],
}


@pytest.mark.parametrize(
    ("path", "expression", "expected"),
    [(path, *pair) for path, pairs in EXPRESSIONS.items() for pair in pairs],
    ids=lambda part: str(part).rsplit("/", 1)[-1][:50],
)
def test_expressions_select(
    client: Client,
    jobs: list[dict[str, Any]],
    path: str,
    expression: str,
    expected: list[str],
) -> None:
    assert sorted(found(client, path, expression)) == sorted(expected)


@pytest.mark.parametrize("path", SEARCHES)
def test_every_field_finds_what_it_shows(
    client: Client, jobs: list[dict[str, Any]], path: str
) -> None:
    """Each value that an item shows, asked for by EQ, finds the item."""
    fields = OPERATION_FIELDS if path == OPERATIONS_SEARCH else JOB_FIELDS
    items = client.post(path, json={}).json["items"]
    assert len(items) == 3
    for field in fields:
        for item in items:
            value = item.get(field.name)
            if field.type == "array":
                continue
            if field.type == "date-time" and value:
                literal = value
            elif isinstance(value, str):
                literal = "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
            else:
                literal = "NIL" if value is None else json.dumps(value)
            body = {"filter_expression": f"{field.name} EQ {literal}"}
            answer = client.post(path, json=body)
            assert answer.status_code == 200, answer.text
            expected = {i["id"] for i in items if i.get(field.name) == value}
            assert {i["id"] for i in answer.json["items"]} == expected, body


@pytest.mark.parametrize("path", SEARCHES)
def test_without_a_filter_everything_is_found(
    client: Client, jobs: list[dict[str, Any]], path: str
) -> None:
    answers = [
        client.post(path),
        client.post(path, data=b"", content_type="application/json"),
        client.post(path, json={}),
        client.get(path.removesuffix("/search")),
    ]
    assert all(len(answer.json["items"]) == 3 for answer in answers)
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize("path", SEARCHES)
def test_a_search_is_no_id(client: Client, path: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answer = client.open(path, method=method)
        assert_error(answer, 405, "method_not_allowed", "POST")
        assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}
    assert_error(client.post(f"{path}es/cancel"), 404, "not_found")
    assert_error(client.get(f"{path}es"), 404, "not_found")


def test_a_search_can_be_sorted(client: Client, jobs: list[dict[str, Any]]) -> None:
    expression = "NOT priority EQ 99"
    assert found(client, OPERATIONS_SEARCH, expression, sort="name") == [
        "Done", "cancelled", "plain",
    ]  # fmt: skip
    assert found(client, JOBS_SEARCH, "status NE 'x'", sort="-target_name") == [
        "plain", "cancelled", "Done",
    ]  # fmt: skip


WRONG: list[tuple[Any, str]] = [
    ("", "5 to 50000"),
    ("a", "5 to 50000"),
    ("id EQ '" + "x" * 50_000 + "'", "5 to 50000"),
    (7, "string"),
    (["id EQ 'x'"], "string"),
    ("      ", "expected"),
    ("name LIKE 'x'", "LIKE"),
    ("nome EQ 'x'", "nome"),
    ("id NE NIL AND id EQ status", "at 21"),
    ("id EQ 7", "at 7"),
    ("name EQ 'x", "at "),
    ("name EQ 'x' AND", "at "),
    ("name EQ 'nul\0'", "NUL"),
    ("status IN [" + ", ".join(["'x'"] * 101) + "]", "100"),
    ("(" * 20_000, "at "),
    ("NOT " * 12_000 + "name EQ 'x'", ""),
    ("SEARCH 'x'; DROP TABLE jobs", "at "),
]


@pytest.mark.parametrize("path", SEARCHES)
@pytest.mark.parametrize(("expression", "word"), WRONG, ids=lambda part: str(part)[:30])
def test_a_wrong_expression_is_explained(
    client: Client, path: str, expression: Any, word: str
) -> None:
    answer = client.post(path, json={"filter_expression": expression})
    if word == "" and answer.status_code == 200:
        return  # however deep, it makes sense
    assert_error(answer, 400, "invalid_request", "filter_expression: ", word)


@pytest.mark.parametrize("path", SEARCHES)
def test_a_wrong_body_is_refused(client: Client, path: str) -> None:
    assert_error(client.post(path, json=[]), 400, "invalid_request", "JSON object")
    assert_error(client.post(path, json={"filter": "x"}), 400, "invalid_request", "filter: ")
    answer = client.post(path, data=b"{", content_type="application/json")
    assert_error(answer, 400, "invalid_request", "not valid JSON")
    answer = client.post(path, data=b"{}", content_type="text/plain")
    assert_error(answer, 415, "unsupported_media_type", "application/json")
