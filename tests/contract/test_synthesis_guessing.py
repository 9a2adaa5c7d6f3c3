"""Tries to sign in: how many there may be, and how many at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from api.parts import KEY
from api.synthesis import throttling
from shared import passwords
from tests.support.contract import BASE, Client
from tests.support.synthesis import Browser, assert_message, make_user


def test_requests_of_a_user_are_counted_over_all_sessions(
    ann: None, other_app: Callable[..., Flask]
) -> None:
    app = other_app(rate_limit="2/hour")
    first, second = Browser(app), Browser(app)
    first.sign_in()
    second.sign_in()
    assert first.open("/no/").headers["X-RateLimit-Remaining"] == "1"
    assert second.open("/no/").headers["X-RateLimit-Remaining"] == "0"
    assert_message(first.open("/no/"), 429, "too_many_requests", "user")


def test_guessing_one_password_is_slowed_down(
    ann: None, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "BY_BOTH", "3/hour")
    throttling.install(app, app.extensions[KEY].broker)
    guesser, owner = Browser(app), Browser(app)
    for email in ("ann@example.com", "ANN@example.com", " ann@example.com"):
        assert guesser.sign_in(email, "wrong horse battery").status_code == 400
    answer = guesser.sign_in()
    assert_message(answer, 429, "too_many_requests", "3 per 1 hour")
    assert answer.json["durability"] == "transient"
    assert 0 < answer.json["duration"] <= 3600
    assert answer.headers["Retry-After"] == str(answer.json["duration"])
    assert "Set-Cookie" not in answer.headers
    # From elsewhere, who knows the password is not kept out.
    assert owner.sign_in().status_code == 201
    # And somebody whom nobody knows is told the same.
    for _ in range(3):
        guesser.sign_in("bob@example.com")
    assert_message(guesser.sign_in("bob@example.com"), 429, "too_many_requests")


def test_many_who_guess_together_are_slowed_down(
    ann: None, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "BY_EMAIL", "3/minute")
    throttling.install(app, app.extensions[KEY].broker)
    make_user(app.extensions[KEY].database, email="crowd@example.com")
    statuses = [Browser(app).sign_in("crowd@example.com", "x" * 9).status_code for _ in range(4)]
    assert statuses == [400, 400, 400, 429]


def test_one_who_guesses_for_many_is_slowed_down(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "BY_NETWORK", "3/minute")
    throttling.install(app, app.extensions[KEY].broker)
    guesser = Browser(app)
    statuses = [guesser.sign_in(f"{n}@example.com").status_code for n in range(4)]
    assert statuses == [400, 400, 400, 429]
    # An address more of the same network is no other guesser.
    guesser.address = "2001:db8:1:2::1"
    statuses = [guesser.sign_in(f"{n}@example.com").status_code for n in range(3)]
    guesser.address = "2001:db8:1:2:ffff::2"
    statuses.append(guesser.sign_in("4@example.com").status_code)
    assert statuses == [400, 400, 400, 429]


def test_without_redis_tries_are_counted_all_the_same(
    ann: None, other_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "BY_BOTH", "3/hour")
    browser = Browser(other_app(broker_url="redis://:hunter2@127.0.0.1:1/0"))
    assert [browser.sign_in().status_code for _ in range(4)] == [201, 201, 201, 429]


def test_a_flood_of_tries_leaves_threads_to_others(
    ann: None, app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than a few compare or wait; the rest are sent away at once."""
    go_on = threading.Event()
    under_way = []

    def slow(password: str, hashed: str | None) -> bool:
        under_way.append(password)
        assert go_on.wait(60)
        return False

    throttling.install(app, app.extensions[KEY].broker)
    monkeypatch.setattr(passwords, "is_right", slow)
    room = throttling.AT_ONCE + throttling.WAITING
    statuses: list[int] = []
    refused = threading.Event()

    def attempt() -> None:
        statuses.append(Browser(app).sign_in().status_code)
        if statuses.count(503) == 3:
            refused.set()

    threads = [threading.Thread(target=attempt) for _ in range(room + 3)]
    for thread in threads:
        thread.start()
    assert refused.wait(60)
    assert len(under_way) <= throttling.AT_ONCE
    assert client.get(f"{BASE}/jobs").status_code == 200
    go_on.set()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [400] * room + [503] * 3
