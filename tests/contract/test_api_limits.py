"""Rate limits: counted for each key, told in headers, and no obstacle without Redis."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from redis import Redis

from api.app import create_app
from api.http import counting
from api.http.counting import SHARE_SECONDS, SHARES, Counter, Share, Standing
from api.parts import KEY
from shared.db import accounts
from shared.db.engine import Database
from shared.errors import ConfigurationError
from shared.settings import Settings
from tests.support.contract import BASE, GENERATE, Client, assert_error

JOBS = f"{BASE}/jobs"


@pytest.fixture
def limited(settings: Settings) -> Iterator[Callable[..., Flask]]:
    """Make an application with another limit, and counts that start at nothing."""
    made = []
    with Redis.from_url(settings.broker_url) as redis:
        for key in redis.scan_iter("*valuemill*"):
            if b"LIMIT" in key:
                redis.delete(key)

    def make(**changes: str) -> Flask:
        made.append(create_app(replace(settings, **changes)))
        return made[-1]

    yield make
    for app in made:
        app.extensions[KEY].close()


def test_too_many_requests_are_refused(
    limited: Callable[..., Flask], client: Client, stranger: Client
) -> None:
    app = limited(rate_limit="3/hour")
    ours, theirs = (Client(app.test_client(), key=each.key) for each in (client, stranger))
    left = []
    for path in (JOBS, GENERATE, f"{JOBS}/{'0' * 32}"):
        answer = ours.get(path)
        assert answer.status_code in (200, 404)
        assert answer.headers["X-RateLimit-Limit"] == "3"
        assert 0 < int(answer.headers["X-RateLimit-Reset"]) - time.time() < 3602
        assert "Retry-After" not in answer.headers
        left.append(answer.headers["X-RateLimit-Remaining"])
    assert left == ["2", "1", "0"]
    refused = ours.get(JOBS)
    assert_error(refused, 429, "too_many_requests", "3 per 1 hour", "Retry-After")
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert 0 < int(refused.headers["Retry-After"]) < 3602
    assert theirs.get(JOBS).headers["X-RateLimit-Remaining"] == "2"


def test_each_key_has_its_own_count(
    limited: Callable[..., Flask], client: Client, database: Database
) -> None:
    http = limited(rate_limit="2/hour").test_client()
    with database.transaction() as connection:
        second = accounts.create_key(connection, account="ours", name="second")
    key_id, secret = client.key.split(".")
    assert Client(http, key=client.key).get(JOBS).headers["X-RateLimit-Remaining"] == "1"
    assert Client(http, key=second).get(JOBS).headers["X-RateLimit-Remaining"] == "1"
    # Another way to write a key is no other key.
    assert Client(http, key=f"00{key_id}.{secret}").get(JOBS).headers[
        "X-RateLimit-Remaining"
    ] == "0"  # fmt: skip


def test_processes_count_together(limited: Callable[..., Flask], client: Client) -> None:
    for remaining in ("1", "0"):
        http = limited(rate_limit="2/hour").test_client()
        answer = Client(http, key=client.key).get(JOBS)
        assert answer.headers["X-RateLimit-Remaining"] == remaining


def test_only_the_api_is_counted(limited: Callable[..., Flask], client: Client) -> None:
    http = limited(rate_limit="1/hour").test_client()
    for _ in range(3):
        for path in ("/healthz", "/readyz", f"{BASE}/openapi.json", "/no/such"):
            answer = http.get(path)
            assert answer.status_code != 429
            assert "X-RateLimit-Limit" not in answer.headers
        assert http.get(JOBS).status_code == 401
    assert Client(http, key=client.key).get(JOBS).status_code == 200


def test_without_redis_everything_works(limited: Callable[..., Flask], client: Client) -> None:
    app = limited(rate_limit="5/hour", broker_url="redis://:hunter2@127.0.0.1:1/0")
    ours = Client(app.test_client(), key=client.key)
    answers = [ours.get(JOBS) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 5
    # This process still counts for itself.
    assert_error(ours.get(JOBS), 429, "too_many_requests")


def test_of_several_limits_the_one_that_is_used_up_is_told(
    limited: Callable[..., Flask], client: Client
) -> None:
    ours = Client(limited(rate_limit="2/hour; 9/minute").test_client(), key=client.key)
    for remaining in ("8", "7"):
        answer = ours.get(JOBS)
        assert answer.status_code == 200
        assert answer.headers["X-RateLimit-Limit"] == "9"
        assert answer.headers["X-RateLimit-Remaining"] == remaining
    refused = ours.get(JOBS)
    assert_error(refused, 429, "too_many_requests", "2 per 1 hour")
    assert int(refused.headers["Retry-After"]) > 60


def test_when_redis_is_back_its_counts_go_on(
    limited: Callable[..., Flask],
    client: Client,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counting, "REST", 0.0)
    app = limited(rate_limit="5/hour")
    ours = Client(app.test_client(), key=client.key)
    pool = app.extensions[KEY].broker.connection_pool

    def remaining() -> str:
        return ours.get(JOBS).headers["X-RateLimit-Remaining"]

    assert remaining() == "4"
    right = pool.connection_kwargs["port"]
    pool.disconnect()
    pool.reset()
    pool.connection_kwargs["port"] = 1
    assert remaining() == "4"
    pool.connection_kwargs["port"] = right
    pool.reset()
    assert remaining() == "3"


def test_a_request_is_counted_with_one_call(
    limited: Callable[..., Flask], client: Client, settings: Settings
) -> None:
    ours = Client(limited(rate_limit="90/hour; 10/minute").test_client(), key=client.key)
    with Redis.from_url(settings.broker_url) as redis:
        redis.config_resetstat()
        for _ in range(7):
            assert ours.get(JOBS).status_code == 200
        asked = {
            name.removeprefix("cmdstat_"): told["calls"]
            for name, told in redis.info("commandstats").items()
        }
    assert asked["eval"] == 7
    assert asked.keys().isdisjoint({"evalsha", "get", "ttl", "exec", "script", "script|load"})


def test_of_a_large_limit_processes_take_shares(
    limited: Callable[..., Flask], settings: Settings
) -> None:
    """As many as may be are let through, and none more, with a part of the questions."""
    limit, threads = 10_000, 4
    with Redis.from_url(settings.broker_url) as redis:
        processes = [Counter(redis, f"{limit}/hour") for _ in range(2)]

        def hurry(counter: Counter) -> list[Standing]:
            passed = []
            while not (standing := counter.count("in a hurry")).breached:
                passed.append(standing)
            return passed

        redis.config_resetstat()
        with ThreadPoolExecutor(2 * threads) as pool:
            passed = [each for found in pool.map(hurry, processes * threads) for each in found]
        asked = redis.info("commandstats")["cmdstat_eval"]["calls"]
    assert limit - 2 * limit // SHARES <= len(passed) <= limit
    # No two are told the same: each has a number of its own.
    assert len({each.remaining for each in passed}) == len(passed)
    assert asked < limit / 2


def test_who_takes_its_time_has_no_share(settings: Settings) -> None:
    with Redis.from_url(settings.broker_url) as redis:
        one, two = (Counter(redis, "100000/hour") for _ in range(2))
        told = []
        for counter in (one, two, one, one, two, two, one):
            time.sleep(SHARE_SECONDS / 2)
            told.append(counter.count("slow").remaining)
    assert told == [*range(99_999, 99_992, -1)]


def test_a_share_is_used_for_a_moment() -> None:
    share = Share(8, [108], [50.0], began=1.0, ends=1.1)
    assert [share.use(now) for now in (1.0, 1.04)] == [[(101, 50.0)], [(102, 50.0)]]
    assert share.use(1.1) is None
    # Two in 0.1 s are one in half of that; of more, no more than twice as many are taken next.
    assert [share.next_size(now) for now in (1.1, 1.03, 1.001)] == [1, 3, 16]


def test_a_polling_client_never_meets_it(client: Client) -> None:
    answer = client.get(JOBS)
    assert int(answer.headers["X-RateLimit-Limit"]) >= 6000


def test_it_can_be_turned_off(limited: Callable[..., Flask], client: Client) -> None:
    answer = Client(limited(rate_limit="").test_client(), key=client.key).get(JOBS)
    assert "X-RateLimit-Limit" not in answer.headers


@pytest.mark.parametrize("limit", ["often", "3", "-1/minute", "3/fortnight"])
def test_a_limit_that_is_none_is_explained(settings: Settings, limit: str) -> None:
    with pytest.raises(ConfigurationError, match="VALUEMILL_RATE_LIMIT"):
        create_app(replace(settings, rate_limit=limit))


def test_of_a_small_limit_no_client_is_remembered(settings: Settings) -> None:
    """Who sends ever other names, as where somebody signs in, fills no memory."""
    with Redis.from_url(settings.broker_url) as redis:
        counter = Counter(redis, "20/5minutes")
        for number in range(50):
            assert counter.count(f"small-{number}").remaining == 19
        assert counter.count("small-0").remaining == 18
    assert counter._shares == {}
