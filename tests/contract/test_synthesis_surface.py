"""The second API: where it is, how it is described, and in which form it tells errors."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from openapi_spec_validator import validate

from api.app import create_app
from api.parts import KEY
from shared.settings import Settings
from tests.support.contract import BASE, Client, assert_error
from tests.support.synthesis import V1, assert_message


def test_the_description_is_one_and_of_this_api_alone(client: Client) -> None:
    described = client.http.get(f"{V1}/openapi.json").json
    validate(described)
    assert described["openapi"] == "3.1.0"
    assert all(path.startswith(f"{V1}/") for path in described["paths"])
    other = client.http.get(f"{BASE}/openapi.json").json
    assert all(path.startswith(f"{BASE}/") for path in other["paths"])
    assert "ApplicationMessage" not in other["components"]["schemas"]
    assert "Error" not in described["components"]["schemas"]
    assert {"sessionid": []} in described["security"]


def test_the_description_has_every_route(app: Flask, client: Client) -> None:
    paths = client.http.get(f"{V1}/openapi.json").json["paths"]
    served = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(V1) and not rule.rule.endswith("openapi.json")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(path, method) for path, item in paths.items() for method in item} >= served
    assert all(path.endswith("/") for path, _ in served)


def test_every_error_is_described_in_its_form(client: Client) -> None:
    described = client.http.get(f"{V1}/openapi.json").json
    for path, item in described["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            for status, answer in operation["responses"].items():
                if "$ref" in answer:
                    answer = described["components"]["responses"][answer["$ref"].split("/")[-1]]
                if status == "default" or int(status) >= 400:
                    content = answer["content"]["application/json"]
                    assert content["schema"]["$ref"].endswith("/ApplicationMessage"), (path, status)
                    assert set(content["example"]) >= {"id", "code", "title", "body"}


def test_it_has_a_page_of_its_own(client: Client) -> None:
    page = client.http.get("/docs/synthesis")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        with client.http.get(address) as answer:
            assert answer.status_code == 200, address
    start = client.http.get("/docs/synthesis/start.js").text
    assert f'"{V1}/openapi.json"' in start
    assert f'"{BASE}/openapi.json"' in client.http.get("/docs/start.js").text


@pytest.mark.parametrize("path", [V1, f"{V1}/", f"{V1}/no", f"{V1}/no/such/", f"{V1}//auth/"])
def test_nothing_is_told_without_a_key(client: Client, path: str) -> None:
    for method in ("GET", "PUT", "POST", "DELETE", "BREW"):
        answer = client.http.open(path, method=method)
        assert_message(answer, 401, "not_authenticated", "apk")
        assert answer.headers["WWW-Authenticate"] == "apk"
        assert answer.json["action"] == "sign_in"


@pytest.mark.parametrize("path", [V1, f"{V1}/", f"{V1}/no/such/", f"{V1}//auth/"])
def test_an_unknown_path(client: Client, path: str) -> None:
    assert_message(client.get(path), 404, "not_found", f"{V1}/openapi.json")


def test_a_path_that_only_begins_alike_is_not_of_this_api(client: Client) -> None:
    assert_error(client.get("/api/v1x/"), 404, "not_found")


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_path_without_its_slash_sends_nobody_elsewhere(client: Client, method: str) -> None:
    cookie = {"Cookie": "sessionid=x"}
    assert_message(client.open(f"{V1}/auth", method=method, headers=cookie), 404, "not_found")
    answer = client.open(f"{V1}/auth", method=method, json={"email": "a@b.c"})
    assert_message(answer, 404, "not_found", "ends with a slash")
    assert "Location" not in answer.headers


def test_a_method_that_a_path_does_not_take(client: Client) -> None:
    answer = client.open(f"{V1}/auth/", method="PATCH")
    assert_message(answer, 405, "method_not_allowed", "PATCH", "GET")
    assert "GET" in answer.headers["Allow"]


def test_a_service_that_is_away_and_a_mistake_are_told_apart(settings: Settings) -> None:
    nowhere = "postgresql://someone:hunter2@127.0.0.1:1/nowhere"
    app = create_app(replace(settings, database_url=nowhere))

    def mistake() -> None:
        raise RuntimeError("hunter2")

    app.view_functions["synthesis-Auth.look"] = mistake
    http = app.test_client()
    away = http.get(f"{V1}/no/", headers={"Authorization": "apk 1.x"})
    assert_message(away, 503, "unavailable")
    assert (away.json["durability"], away.json["action"]) == ("transient", "wait")
    assert str(away.json["duration"]) == away.headers["Retry-After"]
    ours = http.get(f"{V1}/auth/")
    assert_message(ours, 500, "internal_error", ours.headers["X-Request-Id"])
    assert (ours.json["durability"], ours.json["action"]) == ("permanent", "report")
    assert "hunter2" not in away.text + ours.text
    app.extensions[KEY].close()


def test_too_many_requests_with_a_key(settings: Settings, client: Client) -> None:
    app = create_app(replace(settings, rate_limit="2/minute"))
    http = Client(app.test_client(), key=client.key)
    assert http.get(f"{V1}/no/").headers["X-RateLimit-Remaining"] == "1"
    http.get(f"{V1}/no/")
    answer = http.get(f"{V1}/no/")
    assert_message(answer, 429, "too_many_requests", "2 per 1 minute")
    assert str(answer.json["duration"]) == answer.headers["Retry-After"]
    app.extensions[KEY].close()
