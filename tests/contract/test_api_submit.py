"""POST /ai/generate: what is taken, what is refused, and what comes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.db import schema
from shared.db.engine import Database
from shared.generation.cells import MAX_CELLS
from tests.support.contract import BASE, GENERATE, PLAIN, Client, assert_error

#: The request that the published page shows.
PUBLISHED = {
    "name": "German first names",
    "description": "A list of 65 German first names",
    "data_type": "first name",
    "attributes": [{"label": "Gender", "values": ["male", "female", ""]}],
    "max_value_length": 20,
    "requested_count": 65,
    "filter_characters": "[{}]",
    "allow_duplicates": False,
    "trim_values": True,
    "multiline_values": True,
    "retention_time": 3600,
    "error_tolerance": 500,
    "priority": 0,
}


def test_the_published_request_is_taken(client: Client) -> None:
    answer = client.post(GENERATE, json=PUBLISHED)
    assert answer.status_code == 200
    assert set(answer.json) == {"job"}
    job = answer.json["job"]
    assert job["status"] == "PENDING"
    assert job["target_name"] == "German first names"
    assert client.job(job) == job

    operation = client.operation(job)
    kept = {name: value for name, value in PUBLISHED.items() if name != "retention_time"}
    assert operation.items() >= kept.items()
    assert operation["id"] == job["target_id"]
    assert operation["status"] == "PENDING"
    assert operation["generated_count"] == 0
    assert "retention_time" not in operation


def test_what_is_left_out_has_its_default(client: Client) -> None:
    operation = client.operation(client.submit())
    defaults = {
        "attributes": [],
        "max_value_length": 255,
        "requested_count": 10,
        "filter_characters": "",
        "allow_duplicates": False,
        "trim_values": True,
        "error_tolerance": 300,
        "priority": 0,
    }
    assert operation.items() >= defaults.items()
    assert "description" not in operation
    assert "llm_model_name" not in operation


def test_several_lines_are_longer_by_default(client: Client) -> None:
    operation = client.operation(client.submit(multiline_values=True))
    assert operation["max_value_length"] == 4000
    operation = client.operation(client.submit(multiline_values=True, max_value_length=5))
    assert operation["max_value_length"] == 5


INT32 = (-(2**31), 2**31 - 1)

ACCEPTED: list[dict[str, Any]] = [
    {"name": "x" * 500},
    {"name": "\N{GRINNING FACE}\u202e/../\r\n"},
    {"description": ""},
    {"description": "x" * 10_000},
    {"data_type": "x" * 10_000},
    {"attributes": []},
    {"attributes": [{"values": ["Italian"]}]},
    {"attributes": [{"label": "Country", "values": ["Italy", "", "Italy"]}]},
    {"max_value_length": 1},
    {"max_value_length": 4000},
    {"requested_count": 1},
    {"requested_count": INT32[1]},
    {"requested_count": 10.0},  # the same number in JSON
    {"filter_characters": r"[a-z&&[^aeiou]]|\p{javaLowerCase}"},
    {"retention_time": 0},
    {"retention_time": 2**63 - 1},
    {"error_tolerance": 0},
    {"error_tolerance": INT32[1]},
    {"priority": INT32[0]},
    {"priority": INT32[1]},
    {"llm_model_name": "llama3.2:1b"},
]


@pytest.mark.parametrize("fields", ACCEPTED, ids=lambda fields: str(fields)[:60])
def test_bounds_hold_from_within(client: Client, fields: dict[str, Any]) -> None:
    operation = client.operation(client.submit(**fields))
    kept = {name: value for name, value in fields.items() if name != "retention_time"}
    assert operation.items() >= kept.items()


def test_an_empty_label_is_none(client: Client) -> None:
    operation = client.operation(client.submit(attributes=[{"label": "", "values": ["a"]}]))
    assert operation["attributes"] == [{"values": ["a"]}]


WRONG_INTEGERS = ["10", "", True, False, 1.5, 1e300, [], [1], {}, 10**40, -(10**40)]
WRONG_BOOLEANS = [0, 1, "true", "false", "", [], {}]
WRONG_STRINGS = [1, 1.5, True, ["x"], {}, "nul\0", "half \ud83d", "\udc00"]
INTEGERS = ("max_value_length", "requested_count", "retention_time", "error_tolerance", "priority")
STRINGS = ("name", "description", "data_type", "filter_characters", "llm_model_name")
BOOLEANS = ("allow_duplicates", "trim_values", "multiline_values")

REFUSED: list[tuple[str, Any]] = [
    *((field, wrong) for field in INTEGERS for wrong in WRONG_INTEGERS),
    *((field, wrong) for field in BOOLEANS for wrong in WRONG_BOOLEANS),
    *((field, wrong) for field in STRINGS for wrong in WRONG_STRINGS),
    *((field, blank) for field in ("name", "data_type", "llm_model_name") for blank in ("", " \n")),
    *((field, None) for field in ("name", "data_type", "multiline_values")),
    ("name", "x" * 501),
    ("description", "x" * 10_001),
    ("data_type", "x" * 10_001),
    ("llm_model_name", "x" * 501),
    ("max_value_length", 0),
    ("max_value_length", -1),
    ("max_value_length", 4001),
    ("requested_count", 0),
    ("requested_count", -1),
    ("requested_count", 2**31),
    ("retention_time", -1),
    ("retention_time", 2**63),
    ("error_tolerance", -1),
    ("error_tolerance", 2**31),
    ("priority", 2**31),
    ("priority", -(2**31) - 1),
    ("filter_characters", "[a"),
    ("filter_characters", "(a"),
    ("filter_characters", "*"),
    ("filter_characters", r"\p{NoSuchThing}"),
    ("filter_characters", "x" * 10_001),
    ("attributes", {}),
    ("attributes", "x"),
    ("attributes", [{"values": ["a"]}] * 51),
]


@pytest.mark.parametrize(("field", "wrong"), REFUSED, ids=lambda value: repr(value)[:40])
def test_a_wrong_field_is_named(client: Client, field: str, wrong: Any) -> None:
    answer = client.post(GENERATE, json=PLAIN | {field: wrong})
    assert_error(answer, 400, "invalid_request", f"{field}: ")


@pytest.mark.parametrize(
    ("attribute", "path"),
    [
        (None, "attributes.1"),
        ("x", "attributes.1"),
        ([], "attributes.1"),
        ({}, "attributes.1.values"),
        ({"values": None}, "attributes.1.values"),
        ({"values": "Italian"}, "attributes.1.values"),
        ({"values": []}, "attributes.1.values"),
        ({"values": ["a", None]}, "attributes.1.values.1"),
        ({"values": ["a", 1]}, "attributes.1.values.1"),
        ({"values": ["\0"]}, "attributes.1.values.0"),
        ({"values": ["\ud800"]}, "attributes.1.values.0"),
        ({"values": ["a"], "label": 1}, "attributes.1.label"),
        ({"values": ["a"], "label": "x" * 501}, "attributes.1.label"),
        ({"values": ["a"], "labels": "x"}, "attributes.1.labels"),
    ],
)
def test_a_wrong_attribute_is_named(client: Client, attribute: Any, path: str) -> None:
    answer = client.post(GENERATE, json=PLAIN | {"attributes": [{"values": ["a"]}, attribute]})
    assert_error(answer, 400, "invalid_request", f"{path}: ")


@pytest.mark.parametrize(
    "field", [*INTEGERS, "allow_duplicates", "trim_values", "attributes", "ai_orchestrator_id",
              "description", "filter_characters", "llm_model_name"]
)  # fmt: skip
def test_field_a8_null_is_as_if_the_field_was_left_out(client: Client, field: str) -> None:
    ids = {"id", "submit_time"}
    plain, spelt = (client.operation(client.submit(**some)) for some in ({}, {field: None}))
    assert {name: spelt[name] for name in spelt if name not in ids} == {
        name: plain[name] for name in plain if name not in ids
    }


def test_field_a8_a_label_may_be_null(client: Client) -> None:
    job = client.submit(attributes=[{"label": None, "values": ["German"]}])
    assert client.operation(job)["attributes"] == [{"values": ["German"]}]


@pytest.mark.parametrize("field", ["name", "data_type", "multiline_values"])
def test_a_required_field_is_named(client: Client, field: str) -> None:
    body = {name: value for name, value in PLAIN.items() if name != field}
    assert_error(client.post(GENERATE, json=body), 400, "invalid_request", f"{field}: is missing")


def test_every_wrong_field_is_named_at_once(client: Client) -> None:
    answer = client.post(GENERATE, json={"name": "", "priority": "high", "colour": "red"})
    names = ("name: ", "data_type: ", "multiline_values: ", "priority: ", "colour: ")
    assert_error(answer, 400, "invalid_request", *names)


@pytest.mark.parametrize("field", ["colour", "retention", "Name", "", "x" * 5000, "\ud800\0\n"])
def test_an_unknown_field_is_refused(client: Client, field: str) -> None:
    assert_error(client.post(GENERATE, json=PLAIN | {field: 1}), 400, "invalid_request")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"1",
        b"true",
        b"NaN",
        b"{'name': 'x'}",
        b'{"name": "x",}',
        b'{"priority": NaN}',
        b'{"priority": Infinity}',
        b'{"priority": 1e400}',
        b'{"priority": ' + b"9" * 5000 + b"}",
        b'{"name": "\xff"}',
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"name": "\x01"}',
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_no_json_object_is_refused(client: Client, body: bytes) -> None:
    answer = client.post(GENERATE, data=body, content_type="application/json")
    assert_error(answer, 400, "invalid_request")


@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json"],
)
def test_another_content_type_is_refused(client: Client, content_type: str | None) -> None:
    answer = client.post(GENERATE, data=json.dumps(PLAIN), content_type=content_type)
    assert_error(answer, 415, "unsupported_media_type", "application/json")


@pytest.mark.parametrize("encoding", ["gzip", "br", "x-unheard-of", "identity, gzip"])
def test_a_body_that_is_compressed_is_refused(client: Client, encoding: str) -> None:
    answer = client.post(GENERATE, json=PLAIN, headers={"Content-Encoding": encoding})
    assert_error(answer, 415, "unsupported_media_type", "Content-Encoding")
    plain = client.post(GENERATE, json=PLAIN, headers={"Content-Encoding": "identity"})
    assert plain.status_code == 200


def test_a_charset_does_not_matter(client: Client) -> None:
    answer = client.post(
        GENERATE, data=json.dumps(PLAIN), content_type="application/json; charset=utf-8"
    )
    assert answer.status_code == 200


def test_a_body_that_is_too_large_is_refused(client: Client) -> None:
    answer = client.post(GENERATE, json=PLAIN | {"description": "x" * 1_048_576})
    assert_error(answer, 413, "payload_too_large", "1048576")


def test_too_many_combinations_are_refused(client: Client) -> None:
    attributes = [{"values": [str(number) for number in range(100)]}] * 3
    answer = client.post(
        GENERATE, json=PLAIN | {"attributes": attributes, "requested_count": MAX_CELLS + 1}
    )
    assert_error(answer, 400, "invalid_request", "attributes: ", str(MAX_CELLS))


def test_a_refused_regular_expression_says_where(client: Client) -> None:
    answer = client.post(GENERATE, json=PLAIN | {"filter_characters": "abc[d"})
    assert_error(answer, 400, "invalid_request", "filter_characters: ", "at character ")


@pytest.mark.parametrize("expression", ["\\", "abc\\", "[a\\"])
def test_field_a15_a_backslash_at_the_end_is_told_as_one(client: Client, expression: str) -> None:
    answer = client.post(GENERATE, json=PLAIN | {"filter_characters": expression})
    assert_error(answer, 400, "invalid_request", "filter_characters: ", "a backslash at the end")


def test_nothing_is_written_when_it_is_refused(client: Client, database: Database) -> None:
    attributes = [{"values": [str(number) for number in range(100)]}] * 3
    client.post(GENERATE, json=PLAIN | {"attributes": attributes, "requested_count": 200_000})
    client.post(GENERATE, json=PLAIN | {"priority": "high"})
    with database.transaction() as connection:
        for table in (schema.operations, schema.jobs, schema.cells):
            assert connection.execute(table.select()).all() == []


def test_a_job_has_every_field_of_the_contract(client: Client) -> None:
    job = client.submit(name="Names")
    assert job == {
        "id": job["id"],
        "status": "PENDING",
        "type": "AI_GENERATE_DATA",
        "localized_type": "Generate data",
        "warning_message": job["warning_message"],
        "target_id": job["target_id"],
        "target_name": "Names",
        "start_time": job["start_time"],
        "update_time": job["update_time"],
        "trace_id": job["trace_id"],
        "tags": [],
        "account_id": 1,
        "account_name": "ours",
        "percent_complete": 0,
        "tasks": [],
        "is_waiting_for_telemetry": False,
    }
    assert len(job["id"]) == 32
    assert int(job["id"], 16)
    assert job["start_time"] == client.operation(job)["submit_time"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_are_refused(client: Client, method: str) -> None:
    answer = client.open(GENERATE, method=method)
    assert_error(answer, 405, "method_not_allowed", "POST")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_trace_id_is_kept(client: Client) -> None:
    wanted = {"X-Request-Id": "a client's own id 42"}
    answer = client.post(GENERATE, json=PLAIN, headers=wanted)
    assert answer.headers["X-Request-Id"] == "a client's own id 42"
    assert answer.json["job"]["trace_id"] == "a client's own id 42"
    later = client.get(f"{BASE}/jobs/{answer.json['job']['id']}")
    assert later.json["trace_id"] == "a client's own id 42"
    assert later.headers["X-Request-Id"] != "a client's own id 42"


@pytest.mark.parametrize("wanted", ["", "x" * 129, "caf\xe9", "tab\there"])
def test_a_trace_id_that_is_not_sane_is_replaced(client: Client, wanted: str) -> None:
    answer = client.post(GENERATE, json=PLAIN, headers={"X-Request-Id": wanted})
    made = answer.headers["X-Request-Id"]
    assert made != wanted
    assert len(made) == 32
    assert int(made, 16)
    assert answer.json["job"]["trace_id"] == made
