"""Errors of the framework, of backing services and of our own; the headers of every answer."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from api.app import create_app
from api.parts import KEY, parts
from shared.db.engine import Database
from shared.settings import Settings
from shared.telemetry import configure_logging
from tests.support.contract import BASE, GENERATE, PLAIN, Client, assert_error, path_of

NOWHERE = {
    "database_url": "postgresql://someone:hunter2@127.0.0.1:1/nowhere",
    "broker_url": "redis://:hunter2@127.0.0.1:1/0",
}


@pytest.fixture
def broken(settings: Settings) -> Iterator[Flask]:
    """The application with a mistake in it, and no database."""
    app = create_app(replace(settings, **NOWHERE))

    @app.get("/mistake")
    def mistake() -> None:
        password = "hunter3"
        raise RuntimeError("hunter2" if password else "")

    yield app
    app.extensions[KEY].close()


@pytest.mark.parametrize(
    "path",
    ["/", "/no", "/dct", "/api/v1x/", f"{BASE}x", "/healthz/", "/\N{GRINNING FACE}", "/%00"],
)
def test_an_unknown_path(client: Client, path: str) -> None:
    assert_error(client.http.get(path), 404, "not_found", "openapi.json")


@pytest.mark.parametrize(
    "path", [f"{BASE}/no", f"{GENERATE}/", f"{BASE}//ai/generate", f"{BASE}/jobs/", BASE]
)
def test_an_unknown_path_with_a_key(client: Client, path: str) -> None:
    assert_error(client.get(path), 404, "not_found")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_a_method_that_a_path_does_not_take(client: Client, method: str) -> None:
    answer = client.open(f"{BASE}/jobs/{'0' * 32}", method=method)
    assert_error(answer, 405, "method_not_allowed", method, "GET")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_a_path_that_is_too_long_to_repeat(client: Client) -> None:
    description = assert_error(client.http.get("/" + "x" * 5000), 404, "not_found")
    assert description.endswith("…")


def test_what_an_error_repeats_is_harmless(client: Client) -> None:
    description = assert_error(client.http.get("/%1b[31m%0d%0a%e2%80%ae"), 404, "not_found")
    assert description.isprintable()


def test_a_mistake_of_ours_tells_nothing_but_its_id(broken: Flask) -> None:
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    try:
        answer = broken.test_client().get("/mistake", headers={"X-Request-Id": "find-me"})
    finally:
        logging.getLogger().removeHandler(handler)
    description = assert_error(answer, 500, "internal_error", "find-me")
    assert "hunter2" not in description
    assert "RuntimeError" not in description
    (logged,) = [r.msg for r in records if isinstance(r.msg, dict) and "exc_info" in r.msg]
    assert logged["trace_id"] == answer.headers["X-Request-Id"] == "find-me"


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_the_log_shows_where_a_mistake_is_but_no_variables(
    broken: Flask, capsys: pytest.CaptureFixture[str], log_format: str
) -> None:
    root = logging.getLogger()
    before = root.handlers[:]
    configure_logging(log_format=log_format, level="INFO")  # to the stream that is captured
    try:
        broken.test_client().get("/mistake")
    finally:
        root.handlers[:] = before
    logged = capsys.readouterr().err
    assert "in mistake" in logged
    assert "hunter2" in logged
    assert "hunter3" not in logged


def test_a_mistake_of_ours_has_an_id_in_any_case(broken: Flask) -> None:
    answer = broken.test_client().get("/mistake")
    assert_error(answer, 500, "internal_error", answer.headers["X-Request-Id"])


def test_without_a_database_a_client_may_try_again(broken: Flask) -> None:
    answer = broken.test_client().post(
        GENERATE, json=PLAIN, headers={"Authorization": "apk 1.secret"}
    )
    description = assert_error(answer, 503, "unavailable", "try again")
    assert int(answer.headers["Retry-After"]) > 0
    assert "hunter2" not in description
    assert "127.0.0.1" not in description


def test_a_database_that_is_too_busy_is_unavailable(settings: Settings) -> None:
    app = create_app(settings)

    @app.get("/slow")
    def slow() -> None:
        with parts().database.transaction() as connection:
            connection.execute(text("SET LOCAL statement_timeout = '20ms'"))
            connection.execute(text("SELECT pg_sleep(20)"))

    answer = app.test_client().get("/slow")
    assert_error(answer, 503, "unavailable", "busy")
    assert int(answer.headers["Retry-After"]) > 0
    app.extensions[KEY].close()


@pytest.fixture
def _jobs_always_meet_others(database: Database) -> Iterator[None]:
    """Every statement that adds or changes a job fails as one that met another transaction."""
    with database.transaction() as connection:
        connection.exec_driver_sql(
            """
            CREATE FUNCTION meet_others() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE serialization_failure; END $$;
            CREATE TRIGGER meets_others BEFORE INSERT OR UPDATE ON jobs
                FOR EACH STATEMENT EXECUTE FUNCTION meet_others()
            """
        )
    yield
    with database.transaction() as connection:
        connection.exec_driver_sql("DROP FUNCTION meet_others() CASCADE")


@pytest.mark.usefixtures("_jobs_always_meet_others")
def test_a_request_that_always_meets_others_is_told_to_come_back(client: Client) -> None:
    answer = client.post(GENERATE, json=PLAIN)
    assert_error(answer, 503, "unavailable", "try again")
    assert int(answer.headers["Retry-After"]) > 0


def test_every_answer_has_these_headers(client: Client) -> None:
    job = client.submit()
    answers = [
        client.post(GENERATE, json=PLAIN),
        client.post(GENERATE, json={}),
        client.values(job) and client.get(f"{path_of(job)}/values"),
        client.get(f"{path_of(job)}/download?format=JSON", buffered=True),
        client.get("/no/such/path"),
        client.http.get(GENERATE),
        client.http.get("/healthz"),
        client.http.get("/readyz"),
        client.http.get(f"{BASE}/openapi.json"),
        client.post(f"{GENERATE}/{job['target_id']}/cancel"),
    ]
    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Request-Id"]
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == len(answers)
