"""Is it alive, is it ready."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from api.app import create_app
from api.parts import KEY
from shared.db.engine import Database
from shared.settings import Settings
from tests.support.contract import Client, Mill

OK = {"status": "ok"}


@pytest.fixture
def with_settings(settings: Settings) -> Iterator[Callable[..., Flask]]:
    """Make the application with some settings changed."""
    apps = []

    def make(**changes: str) -> Flask:
        apps.append(create_app(replace(settings, **changes)))
        return apps[-1]

    yield make
    for app in apps:
        app.extensions[KEY].close()


def test_it_is_ready(client: Client) -> None:
    assert client.http.get("/healthz").json == OK
    answer = client.http.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "database": OK, "broker": OK, "gateways": []}


def test_without_a_database_it_is_alive_but_not_ready(
    with_settings: Callable[..., Flask],
) -> None:
    app = with_settings(database_url="postgresql://someone:hunter2@127.0.0.1:1/nowhere")
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, OK)
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json["database"]["status"] == "down"
    assert answer.json["broker"] == OK
    assert "hunter2" not in answer.text


def test_without_a_broker_it_is_ready_but_degraded(
    with_settings: Callable[..., Flask], client: Client
) -> None:
    app = with_settings(broker_url="redis://:hunter2@127.0.0.1:1/0")
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json["status"] == "degraded"
    assert answer.json["broker"]["status"] == "down"
    assert answer.json["database"] == OK
    assert "hunter2" not in answer.text
    # And it is true: work can be submitted and read.
    ours = Client(app.test_client(), key=client.key)
    assert ours.operation(ours.submit())["status"] == "PENDING"


def test_with_another_schema_it_is_not_ready(client: Client, database: Database) -> None:
    move = text("UPDATE alembic_version SET version_num = :version")
    with database.transaction() as connection:
        current = connection.scalar(text("SELECT version_num FROM alembic_version"))
        connection.execute(move, {"version": "0001"})
    try:
        answer = client.http.get("/readyz")
    finally:
        with database.transaction() as connection:
            connection.execute(move, {"version": current})
    assert answer.status_code == 503
    assert answer.json["database"]["status"] == "outdated"
    assert "migrate" in answer.json["database"]["reason"]


def test_gateways_are_listed_without_their_passwords(client: Client, mill: Mill) -> None:
    mill.claim(model="someone:hunter2@gpu1")
    answer = client.http.get("/readyz")
    assert answer.status_code == 200
    assert answer.json["gateways"] == [{"hostname": "gpu1", "port": 11434, "status": "UP"}]
    assert "hunter2" not in answer.text
