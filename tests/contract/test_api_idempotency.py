"""Idempotency-Key: what is sent twice is done once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from shared.db.engine import Database
from shared.queue import idempotency
from tests.support.contract import BASE, GENERATE, PLAIN, Client, assert_error


def send(client: Client, key: str, **fields: Any) -> Any:
    return client.post(GENERATE, json=PLAIN | fields, headers={"Idempotency-Key": key})


def count(client: Client) -> int:
    total: int = client.get(f"{BASE}/jobs").json["response_metadata"]["total"]
    return total


def test_the_same_is_done_once(client: Client) -> None:
    first = send(client, "k")
    again = send(client, "k")
    assert first.status_code == again.status_code == 200
    assert again.json == first.json
    assert send(client, "K").json["job"]["id"] != first.json["job"]["id"]
    assert count(client) == 2


def test_the_answer_is_how_the_job_is_now(client: Client) -> None:
    job = send(client, "k").json["job"]
    client.post(f"{BASE}/jobs/{job['id']}/abandon")
    assert send(client, "k").json["job"] == client.job(job)


def test_how_a_body_is_written_does_not_matter(client: Client) -> None:
    first = send(client, "k")
    others = [
        b'{"multiline_values":false,"data_type":"word","name":"some"}',
        b'{ "name": "som\\u0065", "data_type": "word", "multiline_values": false }',
        b'{"name":"some","data_type":"word","multiline_values":false,"requested_count":10.0}',
    ]
    for body in others:
        answer = client.post(
            GENERATE, data=body, content_type="application/json", headers={"Idempotency-Key": "k"}
        )
        assert answer.json == first.json, body
    assert count(client) == 1


@pytest.mark.parametrize("changed", [{"name": "other"}, {"priority": 1}, {"description": ""}])
def test_another_body_is_refused(client: Client, changed: dict[str, Any]) -> None:
    first = send(client, "k")
    assert_error(send(client, "k", **changed), 409, "conflict", "Idempotency-Key")
    assert send(client, "k").json == first.json
    assert count(client) == 1


def test_a_refused_request_does_not_use_its_key_up(client: Client) -> None:
    assert_error(send(client, "k", requested_count=0), 400, "invalid_request")
    values = [str(number) for number in range(1000)]
    attributes = [{"values": values}] * 3
    too_many = send(client, "k", attributes=attributes, requested_count=2**31 - 1)
    assert_error(too_many, 400, "invalid_request")
    assert send(client, "k").status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there", "caf\xe9", "\x7f"])
def test_a_key_has_a_form(client: Client, key: str) -> None:
    assert_error(send(client, key), 400, "invalid_request", "Idempotency-Key: ")
    assert count(client) == 0


@pytest.mark.parametrize("key", ["x", "x" * 255, '"8e03978e"', "a b ~!"])
def test_keys_may_be_any_printable_text(client: Client, key: str) -> None:
    assert send(client, key).json == send(client, key).json
    assert count(client) == 1


def test_two_at_once_make_one_job(app: Flask, client: Client) -> None:
    answers: list[str] = []
    start = threading.Barrier(6)

    def work() -> None:
        own = Client(app.test_client(), key=client.key)
        start.wait()
        answers.append(send(own, "k", requested_count=1000).json["job"]["id"])

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert len(set(answers)) == 1
    assert count(client) == 1


def test_keys_are_forgotten_in_time(client: Client, database: Database) -> None:
    send(client, "old")
    with database.transaction() as connection:
        connection.execute(
            text("UPDATE idempotency_keys SET created_at = now() - interval '25 hours'")
        )
    send(client, "new")
    with database.transaction() as connection:
        assert idempotency.forget_old(connection) == 1
    assert send(client, "old", name="other").status_code == 200
    assert_error(send(client, "new", name="other"), 409, "conflict")
