"""API keys, and accounts that cannot see each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from shared.db import accounts
from shared.db.engine import Database
from tests.support.contract import BASE, GENERATE, PLAIN, Client, assert_error, path_of


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Every method and path under the base path that wants a key."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(f"{BASE}/") and not rule.rule.endswith("/openapi.json"):
            for method in sorted((rule.methods or set()) - {"OPTIONS"}):
                yield method, rule.rule


def place(rule: str, *, operation_id: str, job_id: str) -> str:
    ids = {"operation_id": operation_id, "job_id": job_id, "model_id": "x", "gateway_id": "x"}
    path = re.sub(r"<\w+:(\w+)>", lambda found: ids[found[1]], rule)
    return f"{path}?format=JSON" if path.endswith("/download") else path


def assert_refused(client: Client, *, headers: dict[str, str], path: str, method: str) -> None:
    answer = client.http.open(path, method=method, headers=headers, json={"no": "such field"})
    if method == "HEAD":
        assert (answer.status_code, answer.data) == (401, b"")
    else:
        assert_error(answer, 401, "not_authenticated", "apk <id>.<secret>")
    assert answer.headers["WWW-Authenticate"] == "apk"


def test_every_path_wants_a_key_before_all_else(app: Flask, client: Client) -> None:
    job = client.submit()
    paths = [
        (method, place(rule, operation_id=job["target_id"], job_id=job["id"]))
        for method, rule in routes(app)
    ]
    assert len(paths) >= 10
    nonsense = [
        ("GET", BASE),
        ("GET", f"{BASE}/"),
        ("GET", f"{BASE}/no/such/path"),
        ("DELETE", GENERATE),
        ("GET", f"{GENERATE}/x"),
        ("GET", f"{path_of(job)}/values?limit=0"),
        ("POST", f"{BASE}/openapi.json"),
        ("OPTIONS", GENERATE),
        ("GET", f"{BASE}//ai/generate"),
    ]
    for method, path in paths + nonsense:
        assert_refused(client, headers={}, path=path, method=method)
    assert client.job(job)["status"] == "PENDING"


def test_only_a_whole_key_opens(client: Client, stranger: Client) -> None:
    key_id, secret = client.key.split(".")
    their_id, _ = stranger.key.split(".")
    wrong = [
        "",
        "apk",
        "apk ",
        f"Bearer {client.key}",
        f"Basic {client.key}",
        f"apk{client.key}",
        f"apk {key_id}",
        f"apk {key_id}.",
        f"apk .{secret}",
        f"apk {secret}",
        f"apk {key_id}.{secret}x",
        f"apk {key_id}.{secret[:-1]}",
        f"apk {key_id}.{secret.swapcase()}",
        f"apk {their_id}.{secret}",
        f"apk 0.{secret}",
        f"apk -{key_id}.{secret}",
        f"apk {'9' * 30}.{secret}",
        f"apk {key_id} .{secret}",
        f"apk {key_id}.{secret}, apk {client.key}",
        "apk caf\xe9.caf\xe9",
        f"apk 1' OR '1'='1.{secret}",
        f"apk {client.key}" + "x" * 10_000,
    ]
    for header in wrong:
        assert_refused(client, headers={"Authorization": header}, path=GENERATE, method="POST")


@pytest.mark.parametrize("scheme", ["apk", "APK", "Apk"])
def test_the_scheme_has_no_case(client: Client, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {client.key}"}
    assert client.http.post(GENERATE, json=PLAIN, headers=headers).status_code == 200


def test_a_key_can_be_revoked(client: Client, database: Database) -> None:
    job = client.submit()
    with database.transaction() as connection:
        accounts.revoke_key(connection, key_id=int(client.key.split(".")[0]))
    assert_error(client.get(f"{BASE}/jobs/{job['id']}"), 401, "not_authenticated")


def test_keys_of_one_account_see_the_same(app: Flask, client: Client, database: Database) -> None:
    with database.transaction() as connection:
        second = accounts.create_key(connection, account="ours", name="second")
    job = client.submit()
    assert Client(app.test_client(), key=second).job(job) == client.job(job)


def test_accounts_are_told_apart_in_answers(client: Client, stranger: Client) -> None:
    ours, theirs = client.submit(), stranger.submit()
    assert (ours["account_id"], ours["account_name"]) == (1, "ours")
    assert (theirs["account_id"], theirs["account_name"]) == (2, "theirs")
    assert client.operation(ours)["account_id"] == "1"
    assert stranger.operation(theirs)["account_id"] == "2"
