"""Polls have a way of their own through the API, on which all is as it is on the long one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from redis import Redis
from sqlalchemy import text
from werkzeug.test import TestResponse

from api.app import create_app
from api.jobs.polls import Polls
from api.parts import KEY
from shared.db.engine import Database
from shared.settings import Settings
from tests.support.contract import BASE, Client, Mill, assert_error

#: Another one for each answer of the same.
COUNTED = {"X-RateLimit-Remaining", "X-RateLimit-Reset", "Date"}


@pytest.fixture
def roundabout(settings: Settings, client: Client) -> Iterator[Client]:
    """The same client of an application without a way for polls."""
    app = create_app(settings)
    assert isinstance(app.wsgi_app, Polls)
    app.wsgi_app = app.wsgi_app.application  # type: ignore[method-assign]
    yield Client(app.test_client(), key=client.key)
    app.extensions[KEY].close()


def told(answer: TestResponse) -> tuple[int, set[tuple[str, str]], bytes]:
    headers = {each for each in answer.headers.items() if each[0] not in COUNTED}
    return answer.status_code, headers, answer.data


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "DELETE"])
def test_both_ways_lead_to_the_same(
    client: Client, stranger: Client, roundabout: Client, mill: Mill, method: str
) -> None:
    working, done = client.submit(), mill.fill(client, ["ä", "b"])
    theirs = stranger.submit()
    etag = client.get(f"{BASE}/jobs/{done['id']}").headers["ETag"]
    ids = [working["id"], done["id"], done["id"].upper(), theirs["id"], "0" * 32, "0" * 31, "x"]
    conditions = ["", "*", etag, f"W/{etag}", f'"x", {etag}', '"x"', "nonsense", f"{etag} "]
    for path in (f"{BASE}/jobs/{job_id}" for job_id in [*ids, f"{done['id']}/", f"{ids[0]}?a=b"]):
        for condition in conditions:
            headers = {"If-None-Match": condition, "X-Request-Id": "ours"}
            straight, long = (
                told(way.open(path, method=method, headers=headers)) for way in (client, roundabout)
            )
            assert straight == long, (path, condition)


@pytest.mark.parametrize(
    "header", ["", "apk", "apk 1", "apk x.y", "Bearer {key}", "apk {key}x", "APK  {key} "]
)
def test_both_ways_ask_for_a_key(client: Client, roundabout: Client, header: str) -> None:
    path = f"{BASE}/jobs/{client.submit()['id']}"
    headers = {"Authorization": header.format(key=client.key), "X-Request-Id": "ours"}
    straight, long = (told(way.get(path, headers=headers)) for way in (client, roundabout))
    assert straight == long
    assert straight[0] == (200 if header.startswith("APK") else 401)


@pytest.mark.parametrize("given", ["ours", "", "a\tb", "x" * 200])
def test_a_poll_has_an_id(client: Client, given: str) -> None:
    path = f"{BASE}/jobs/{client.submit()['id']}"
    answers = [client.get(path, headers={"X-Request-Id": given}) for _ in range(2)]
    ids = [answer.headers["X-Request-Id"] for answer in answers]
    if given == "ours":
        assert ids == ["ours", "ours"]
    else:
        assert len({*ids, given}) == 3
        assert all(len(each) == 32 for each in ids)


def test_a_poll_that_is_refused_is_counted_once(settings: Settings, client: Client) -> None:
    path = f"{BASE}/jobs/{client.submit()['id']}"
    app = create_app(replace(settings, rate_limit="2/hour"))
    polling = Client(app.test_client(), key=client.key)
    with Redis.from_url(settings.broker_url) as redis:
        for key in redis.scan_iter("*LIMIT*hour*"):
            redis.delete(key)
        for remaining in ("1", "0"):
            answer = polling.get(path)
            assert answer.status_code == 200
            assert answer.headers["X-RateLimit-Limit"] == "2"
            assert answer.headers["X-RateLimit-Remaining"] == remaining
        refused = polling.get(path)
        assert_error(refused, 429, "too_many_requests", "2 per 1 hour")
        assert int(refused.headers["Retry-After"]) > 60
        (key,) = redis.scan_iter("*LIMIT*hour*")
        assert redis.get(key) == b"3"
    app.extensions[KEY].close()


def test_what_a_poll_logs_says_whose_it_is(
    settings: Settings, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    path = f"{BASE}/jobs/{client.submit()['id']}"
    app = create_app(replace(settings, broker_url="redis://127.0.0.1:1/0", log_format="json"))
    capsys.readouterr()
    polling = Client(app.test_client(), key=client.key)
    assert polling.get(path, headers={"X-Request-Id": "ours"}).status_code == 200
    app.extensions[KEY].close()
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "rates counted" in line]
    logged = json.loads(line)
    assert (logged["trace_id"], logged["account_id"]) == ("ours", 1)


def test_without_a_database_a_poll_may_be_tried_again(settings: Settings, client: Client) -> None:
    app = create_app(replace(settings, database_url="postgresql://u:hunter2@127.0.0.1:1/x"))
    answer = Client(app.test_client(), key=client.key).get(f"{BASE}/jobs/{'0' * 32}")
    assert_error(answer, 503, "unavailable", "try again")
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["X-Request-Id"]
    assert "hunter2" not in answer.text
    app.extensions[KEY].close()


def test_a_mistake_of_ours_is_told_as_everywhere(client: Client, database: Database) -> None:
    job = client.submit()
    with database.transaction() as connection:
        connection.execute(text("UPDATE jobs SET update_time = 'infinity'"))
    answer = client.get(f"{BASE}/jobs/{job['id']}", headers={"X-Request-Id": "ours"})
    assert_error(answer, 500, "internal_error", "ours")
