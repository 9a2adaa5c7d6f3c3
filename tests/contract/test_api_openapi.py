"""The description of the API says what the API does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.contract.support import BASE, Client


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
        (re.sub(r"<string:(\w+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(BASE) and not rule.rule.endswith("openapi.json")
    }
    assert {(path, method) for path, method, _ in operations(described)} == served


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
        "type": "integer", "format": "int32", "minimum": 1, "maximum": 2**31 - 1, "default": 10
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
