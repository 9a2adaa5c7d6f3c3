"""What one account does and has, another cannot tell, on any path."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.contract.test_api_accounts import place, routes
from tests.support.contract import BASE, GENERATE, Client, Mill, assert_error, path_of

TAG = {"key": "colour", "value": "mauve"}
#: A body that each path takes, so that nothing but the id is wrong.
BODIES: dict[str, Any] = {"/tags": {"tags": [TAG]}, "/tags/delete": {}}
LISTS = ((GENERATE, f"{GENERATE}/search"), (f"{BASE}/jobs", f"{BASE}/jobs/search"))


def tagged(client: Client, job: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(f"{BASE}/jobs/{job['id']}/tags", json=BODIES["/tags"])
    assert answer.status_code == 201
    return job


def body_of(rule: str, method: str) -> dict[str, Any]:
    ending = next((e for e in BODIES if rule.endswith(e)), None)
    return {"json": BODIES[ending]} if ending and method == "POST" else {}


def test_another_accounts_work_looks_like_none(
    app: Flask, client: Client, stranger: Client, mill: Mill
) -> None:
    job = tagged(client, mill.fill(client, ["a", "b"], requested_count=5))
    before = client.operation(job), client.job(job)
    unknown = {"operation_id": "6f2bd0ae-0d4f-4c7d-9f6e-3f0f2d9a1b11", "job_id": "5" * 32}
    theirs = {"operation_id": job["target_id"], "job_id": job["id"]}
    tried = set()
    for method, rule in routes(app):
        if "<" not in rule or "/management/" in rule:  # model servers belong to no account
            continue
        tried.add(rule)
        body = body_of(rule, method)
        found = stranger.open(place(rule, **theirs), method=method, **body)
        nothing = stranger.open(place(rule, **unknown), method=method, **body)
        assert found.status_code == nothing.status_code == 404, rule
        told = found.text
        for name, value in theirs.items():
            told = told.replace(value, unknown[name])
        assert told == nothing.text
        assert {n for n, _ in found.headers} == {n for n, _ in nothing.headers}
        # With a client's own id it is something else than a 404, so it was the account.
        if method != "POST":
            assert client.open(place(rule, **theirs), method=method).status_code == 200
    assert len(tried) >= 9
    assert (client.operation(job), client.job(job)) == before
    assert client.values(job)["items"] == ["a", "b"]


@pytest.mark.parametrize("ours", [0, 3])
def test_lists_and_totals_know_only_their_account(
    client: Client, stranger: Client, mill: Mill, ours: int
) -> None:
    theirs = [tagged(stranger, mill.fill(stranger, ["a"], name=f"secret {i}")) for i in range(4)]
    own = [client.submit(name=f"own {i}") for i in range(ours)]
    hidden = [j["id"] for j in theirs] + [j["target_id"] for j in theirs]
    for listed, searched in LISTS:
        for sort in ("", "id", "-id", "status"):
            page = client.get(listed, query_string={"sort": sort}).json
            assert len(page["items"]) == page["response_metadata"]["total"] == len(own)
        expressions = ["SEARCH 'secret'", f"id EQ '{hidden[0]}' OR id EQ '{hidden[4]}'"]
        if "jobs" in listed:
            expressions.append("tags CONTAINS {key EQ 'colour'}")
            expressions.append("SEARCH 'mauve'")
        for expression in expressions:
            answer = client.post(searched, json={"filter_expression": expression})
            assert answer.json == {"items": [], "response_metadata": {"total": 0}}, expression
            answer = stranger.post(searched, json={"filter_expression": expression})
            assert answer.json["response_metadata"]["total"] in (1, 4), expression
        everything = client.post(searched, json={"filter_expression": "NOT SEARCH 'zzz'"})
        assert everything.json["response_metadata"]["total"] == ours
        assert not any(word in everything.text for word in [*hidden, "secret", "mauve"])


def test_a_cursor_is_of_no_use_to_another_account(client: Client, stranger: Client) -> None:
    for each in (client, stranger):
        for _ in range(3):
            each.submit()
    expression = {"filter_expression": "status EQ 'PENDING'"}
    for listed, searched in LISTS:
        page = stranger.get(listed, query_string={"limit": 1}).json
        cursor = page["response_metadata"]["next_cursor"]
        answer = client.get(listed, query_string={"limit": 1, "cursor": cursor})
        assert_error(answer, 400, "invalid_request", "cursor: ")
        page = stranger.post(searched, json=expression, query_string={"limit": 1}).json
        cursor = page["response_metadata"]["next_cursor"]
        answer = client.post(searched, json=expression, query_string={"cursor": cursor})
        assert_error(answer, 400, "invalid_request", "cursor: ")


def test_the_same_tags_on_two_accounts_stay_apart(client: Client, stranger: Client) -> None:
    ours, theirs = tagged(client, client.submit()), tagged(stranger, stranger.submit())
    assert client.post(f"{BASE}/jobs/{ours['id']}/tags/delete").status_code == 204
    assert client.job(ours)["tags"] == []
    assert stranger.job(theirs)["tags"] == [TAG]


def test_an_idempotency_key_belongs_to_its_account(client: Client, stranger: Client) -> None:
    headers = {"Idempotency-Key": "the same for both"}
    body = {"name": "x", "data_type": "word", "multiline_values": False}
    ours = client.post(GENERATE, json=body, headers=headers).json["job"]
    theirs = stranger.post(GENERATE, json=body | {"name": "y"}, headers=headers).json["job"]
    assert ours["id"] != theirs["id"]
    assert client.get(path_of(theirs)).status_code == 404
