"""What programs written for the published API meet, and what nobody here has written sends."""

from __future__ import annotations

import codecs
import gzip
import json
import re
import uuid
import zlib
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate
from sqlalchemy import text
from werkzeug.http import parse_options_header

from api.http.filenames import file_name
from shared.models import gateways
from shared.settings import GatewaySettings
from tests.support.contract import BASE, GENERATE, PLAIN, Client, Mill, assert_error, path_of

JOBS = f"{BASE}/jobs"
MANAGEMENT = f"{BASE}/ai/management"
STATIC = "/dct/static/api-external.yaml"

#: What strict clients of the published API know of each thing; they refuse any other field.
PUBLISHED = {
    "operation": {
        "id", "name", "description", "status", "data_type", "attributes", "max_value_length",
        "requested_count", "generated_count", "filter_characters", "allow_duplicates",
        "trim_values", "multiline_values", "account_id", "submit_time", "start_time", "end_time",
        "expiration_time", "error_tolerance", "ai_orchestrator_id", "llm_model_name", "priority",
    },
    "job": {
        "id", "status", "is_waiting_for_telemetry", "type", "localized_type", "error_details",
        "warning_message", "target_id", "target_name", "start_time", "update_time", "trace_id",
        "engine_ids", "tags", "engines", "account_id", "account_name", "percent_complete",
        "virtualization_tasks", "tasks", "execution_id", "result_type", "result",
    },
    "model": {
        "id", "name", "file_checksum", "architecture", "base_name", "ai_parameters",
        "context_length", "embedding_length", "quantization", "is_data_generate_default",
    },
    "gateway": {
        "id", "ai_orchestrator_id", "status", "status_reason", "container_id", "type", "hostname",
        "port", "is_dct_managed", "max_concurrent_tasks", "last_status_change_time",
    },
}  # fmt: skip


@pytest.mark.parametrize("end", ["completed", "failed", "cancelled", "abandoned"])
def test_field_a1_the_result_of_a_job_is_an_object(client: Client, mill: Mill, end: str) -> None:
    job = client.submit(llm_model_name="m", requested_count=2, error_tolerance=0)
    assert "result" not in client.job(job)
    mill.store(["a", "b"] if end == "completed" else ["a"], model="m")
    if end == "failed":
        claim = mill.claim(model="m", size=1)
        assert claim is not None
        mill.settle(claim, [], too_long=1)
    elif end != "completed":
        path = path_of(job) + "/cancel" if end == "cancelled" else f"{JOBS}/{job['id']}/abandon"
        assert client.post(path).status_code == 204
    alone = client.job(job)
    listed = client.get(JOBS).json["items"]
    found = client.post(f"{JOBS}/search", json={"filter_expression": "NOT id EQ NIL"}).json["items"]
    for seen in (alone, *listed, *found):
        assert seen["result"] == {
            "id": job["target_id"],
            "status": "COMPLETED" if end == "completed" else "FAILED",
            "generated_count": 2 if end == "completed" else 1,
        }


def _answers(client: Client, job: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """What the published paths answer, each with the kind of thing that it is."""
    everything = {"filter_expression": "NOT id EQ NIL"}
    return [
        ("operation", [client.operation(job)]),
        ("operation", client.get(GENERATE).json["items"]),
        ("operation", client.post(f"{GENERATE}/search", json=everything).json["items"]),
        ("job", [job, client.job(job)]),
        ("job", client.get(JOBS).json["items"]),
        ("job", client.post(f"{JOBS}/search", json=everything).json["items"]),
        ("gateway", client.get(f"{MANAGEMENT}/gateway").json["items"]),
    ]


@pytest.mark.parametrize("end", ["waiting", "working", "completed", "failed", "dry", "cancelled"])
def test_field_a2_answers_have_published_fields_only(client: Client, mill: Mill, end: str) -> None:
    job = client.submit(
        llm_model_name="m",
        requested_count=2,
        error_tolerance=0,
        retention_time=3600,
        description="x",
        attributes=[{"label": "Gender", "values": ["female"]}, {"values": ["German"]}],
    )
    if end != "waiting":
        mill.store(["a", "b"] if end == "completed" else ["a"], model="m")
    if end == "failed":
        claim = mill.claim(model="m", size=1)
        assert claim is not None
        mill.settle(claim, [], too_long=1)
    if end == "cancelled":
        client.post(f"{path_of(job)}/cancel")
    if end == "dry":
        with mill.database.transaction() as connection:
            connection.execute(text("UPDATE operations SET warning = 'Half of it is dry.'"))
    for kind, items in _answers(client, job):
        assert items or (end, kind) == ("waiting", "gateway")
        for item in items:
            assert item.keys() <= PUBLISHED[kind]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("GenerateDataOperation", "operation"), ("Job", "job"), ("LlmModel", "model")],
)
def test_field_a2_no_other_fields_are_described(client: Client, name: str, kind: str) -> None:
    schemas = client.http.get(f"{BASE}/openapi.json").json["components"]["schemas"]
    assert schemas[name]["properties"].keys() <= PUBLISHED[kind]


def test_field_a2_a_gateway_has_a_published_type_or_none(client: Client, mill: Mill) -> None:
    with mill.database.transaction() as connection:
        gateways.register(
            connection,
            [
                GatewaySettings(url=url, max_concurrent_tasks=4)
                for url in ("http://127.0.0.1:9", "openai+http://127.0.0.1:9/v1")
            ],
        )
    items = client.get(f"{MANAGEMENT}/gateway").json["items"]
    assert {item.get("type") for item in items} == {"OLLAMA_API", None}
    kinds = {client.get(f"{MANAGEMENT}/gateway/{item['id']}").json["type"] for item in items}
    assert kinds == {"OLLAMA_API", "OPENAI_API"}


def test_field_a2_reason_and_warning_are_in_the_job_and_in_the_statistics(
    client: Client, mill: Mill
) -> None:
    job = client.submit(llm_model_name="m", requested_count=2, error_tolerance=0)
    with mill.database.transaction() as connection:
        connection.execute(text("UPDATE operations SET warning = 'Half of it is dry.'"))
    claim = mill.claim(model="m", size=2)
    assert claim is not None
    mill.settle(claim, ["a"], too_long=1)
    failed, statistics = client.job(job), client.statistics(job)
    assert "1 were wasted" in failed["error_details"]
    assert statistics["failure_reason"] == failed["error_details"]
    assert failed["warning_message"] == statistics["warning_message"] == "Half of it is dry."
    assert statistics["coverage"]["cells"] == 1
    path = f"{path_of(job)}/statistics"
    etag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304


@pytest.fixture
def servers(client: Client, mill: Mill) -> Client:
    """Three gateways, two of them on one host; nobody answers there."""
    urls = ("http://127.0.0.2:9", "http://127.0.0.1:10", "http://127.0.0.2:11")
    with mill.database.transaction() as connection:
        for url in urls:
            gateways.register(connection, [GatewaySettings(url=url, max_concurrent_tasks=4)])
    return client


@pytest.mark.parametrize(
    ("query", "ports"),
    [
        ({}, [9, 10, 11]),
        ({"sort": "id"}, [9, 10, 11]),
        ({"sort": "-id"}, [11, 10, 9]),
        ({"sort": "hostname"}, [10, 9, 11]),
        ({"sort": "-hostname"}, [11, 9, 10]),
        ({"sort": "null"}, [9, 10, 11]),
    ],
)
def test_field_a3_gateways_are_sorted_there_and_back(
    servers: Client, query: dict[str, str], ports: list[int]
) -> None:
    path = f"{MANAGEMENT}/gateway"
    first = servers.get(path, query_string={**query, "limit": 2}).json
    cursor = first["response_metadata"]["next_cursor"]
    second = servers.get(path, query_string={**query, "limit": 2, "cursor": cursor}).json
    assert [item["port"] for item in first["items"] + second["items"]] == ports
    cursor = second["response_metadata"]["prev_cursor"]
    assert servers.get(path, query_string={"limit": 2, "cursor": cursor}).json == first


@pytest.mark.usefixtures("servers")
@pytest.mark.parametrize("sort", ["id", "-id", "name", "-name", ""])
def test_field_a3_models_are_sorted(client: Client, sort: str) -> None:
    assert client.get(f"{MANAGEMENT}/model", query_string={"sort": sort}).status_code == 200


@pytest.mark.parametrize(
    ("kind", "sort"), [("model", "hostname"), ("gateway", "name"), ("model", "--id")]
)
def test_field_a3_other_sorts_are_refused(client: Client, kind: str, sort: str) -> None:
    answer = client.get(f"{MANAGEMENT}/{kind}", query_string={"sort": sort})
    assert_error(answer, 400, "invalid_request", "sort: must be one of id, -id")


def test_field_a4_the_result_of_a_job_has_a_path(client: Client, mill: Mill) -> None:
    working, ended = client.submit(), mill.fill(client, ["a", "b"])
    for job in (working, ended):
        answer = client.get(f"{JOBS}/{job['id']}/result")
        assert answer.status_code == 200
        shown = {key: client.job(job).get(key) for key in ("result_type", "result")}
        said = {key: value for key, value in shown.items() if value is not None}
        assert answer.json == {"job_id": job["id"], **said}
    assert answer.json["result"]["generated_count"] == 2


def test_field_a4_another_accounts_result_is_not_found(
    client: Client, stranger: Client, mill: Mill
) -> None:
    theirs = mill.fill(stranger, ["a"])
    for wrong in (theirs["id"], "0" * 32, "x"):
        assert_error(client.get(f"{JOBS}/{wrong}/result"), 404, "not_found")


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("account_id EQ {account_id}", True),
        ("account_id GT {account_id}", False),
        ("account_id IN [0, {account_id}]", True),
        ("account_name EQ 'ours'", True),
        ("account_name CONTAINS 'their'", False),
        ("localized_type EQ 'Generate data'", True),
        ("localized_type NE 'Generate data'", False),
        ("SEARCH 'generate DATA'", True),
        ("is_waiting_for_telemetry EQ FALSE", True),
        ("is_waiting_for_telemetry EQ TRUE", False),
        ("warning_message EQ NIL", True),
        ("engine_ids CONTAINS 'x'", False),
        ("NOT engine_ids CONTAINS 'x'", True),
        ("engines CONTAINS {{engine_id EQ 'x'}}", False),
        ("engines CONTAINS {{engine_name CONTAINS 'x' OR NOT engine_id EQ 'x'}}", False),
        ("NOT engines CONTAINS {{engine_id NE NIL}}", True),
        ("work_source_type EQ NIL AND compliance_node_id NE 'x'", True),
        ("execution_id EQ 'x' OR execution_id CONTAINS ''", False),
    ],
)
def test_field_a5_jobs_are_filtered_by_published_fields(
    client: Client, stranger: Client, expression: str, found: bool
) -> None:
    job = client.submit()
    stranger.submit()
    body = {"filter_expression": expression.format(**job)}
    answer = client.post(f"{JOBS}/search", json=body)
    assert answer.status_code == 200, answer.text
    assert [each["id"] for each in answer.json["items"]] == ([job["id"]] if found else [])


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("engine_ids EQ 'x'", "engine_ids is a list"),
        ("engine_ids CONTAINS {engine_id EQ 'x'}", "expected a string in quotes"),
        ("engines CONTAINS 'x'", "engine_id and engine_name"),
        ("engines CONTAINS {id EQ 'x'}", "unknown field 'id'"),
        ("account_id EQ '1'", "account_id is an integer"),
        ("colour EQ 'red'", "unknown field 'colour'"),
    ],
)
def test_field_a5_what_makes_no_sense_is_explained(
    client: Client, expression: str, words: str
) -> None:
    answer = client.post(f"{JOBS}/search", json={"filter_expression": expression})
    assert_error(answer, 400, "invalid_request", "filter_expression: ", words)


@pytest.mark.parametrize("name", ["compliance_node_id", "compliance_node_name"])
def test_field_a5_jobs_are_sorted_by_every_published_field(client: Client, name: str) -> None:
    jobs = [client.submit()["id"] for _ in range(3)]
    for sort, expected in ((name, jobs), (f"-{name}", jobs[::-1])):
        items = client.get(JOBS, query_string={"sort": sort}).json["items"]
        assert [item["id"] for item in items] == expected


#: Method, path and name of each operation, as published.
OPERATIONS = {
    "generate_data": ("post", "/ai/generate"),
    "get_all_generate_operations": ("get", "/ai/generate"),
    "search_all_generate_operations": ("post", "/ai/generate/search"),
    "get_generate_operation": ("get", "/ai/generate/{generateDataOperationId}"),
    "get_generate_values": ("get", "/ai/generate/{generateDataOperationId}/values"),
    "download_generate_values": ("get", "/ai/generate/{generateDataOperationId}/download"),
    "get_all_llm_models": ("get", "/ai/management/model"),
    "get_llm_model": ("get", "/ai/management/model/{modelId}"),
    "get_all_llm_gateways": ("get", "/ai/management/gateway"),
    "get_jobs": ("get", "/jobs"),
    "search_jobs": ("post", "/jobs/search"),
    "get_job_by_id": ("get", "/jobs/{jobId}"),
    "get_job_result": ("get", "/jobs/{jobId}/result"),
    "abandon_job": ("post", "/jobs/{jobId}/abandon"),
    "get_job_tags": ("get", "/jobs/{jobId}/tags"),
    "create_job_tags": ("post", "/jobs/{jobId}/tags"),
    "delete_job_tag": ("post", "/jobs/{jobId}/tags/delete"),
}

#: What clients in typed languages have classes for.
SCHEMAS = {
    "GenerateDataRequest", "GenerateDataAttribute", "GenerateDataResponse", "GenerateDataOperation",
    "GetAllGenerateDataOperationsResponse", "GetGenerateDataValuesResponse", "SearchBody", "Job",
    "ListJobsResponse", "SearchJobsResponse", "Tag", "TagsRequest", "TagsResponse", "DeleteTag",
    "JobResultResponse", "LlmModel", "GetAllLlmModelsResponse", "LlmGateway",
    "GetAllLlmGatewaysResponse", "PaginatedResponseMetadata",
}  # fmt: skip


@pytest.fixture
def published(client: Client) -> dict[str, Any]:
    answer = client.http.get(STATIC)  # without a key
    assert answer.status_code == 200
    found: dict[str, Any] = yaml.safe_load(answer.text)
    return found


def test_field_a6_the_description_is_where_programs_fetch_it(client: Client) -> None:
    answer = client.http.get(STATIC)
    assert answer.mimetype == "application/yaml"
    assert answer.text.isascii()
    etag = {"If-None-Match": answer.headers["ETag"]}
    assert client.http.get(STATIC, headers=etag).status_code == 304


def test_field_a6_a_strict_validator_takes_both_descriptions(
    client: Client, published: dict[str, Any]
) -> None:
    validate(published)
    validate(client.http.get(f"{BASE}/openapi.json").json)


def test_field_a6_operations_and_parameters_have_published_names(
    published: dict[str, Any],
) -> None:
    assert published["openapi"].startswith("3.0")
    assert published["servers"] == [{"url": BASE}]
    described = {
        operation["operationId"]: (method, path)
        for path, item in published["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }
    assert described.items() >= OPERATIONS.items()
    assert published["components"]["schemas"].keys() >= SCHEMAS
    for path, item in published["paths"].items():
        shared = [each["name"] for each in item.get("parameters", [])]
        assert shared == re.findall(r"{(\w+)}", path)
        for method in item.keys() - {"parameters"}:
            parameters = item[method].get("parameters", [])
            assert {each["name"] for each in parameters} <= {"limit", "cursor", "sort", "format"}
            # Programs look types up by their names: no lists of them.
            assert all(isinstance(each["schema"]["type"], str) for each in parameters)
            # Clients have a class for each tag.
            assert item[method]["tags"][0] in ("AiGenerate", "AiManagement", "Jobs")


def test_field_a6_ids_are_texts(published: dict[str, Any]) -> None:
    """As published; where it says more, clients in typed languages want another type for them."""
    for item in published["paths"].values():
        for parameter in item.get("parameters", []):
            assert parameter["schema"] == {"type": "string", "minLength": 1}
    for schema in published["components"]["schemas"].values():
        assert "format" not in schema.get("properties", {}).get("id", {})


def test_field_a6_the_page_for_people_has_the_same_names(
    client: Client, published: dict[str, Any]
) -> None:
    other = client.http.get(f"{BASE}/openapi.json").json
    assert {f"{BASE}{path}" for path in published["paths"]} == other["paths"].keys()
    for path, item in published["paths"].items():
        for method in item.keys() - {"parameters"}:
            same = other["paths"][f"{BASE}{path}"][method]
            assert item[method]["operationId"] == same["operationId"]


def _tags(count: int, *, start: int = 0) -> list[dict[str, str]]:
    return [{"key": "k", "value": str(number)} for number in range(start, start + count)]


@pytest.mark.parametrize("count", [1, 101, 1000])
def test_field_a7_a_request_holds_a_thousand_tags(client: Client, count: int) -> None:
    path = f"{JOBS}/{client.submit()['id']}/tags"
    answer = client.post(path, json={"tags": _tags(count)})
    assert (answer.status_code, answer.json) == (201, {"tags": _tags(count)})
    answer = client.post(f"{path}/delete", json={"tags": _tags(count)})
    assert answer.status_code == 204
    assert client.get(path).json == {"tags": []}


@pytest.mark.parametrize("rest", ["", "/delete"])
@pytest.mark.parametrize(
    ("tags", "words"),
    [
        (_tags(1001), "1 to 1000"),
        (_tags(1) * 2, "twice"),
        ([*_tags(500), *_tags(1, start=499)], "twice"),
        ([], "1 to 1000"),
    ],
    ids=["too many", "one twice", "the last twice", "none"],
)
def test_field_a7_no_more_and_none_twice(
    client: Client, rest: str, tags: list[dict[str, str]], words: str
) -> None:
    path = f"{JOBS}/{client.submit()['id']}/tags"
    client.post(path, json={"tags": _tags(2)})
    answer = client.post(f"{path}{rest}", json={"tags": tags})
    assert_error(answer, 400, "invalid_request", "tags: ", words)
    assert client.get(path).json == {"tags": _tags(2)}


@pytest.mark.parametrize("path", [GENERATE, JOBS])
@pytest.mark.parametrize("body", [b"null", b" null\n", b""])
def test_field_a8_a_body_of_null_is_none(client: Client, path: str, body: bytes) -> None:
    client.submit()
    answer = client.post(f"{path}/search", data=body, content_type="application/json")
    assert (answer.status_code, len(answer.json["items"])) == (200, 1)


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (b"null", []),
        (b'{"key": "k", "tags": []}', [{"key": "other", "value": "0"}]),
        (b'{"key": "k", "value": "1", "tags": []}', [*_tags(1), {"key": "other", "value": "0"}]),
    ],
)
def test_field_a8_an_empty_list_beside_a_key_is_none(
    client: Client, body: bytes, left: list[dict[str, str]]
) -> None:
    path = f"{JOBS}/{client.submit()['id']}/tags"
    client.post(path, json={"tags": [*_tags(2), {"key": "other", "value": "0"}]})
    answer = client.post(f"{path}/delete", data=body, content_type="application/json")
    assert answer.status_code == 204
    assert client.get(path).json == {"tags": left}


def test_field_a8_what_is_required_may_not_be_null(client: Client) -> None:
    path = f"{JOBS}/{client.submit()['id']}/tags"
    for place, body in ((GENERATE, "null"), (path, "null"), (f"{path}/delete", '{"tags": []}')):
        answer = client.post(place, data=body, content_type="application/json")
        assert_error(answer, 400, "invalid_request")


def test_field_a9_fields_of_any_published_version_are_taken(client: Client) -> None:
    job = client.submit(
        description="x",
        attributes=[{"label": "Gender", "values": ["female"]}],
        max_value_length=20,
        requested_count=3,
        filter_characters="[{}]",
        allow_duplicates=False,
        trim_values=True,
        retention_time=3600,
        error_tolerance=500,
        priority=1,
        ai_orchestrator_id="some-orchestrator",
        llm_model_name="llama3.2:1b",
    )
    assert client.operation(job)["requested_count"] == 3
    sent_again = {"Idempotency-Key": "a9"}
    first = client.post(GENERATE, json=PLAIN, headers=sent_again)
    second = client.post(
        GENERATE, json={**PLAIN, "ai_orchestrator_id": "valuemill"}, headers=sent_again
    )
    assert first.json["job"]["id"] == second.json["job"]["id"]


@pytest.mark.parametrize("name", ["orchestrator_id", "ai_gateway_id", "model", "values"])
def test_field_a9_what_no_version_has_is_refused(client: Client, name: str) -> None:
    answer = client.post(GENERATE, json={**PLAIN, name: "x"})
    assert_error(answer, 400, "invalid_request", f"{name}: is not known here")


WORDS = ["b", "d", "a", "c", "e"]


@pytest.mark.parametrize(
    ("path", "field"), [(GENERATE, "name"), (JOBS, "target_name"), (None, "value")]
)
@pytest.mark.parametrize("direction", ["", "-"])
def test_field_a10_a_cursor_of_a_sorted_list_is_enough(
    client: Client, mill: Mill, path: str | None, field: str, direction: str
) -> None:
    if path is None:
        path = f"{path_of(mill.fill(client, WORDS))}/values"
    else:
        for word in WORDS:
            client.submit(name=word)
    page = client.get(path, query_string={"sort": f"{direction}{field}", "limit": 2}).json
    seen = page["items"]
    while cursor := page["response_metadata"].get("next_cursor"):
        page = client.get(path, query_string={"cursor": cursor, "limit": 2}).json
        seen += page["items"]
    found = [item if isinstance(item, str) else item[field] for item in seen]
    assert found == sorted(WORDS, reverse=direction == "-")


@pytest.mark.parametrize(("path", "field"), [(GENERATE, "name"), (JOBS, "target_name")])
@pytest.mark.parametrize("body", [None, {}])
def test_field_a10_a_cursor_brings_its_filter(
    client: Client, path: str, field: str, body: dict[str, str] | None
) -> None:
    for word in WORDS:
        client.submit(name=word)
    search = f"{path}/search"
    whole = {"filter_expression": f"{field} IN ['a', 'c', 'e']"}
    query = {"limit": 2, "sort": f"-{field}"}
    page = client.post(search, json=whole, query_string=query).json
    assert [item[field] for item in page["items"]] == ["e", "c"]
    cursor = page["response_metadata"]["next_cursor"]
    options = {} if body is None else {"json": body}
    rest = client.post(search, query_string={"cursor": cursor}, **options).json
    assert [item[field] for item in rest["items"]] == ["a"]
    same = client.post(search, json=whole, query_string={"cursor": cursor, **query})
    assert same.json["items"] == rest["items"]


def test_field_a10_another_sort_or_filter_beside_a_cursor_is_refused(client: Client) -> None:
    for word in WORDS:
        client.submit(name=word)
    whole = {"filter_expression": "NOT name EQ 'a'"}
    for query, body, other in [
        ({"sort": "name"}, {}, {"sort": "-name"}),
        ({"sort": "name"}, {}, {"sort": "-submit_time"}),
        ({}, {}, {"sort": "name"}),
        ({}, whole, {"sort": "name"}),
    ]:
        page = client.post(f"{GENERATE}/search", json=body, query_string={"limit": 2, **query})
        cursor = page.json["response_metadata"]["next_cursor"]
        answer = client.post(
            f"{GENERATE}/search", json=body, query_string={"cursor": cursor, **other}
        )
        assert_error(answer, 400, "invalid_request", "cursor: belongs to a list in another order")
        for wrong in ({"filter_expression": "NOT name EQ 'b'"}, whole if not body else None):
            if wrong is not None:
                answer = client.post(
                    f"{GENERATE}/search", json=wrong, query_string={"cursor": cursor}
                )
                assert_error(answer, 400, "invalid_request", "cursor: ", "another filter")


def test_field_a10_a_filter_too_long_for_a_cursor_is_sent_again(client: Client) -> None:
    for word in WORDS:
        client.submit(name=word)
    terms = [f"name EQ '{uuid.UUID(int=number**9).hex}{number**7}'" for number in range(400)]
    body = {"filter_expression": " OR ".join(["NOT name EQ 'a'", *terms])}
    page = client.post(f"{GENERATE}/search", json=body, query_string={"limit": 2}).json
    cursor = page["response_metadata"]["next_cursor"]
    assert len(cursor) <= 4096
    search = f"{GENERATE}/search"
    rest = client.post(search, json=body, query_string={"cursor": cursor}).json
    assert len(page["items"] + rest["items"]) == 4
    alone = client.post(search, query_string={"cursor": cursor})
    assert_error(alone, 400, "invalid_request", "cursor: ", "filter_expression")


#: How clients that do not know ``filename*`` read a name: generated Java, Python and others.
PARSERS = {
    "up to a blank or a quote": r"""filename=['"]?([^'"\s]+)['"]?""",
    "up to a blank": r"""filename=([^\s]+)""",
    "up to a semicolon": r"""filename=([^;]+)""",
}


@pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS)
@pytest.mark.parametrize(
    "name", ["German first names", "O'Brien's \u2028 names; (new)", "a,b=c&d", "Größen äöü 東京"]
)
def test_field_a11_each_file_gets_a_name_of_its_own(
    client: Client, mill: Mill, parser: str, name: str
) -> None:
    job = mill.fill(client, ["a"], name=name)
    found = []
    for file_format in ("JSON", "SECURE_LOOKUP"):
        header = client.download(job, file_format).headers["Content-Disposition"]
        match = re.search(parser, header)
        assert match is not None
        found.append(match[1].strip('";'))
        whole = parse_options_header(header)[1]["filename"]
        assert whole == file_name(name, extension=found[-1].rsplit(".", 1)[1])
    assert [each.rsplit(".", 1)[1] for each in found] == ["json", "txt"]


def test_field_a12_a_byte_order_mark_is_skipped(client: Client) -> None:
    body = codecs.BOM_UTF8 + json.dumps({**PLAIN, "name": "Ä"}, ensure_ascii=False).encode()
    answer = client.post(GENERATE, data=body, content_type="application/json")
    assert (answer.status_code, answer.json["job"]["target_name"]) == (200, "Ä")
    twice = client.post(GENERATE, data=codecs.BOM_UTF8 + body, content_type="application/json")
    assert_error(twice, 400, "invalid_request", "not valid JSON")


BODY = json.dumps({**PLAIN, "name": "Ä"}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (gzip.compress(BODY.encode(), mtime=0), "application/json", "gzip"),
        (b"\x28\xb5\x2f\xfd\x00", "application/json", "zstd"),
        (zlib.compress(BODY.encode()), "application/json", "zlib"),
        (json.dumps(PLAIN).encode("utf-16-le"), "application/json; charset=utf-16", "UTF-16"),
        (json.dumps(PLAIN).encode("utf-32-be"), "application/json", "UTF-32"),
        (BODY.encode("utf-16"), "application/json", "UTF-16"),
        (codecs.BOM_UTF16_BE + BODY.encode("utf-16-be"), "application/json", "UTF-16"),
        (BODY.encode("utf-32"), "application/json", "UTF-32"),
        (BODY.encode("latin-1"), "application/json; charset=ISO-8859-1", "ISO-8859-1"),
    ],
)
def test_field_a12_an_encoding_that_is_not_taken_is_told(
    client: Client, body: bytes, content_type: str, words: str
) -> None:
    for path in (GENERATE, f"{GENERATE}/search"):
        answer = client.post(path, data=body, content_type=content_type)
        assert_error(answer, 415, "unsupported_media_type", words, "UTF-8")


def test_field_a12_ascii_is_utf_8_whatever_it_is_called(client: Client) -> None:
    for charset in ("us-ascii", "UTF8", "iso-8859-1"):
        answer = client.post(
            GENERATE, data=json.dumps(PLAIN), content_type=f"application/json; charset={charset}"
        )
        assert answer.status_code == 200


@pytest.mark.parametrize("coding", ["gzip", "x-unheard-of", "identity, br", "deflate"])
def test_field_e7_a_content_encoding_is_refused_wherever_it_comes(
    client: Client, coding: str
) -> None:
    job = client.submit()
    headers = {"Content-Encoding": coding}
    for path in (
        GENERATE,
        f"{GENERATE}/search",
        f"{JOBS}/search",
        f"{JOBS}/{job['id']}/tags/delete",
        f"{JOBS}/{job['id']}/abandon",
        f"{path_of(job)}/cancel",
    ):
        for options in ({}, {"json": PLAIN}):
            answer = client.post(path, headers=headers, **options)
            assert_error(answer, 415, "unsupported_media_type", coding.split()[-1])
    assert client.job(job)["status"] == "PENDING"
    for plain in ("identity", ""):
        headers = {"Content-Encoding": plain}
        assert client.post(GENERATE, json=PLAIN, headers=headers).status_code == 200
    assert client.get(JOBS, headers={"Content-Encoding": coding}).status_code == 200


@pytest.mark.parametrize("root", ["", "/mill", "/tools/mill"])
def test_field_a13_the_page_works_behind_a_prefix(client: Client, root: str) -> None:
    behind = {"environ_overrides": {"SCRIPT_NAME": root}}
    page = client.http.get("/docs", **behind).text
    named = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(named) >= 5
    for address in named:
        assert address.startswith(f"{root}/")
        with client.http.get(address.removeprefix(root), **behind) as answer:
            assert answer.status_code == 200
    assert f'url: "{root}{BASE}/openapi.json"' in client.http.get("/docs/start.js", **behind).text
    described = client.http.get(f"{BASE}/openapi.json", **behind).json
    assert described.get("servers", [{"url": ""}]) == [{"url": root}]
    published = yaml.safe_load(client.http.get(STATIC, **behind).text)
    assert published["servers"] == [{"url": f"{root}{BASE}"}]
    missing = client.get("/nowhere", **behind)
    assert f"{root}{BASE}/openapi.json" in missing.json["error_description"]


@pytest.mark.parametrize("form", ["{}", "apk {}", "APK {}", "apk apk {}", "  {}  ", "apk  {}"])
def test_field_a14_a_key_works_in_every_form_in_which_it_is_printed(
    client: Client, form: str
) -> None:
    job = client.submit()
    headers = {"Authorization": form.format(client.key)}
    for path in (f"{JOBS}/{job['id']}", JOBS, path_of(job)):  # the first has a way of its own
        assert client.http.get(path, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (None, "an API key is needed"),
        ("", "an API key is needed"),
        ("apk", "no key behind the scheme apk"),
        ("Bearer {key}", "has the scheme Bearer, not apk"),
        ("Basic {key}", "has the scheme Basic, not apk"),
        ("swordfish", "not of the form <id>.<secret>"),
        ("apk swordfish", "not of the form <id>.<secret>"),
        ("Authorization: apk {key}", "more in the header Authorization"),
        ("swordfish.1 {key}", "more in the header Authorization"),
        ("apk {key}x", "the API key is not valid"),
        ("{key}x", "the API key is not valid"),
    ],
)
def test_field_a14_what_is_wrong_with_a_key_is_told(
    client: Client, header: str | None, words: str
) -> None:
    headers = {} if header is None else {"Authorization": header.format(key=client.key)}
    for path in (JOBS, f"{JOBS}/{'0' * 32}"):
        answer = client.http.get(path, headers=headers)
        told = assert_error(answer, 401, "not_authenticated", words, "apk <id>.<secret>")
        assert "swordfish" not in told
        assert client.key.split(".")[1] not in told
