"""From OpenAPI 3.1 to what programs of the published API read."""

from __future__ import annotations

from typing import Any

from api.http.dialect import to_published


def published(**operation: Any) -> dict[str, Any]:
    described = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/base/x": {"parameters": [], "get": {"responses": {"304": {}}} | operation}},
    }
    return to_published(described, base="/base", url="/p/base")


def test_paths_are_below_the_server() -> None:
    found = published()
    assert (found["openapi"], found["servers"]) == ("3.0.3", [{"url": "/p/base"}])
    assert found["paths"] == {"/x": {"parameters": [], "get": {"responses": {}}}}


def test_headers_are_no_parameters() -> None:
    query = {"in": "query", "name": "q", "schema": {"type": "string"}}
    header = {"in": "header", "name": "If-None-Match", "schema": {"type": "string"}}
    operation = published(parameters=[header, query])["paths"]["/x"]["get"]
    assert operation["parameters"] == [query]
    assert "parameters" not in published(parameters=[header])["paths"]["/x"]["get"]


def test_null_is_no_value_of_a_parameter() -> None:
    schema = {"type": ["string", "null"], "enum": ["a", None], "default": None}
    parameter = {"in": "query", "name": "q", "schema": schema}
    (found,) = published(parameters=[parameter])["paths"]["/x"]["get"]["parameters"]
    assert found["schema"] == {"type": "string", "enum": ["a"]}


def test_what_it_cannot_say_is_left_out_and_names_stay() -> None:
    schema = {
        "type": "object",
        "additionalProperties": False,
        "if": {"required": ["b"]},
        "properties": {
            "pattern": {"type": "string", "pattern": "^a$"},
            "not": {"type": "object", "additionalProperties": {}},
        },
        "example": {"pattern": "x", "not": {}},
    }
    answer = {"content": {"application/json": {"schema": schema}}}
    found = published(responses={"200": answer})["paths"]["/x"]["get"]["responses"]["200"]
    assert found["content"]["application/json"]["schema"] == {
        "type": "object",
        "properties": {
            "pattern": {"type": "string"},
            "not": {"type": "object", "additionalProperties": {}},
        },
        "example": {"pattern": "x", "not": {}},
    }
