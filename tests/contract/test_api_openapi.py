"""The description of the API says what the API does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from jsonschema_rs import Draft202012Validator

from api.generation import examples
from api.http.forms import CODES
from api.jobs.examples import JOB
from shared.filters import describe
from shared.generation.fields import OPERATIONS
from shared.queue.fields import JOBS
from tests.support.contract import BASE, GENERATE, Client, Mill


@pytest.fixture
def described(client: Client) -> dict[str, Any]:
    answer = client.http.get(f"{BASE}/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json
    return found


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in described["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield path, method.upper(), operation


def test_it_describes_every_path(app: Flask, described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    served = {
        (re.sub(r"<\w+:(\w+)>", "{}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(BASE) and not rule.rule.endswith("openapi.json")
    }
    found = {(re.sub(r"{\w+}", "{}", path), method) for path, method, _ in operations(described)}
    assert found == served


def test_every_operation_is_documented(described: dict[str, Any]) -> None:
    found = [operation for _, _, operation in operations(described)]
    assert all(operation["summary"] for operation in found)
    assert all("default" in operation["responses"] for operation in found)
    assert len({operation["operationId"] for operation in found}) == len(found)


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(described)):
        target: Any = described
        for step in reference.split("/"):
            target = target[step]
        assert target


def test_it_says_how_to_authenticate(described: dict[str, Any]) -> None:
    assert described["security"] == [{"ApiKeyAuth": []}]
    scheme = described["components"]["securitySchemes"]["ApiKeyAuth"]
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "Authorization")


def test_it_tells_the_bounds(described: dict[str, Any]) -> None:
    request = described["components"]["schemas"]["GenerateDataRequest"]
    assert request["additionalProperties"] is False
    assert sorted(request["required"]) == ["data_type", "multiline_values", "name"]
    properties = request["properties"]
    assert properties["requested_count"].items() >= {
        "type": ["integer", "null"], "format": "int32",
        "minimum": 1, "maximum": 2**31 - 1, "default": 10,
    }.items()  # fmt: skip
    assert properties["max_value_length"].items() >= {"minimum": 1, "maximum": 4000}.items()
    assert properties["retention_time"]["format"] == "int64"
    assert properties["name"].items() >= {"type": "string", "maxLength": 500}.items()
    assert properties["error_tolerance"]["default"] == 300
    error = described["components"]["schemas"]["Error"]
    assert sorted(error["required"]) == ["error", "error_description"]


def test_answers_are_as_described(client: Client, described: dict[str, Any]) -> None:
    job = client.submit(description="x", retention_time=1)
    schemas = described["components"]["schemas"]
    pairs = [(client.job(job), "Job"), (client.operation(job), "GenerateDataOperation")]
    for answer, name in pairs:
        assert answer.keys() <= schemas[name]["properties"].keys()
        assert answer.keys() >= set(schemas[name]["required"])


def content_of(described: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """What a body or an answer holds, by content type."""
    if "$ref" in part:
        *_, kind, name = part["$ref"].split("/")
        part = described["components"][kind][name]
    found: dict[str, Any] = part.get("content", {})
    return found


def bodies(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, method, operation in operations(described):
        parts = dict(operation["responses"])
        if "requestBody" in operation:
            parts["request"] = operation["requestBody"]
        for name, part in parts.items():
            for content in content_of(described, part).values():
                yield f"{method} {path} {name}", content


def test_every_body_has_an_example_that_is_valid(described: dict[str, Any]) -> None:
    tried = 0
    for place, content in bodies(described):
        shown = [each["value"] for each in content.get("examples", {}).values()]
        if "example" in content:
            shown.append(content["example"])
        assert shown, place
        schema = {"components": described["components"], **content["schema"]}
        for example in shown:
            tried += 1
            checker = Draft202012Validator(schema, validate_formats=True)
            assert [error.message for error in checker.iter_errors(example)] == [], place
    assert tried > 100


def test_examples_can_be_sent(client: Client) -> None:
    answer = client.post(GENERATE, json=examples.REQUEST)
    assert answer.status_code == 200
    job = answer.json["job"]
    assert (
        client.operation(job).items()
        >= {
            name: value for name, value in examples.REQUEST.items() if name != "retention_time"
        }.items()
    )


def test_examples_are_whole(client: Client, mill: Mill) -> None:
    """An example shows every field that an answer of its kind has."""
    job = mill.fill(client, ["a"], retention_time=60, description="x")
    assert examples.OPERATION.keys() == client.operation(job).keys()
    assert examples.STATISTICS.keys() == client.statistics(job).keys()
    waiting = client.submit(llm_model_name="m")
    assert mill.claim(model="m")
    assert JOB.keys() == client.job(waiting).keys()


def test_every_error_is_described(described: dict[str, Any]) -> None:
    for path, method, operation in operations(described):
        statuses = set(operation["responses"])
        assert statuses >= {"401", "429", "500", "503", "default"}, path
        if "requestBody" in operation:
            assert statuses >= {"400", "413", "415"}, path
        if "{" in path and "/management/" not in path:
            assert "404" in statuses, path
        assert statuses - {"200", "201", "204", "304", "default"} <= set(map(str, CODES)), method


def test_searches_say_what_can_be_filtered(described: dict[str, Any]) -> None:
    for path, fields in ((f"{GENERATE}/search", OPERATIONS), (f"{BASE}/jobs/search", JOBS)):
        filterable = described["paths"][path]["post"]["x-filterable"]
        assert filterable == describe(fields)
        assert filterable["fields"]["status"] == {"type": "string"}


#: As the published page has them, in its order.
PUBLISHED = [
    "id", "name", "description", "status", "data_type", "requested_count", "generated_count",
    "allow_duplicates", "max_value_length", "trim_values", "filter_characters", "multiline_values",
    "expiration_time", "account_id", "priority", "submit_time", "start_time", "end_time",
    "llm_model_name", "error_tolerance",
]  # fmt: skip
PUBLISHED_SORTS = [word for name in PUBLISHED for word in (name, f"-{name}")]


@pytest.mark.parametrize(
    ("method", "path", "sorts"),
    [
        ("get", GENERATE, PUBLISHED_SORTS),
        ("post", f"{GENERATE}/search", PUBLISHED_SORTS),
        ("get", f"{GENERATE}/{{generateDataOperationId}}/values", ["value", "-value"]),
    ],
)
def test_sorts_are_the_published_ones(
    described: dict[str, Any], method: str, path: str, sorts: list[str]
) -> None:
    parameters = described["paths"][path][method]["parameters"]
    (sort,) = [each["schema"] for each in parameters if each["name"] == "sort"]
    assert sort["enum"] == [*sorts, None]
    assert sort["type"] == ["string", "null"]
    (limit,) = [each["schema"] for each in parameters if each["name"] == "limit"]
    assert limit.items() >= {"minimum": 1, "maximum": 1000, "default": 100}.items()
    (cursor,) = [each["schema"] for each in parameters if each["name"] == "cursor"]
    assert cursor.items() >= {"minLength": 1, "maxLength": 4096}.items()


def test_what_is_polled_says_how_to_poll(described: dict[str, Any]) -> None:
    jobs = f"{BASE}/jobs"
    for path in (GENERATE, f"{GENERATE}/{{generateDataOperationId}}", jobs, f"{jobs}/{{jobId}}"):
        operation = described["paths"][path]["get"]
        assert "304" in operation["responses"]
        assert "If-None-Match" in [each["name"] for each in operation["parameters"]]
