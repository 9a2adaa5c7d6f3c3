"""Sessions of the second API: who gets one, who keeps it, and what it is of no use for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from http.cookies import SimpleCookie

import pytest
from flask import Flask, request_finished
from sqlalchemy import text
from werkzeug.test import TestResponse

from api.synthesis.access import principal
from shared import passwords
from shared.db import sessions, users
from shared.db.engine import Database
from shared.queue import sweep
from shared.settings import MAX_SESSION_SECONDS, Settings
from tests.support.contract import BASE, Client, assert_error
from tests.support.synthesis import PASSWORD, V1, Browser, assert_message, make_user

NO_SESSION = "A" * 43


def cookie_of(answer: TestResponse) -> dict[str, str]:
    """The attributes of the cookie that an answer sets, and its value."""
    (line,) = answer.headers.getlist("Set-Cookie")
    (found,) = SimpleCookie(line).values()
    attributes = {name: str(value) for name, value in found.items() if value}
    return {"value": found.value, **attributes}


def let_pass(database: Database, column: str, seconds: int) -> None:
    """Have all sessions be so much older."""
    with database.transaction() as connection:
        connection.execute(
            text(f"UPDATE sessions SET {column} = now() - make_interval(secs => :seconds)"),
            {"seconds": seconds},
        )


def test_how_one_signs_in_is_told_to_everybody(browser: Browser, settings: Settings) -> None:
    browser.cookie = NO_SESSION
    answer = browser.open("/auth/")
    assert answer.status_code == 200
    assert answer.json == {
        "username_password_enabled": True,
        "oidc_providers": [],
        "session_timeout": settings.session_seconds,
    }


def test_who_has_signed_in_is_known_until_signed_out(ann: None, browser: Browser) -> None:
    assert not browser.is_signed_in()
    answer = browser.sign_in()
    assert (answer.status_code, answer.json) == (201, {"new_password_required": False, "pk": 1})
    assert browser.is_signed_in()
    cookie = browser.cookie
    out = browser.open("/auth/", method="DELETE")
    assert (out.status_code, out.json) == (200, {"status": "OK"})
    assert browser.cookie is None
    browser.cookie = str(cookie)
    assert_message(browser.open("/no/"), 401, "not_authenticated", "over")
    assert browser.cookie is None
    assert_message(browser.open("/auth/", method="DELETE"), 401, "not_authenticated")


def test_a_cookie_is_for_this_api_and_no_script(ann: None, browser: Browser) -> None:
    plain = cookie_of(browser.sign_in())
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", plain.pop("value"))
    assert plain == {"path": V1, "httponly": "True", "samesite": "Strict"}


def test_behind_tls_a_cookie_goes_nowhere_else(ann: None, browser: Browser) -> None:
    answer = browser.sign_in(base_url="https://mill.example", environ_overrides={})
    assert cookie_of(answer)["secure"] == "True"
    assert cookie_of(browser.open("/no/", base_url="https://mill.example", headers={
        "Cookie": f"sessionid={NO_SESSION}"}))["secure"] == "True"  # fmt: skip


def test_behind_a_prefix_a_cookie_is_for_what_is_behind_it(ann: None, browser: Browser) -> None:
    answer = browser.sign_in(environ_overrides={"SCRIPT_NAME": "/mill"})
    assert cookie_of(answer)["path"] == f"/mill{V1}"


def test_only_hashes_of_cookies_and_passwords_are_stored(
    ann: None, browser: Browser, database: Database
) -> None:
    cookie = str(cookie_of(browser.sign_in())["value"])
    with database.transaction() as connection:
        for table in ("users", "sessions"):
            (row,) = connection.scalars(text(f"SELECT to_jsonb(t)::text FROM {table} t"))
            for secret in (cookie, PASSWORD):
                assert secret not in row
                assert secret.encode().hex() not in row
        stored = connection.scalar(text("SELECT digest FROM sessions"))
        assert bytes(stored) == hashlib.sha256(cookie.encode()).digest()
        assert "$argon2id$" in connection.scalar(text("SELECT password_hash FROM users"))


@pytest.mark.parametrize(
    "cookie",
    [NO_SESSION, "A", "x" * 4000, "'OR'1'='1", "\\x00", "%00", "Bjørn", "../../etc"],
)
def test_what_is_no_session_opens_nothing(ann: None, browser: Browser, cookie: str) -> None:
    for method, path in (("GET", "/no/"), ("DELETE", "/auth/"), ("PUT", "/no/")):
        answer = browser.open(path, method=method, headers={"Cookie": f"sessionid={cookie}"})
        assert_message(answer, 401, "not_authenticated")
        # And the browser need not bring it again.
        assert cookie_of(answer)["max-age"] == "0" or "1970" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("header", ["sessionid=", "sessionid", "sessionid=a b", "session=x", ";;"])
def test_what_is_no_cookie_is_none(browser: Browser, header: str) -> None:
    answer = browser.open("/no/", headers={"Cookie": header})
    assert_message(answer, 401, "not_authenticated")


def test_a_session_without_the_last_character_is_none(ann: None, browser: Browser) -> None:
    browser.sign_in()
    cookie = str(browser.cookie)
    for near in (cookie[:-1], cookie[1:], cookie.swapcase(), f"{cookie}=", f"{cookie}A"):
        browser.cookie = near
        assert not browser.is_signed_in()
    browser.cookie = cookie
    assert browser.is_signed_in()


def test_of_two_cookies_neither_counts(ann: None, browser: Browser) -> None:
    browser.sign_in()
    both = f"sessionid={browser.cookie}; sessionid={NO_SESSION}"
    answer = Browser(browser.http.application).open("/no/", headers={"Cookie": both})
    assert_message(answer, 401, "not_authenticated", "more than once")


def test_a_session_that_is_not_used_ends(
    ann: None, browser: Browser, database: Database, settings: Settings
) -> None:
    browser.sign_in()
    let_pass(database, "seen_at", settings.session_seconds - 5)
    assert browser.is_signed_in()
    # That was a use, so it goes on.
    with database.transaction() as connection:
        idle = connection.scalar(text("SELECT now() - seen_at < '10 seconds' FROM sessions"))
    assert idle
    let_pass(database, "seen_at", settings.session_seconds + 1)
    assert_message(browser.open("/no/"), 401, "not_authenticated")


def test_no_session_lasts_for_ever(ann: None, browser: Browser, database: Database) -> None:
    browser.sign_in()
    let_pass(database, "created_at", MAX_SESSION_SECONDS - 5)
    assert browser.is_signed_in()
    let_pass(database, "created_at", MAX_SESSION_SECONDS + 1)
    assert not browser.is_signed_in()


def test_how_long_a_session_lasts_can_be_set(
    ann: None, other_app: Callable[..., Flask], database: Database
) -> None:
    browser = Browser(other_app(session_seconds=100))
    assert browser.open("/auth/").json["session_timeout"] == 100
    browser.sign_in()
    let_pass(database, "seen_at", 99)
    assert browser.is_signed_in()
    let_pass(database, "seen_at", 101)
    assert not browser.is_signed_in()


def test_old_sessions_are_removed_and_others_stay(
    ann: None, app: Flask, database: Database
) -> None:
    for _ in range(2):
        Browser(app).sign_in()
    with database.transaction() as connection:
        connection.execute(
            text(
                "UPDATE sessions SET seen_at = now() - make_interval(secs => :seconds) "
                "WHERE digest = (SELECT min(digest) FROM sessions)"
            ),
            {"seconds": MAX_SESSION_SECONDS + 1},
        )
    sweep.remove(database, [])
    with database.transaction() as connection:
        assert connection.scalar(text("SELECT count(*) FROM sessions")) == 1


def test_signing_in_gives_another_session_and_ends_the_old_one(
    ann: None, browser: Browser, app: Flask
) -> None:
    browser.sign_in()
    old = str(browser.cookie)
    browser.sign_in()
    assert browser.cookie != old
    assert browser.is_signed_in()
    thief = Browser(app)
    thief.cookie = old
    assert not thief.is_signed_in()


def test_a_session_that_somebody_else_has_chosen_is_never_taken_over(
    ann: None, browser: Browser, app: Flask
) -> None:
    browser.cookie = NO_SESSION
    refused = browser.sign_in()
    assert_message(refused, 401, "not_authenticated", "not valid")
    assert browser.cookie is None  # so the next try goes well
    assert browser.sign_in().status_code == 201
    assert browser.cookie != NO_SESSION
    thief = Browser(app)
    thief.cookie = NO_SESSION
    assert not thief.is_signed_in()


def test_sessions_of_one_user_are_apart(ann: None, app: Flask) -> None:
    first, second = Browser(app), Browser(app)
    first.sign_in()
    second.sign_in()
    first.open("/auth/", method="DELETE")
    assert not first.is_signed_in()
    assert second.is_signed_in()


def test_who_is_disabled_is_out_at_once(ann: None, app: Flask, database: Database) -> None:
    browser = Browser(app)
    browser.sign_in()
    with database.transaction() as connection:
        users.disable(connection, email="ann@example.com")
    assert not browser.is_signed_in()
    assert_message(browser.sign_in(), 400, "invalid_request", "wrong")
    with database.transaction() as connection:
        users.enable(connection, email="ann@example.com")
    assert browser.sign_in().status_code == 201


def test_a_session_is_of_no_use_to_who_is_disabled(
    ann: None, browser: Browser, database: Database
) -> None:
    """Even where it was begun a moment too late to be ended with the others."""
    browser.sign_in()
    with database.transaction() as connection:
        connection.execute(text("UPDATE users SET disabled_at = now()"))
    assert not browser.is_signed_in()


def test_another_password_ends_all_sessions(
    ann: None, browser: Browser, database: Database
) -> None:
    browser.sign_in()
    with database.transaction() as connection:
        hashed = passwords.hash_password("another password")
        users.change_password(connection, email="ann@example.com", password_hash=hashed)
    assert not browser.is_signed_in()
    assert browser.sign_in().status_code == 400
    assert browser.sign_in(password="another password").status_code == 201


def test_a_password_that_changes_while_it_is_compared_opens_nothing(
    ann: None, database: Database
) -> None:
    with database.transaction() as connection:
        found = users.find(connection, email="ann@example.com")
        assert found is not None
        user, hashed = found
    with database.transaction() as connection:
        users.change_password(connection, email=user.email, password_hash="$argon2id$other")
    with database.transaction() as connection:
        assert sessions.begin(connection, user_id=user.id, hashed=hashed) is None
        assert connection.scalar(text("SELECT count(*) FROM sessions")) == 0


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ann@example.com", "wrong horse battery"),
        ("ann@example.com", PASSWORD.upper()),
        ("nobody@example.com", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
        ("ann@example.com\n", PASSWORD[:-1]),
    ],
)
def test_what_is_wrong_is_not_told(ann: None, browser: Browser, email: str, password: str) -> None:
    answer = browser.sign_in(email, password)
    sentence = assert_message(answer, 400, "invalid_request")
    assert sentence == [
        "the e-mail address or the password is wrong, or this user may not sign in any more"
    ]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("email", ["ANN@example.com", "  ann@EXAMPLE.com ", "Ann@Example.Com"])
def test_capitals_of_an_address_do_not_matter(ann: None, browser: Browser, email: str) -> None:
    assert browser.sign_in(email).status_code == 201


@pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com", "gone@example.com"])
def test_a_try_takes_the_same_steps_for_everybody(
    ann: None, browser: Browser, database: Database, monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    make_user(database, email="gone@example.com")
    with database.transaction() as connection:
        users.disable(connection, email="gone@example.com")
    compared = []
    hasher = passwords._hasher

    class Spy:
        def verify(self, hashed: str, password: bytes) -> bool:
            compared.append(hashed.split("$")[:4])  # the kind and the parameters
            return hasher.verify(hashed, password)

    monkeypatch.setattr(passwords, "_hasher", Spy())
    assert browser.sign_in(email, "wrong horse battery").status_code == 400
    assert compared == [["", "argon2id", "v=19", "m=32768,t=3,p=1"]]


def test_a_hash_by_older_parameters_is_made_anew(
    ann: None, browser: Browser, database: Database
) -> None:
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with database.transaction() as connection:
        connection.execute(text("UPDATE users SET password_hash = :old"), {"old": old})
    assert browser.sign_in().status_code == 201
    with database.transaction() as connection:
        new = connection.scalar(text("SELECT password_hash FROM users"))
    assert not passwords.is_outdated(new)
    assert browser.is_signed_in()
    assert browser.sign_in().status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": "a@b.c"}, "password"),
        ({"email": "a@b.c", "password": None}, "password"),
        ({"email": "a@b.c", "password": "seven77"}, "password"),
        ({"email": "a@b.c", "password": "x" * 65}, "password"),
        ({"email": "x" * 256, "password": PASSWORD}, "email"),
        ({"email": "", "password": PASSWORD}, "email"),
        ({"email": "a\0b@c.d", "password": PASSWORD}, "email"),
        ({"email": "a@b.c", "password": "12345678\0"}, "password"),
        ({"email": "\ud800@b.c", "password": PASSWORD}, "email"),
        ({"email": 1, "password": PASSWORD}, "email"),
        ({"email": ["a@b.c"], "password": PASSWORD}, "email"),
        ({"email": "a@b.c", "password": True}, "password"),
        ({"email": "a@b.c", "password": PASSWORD, "admin": True}, "admin"),
        ([], "object"),
        (None, "object"),
    ],
)
def test_what_is_no_credentials_is_a_422(
    ann: None, browser: Browser, body: object, field: str
) -> None:
    answer = browser.open("/auth/", method="POST", json=body)
    assert_message(answer, 422, "validation_error", field)
    assert PASSWORD not in answer.text


def test_each_thing_that_is_wrong_has_its_sentence(browser: Browser) -> None:
    answer = browser.open("/auth/", method="POST", json={"email": 1, "password": "short"})
    sentences = assert_message(answer, 422, "validation_error")
    assert sorted(sentence.split(":")[0] for sentence in sentences) == ["email", "password"]


def test_a_key_opens_this_api_too(client: Client) -> None:
    assert_message(client.get(f"{V1}/no/"), 404, "not_found")
    assert_message(client.open(f"{V1}/no/", method="PUT"), 404, "not_found")


def test_a_key_counts_where_a_cookie_comes_too(
    ann: None, browser: Browser, stranger: Client, app: Flask
) -> None:
    browser.sign_in()
    seen = []

    def look(_: Flask, **__: object) -> None:
        seen.append(principal())

    with request_finished.connected_to(look, app):
        keyed = {"Authorization": f"apk {stranger.key}", "Origin": "https://evil.example"}
        # A script of elsewhere could not send a key, so its origin does not matter.
        assert browser.open("/no/", method="PUT", headers=keyed).status_code == 404
        assert browser.is_signed_in()
    names = [(each.account.name, each.user, each.name) for each in seen]
    assert names == [("theirs", None, "theirs"), ("ours", 1, "ann@example.com")]
    wrong = browser.open("/no/", headers={"Authorization": "apk 1.wrong"})
    assert_message(wrong, 401, "not_authenticated")
    assert browser.is_signed_in()


def test_a_key_has_no_session_to_end(ann: None, browser: Browser, client: Client) -> None:
    answer = client.open(f"{V1}/auth/", method="DELETE")
    assert_message(answer, 401, "not_authenticated")


def test_a_cookie_does_not_open_the_other_api(ann: None, browser: Browser) -> None:
    browser.sign_in()
    answer = browser.http.get(f"{BASE}/jobs", headers={"Cookie": f"sessionid={browser.cookie}"})
    assert_error(answer, 401, "not_authenticated")


def test_no_log_and_no_answer_tells_a_password(
    ann: None, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    browser.sign_in(password="wrong horse battery")
    answer = browser.sign_in()
    assert "signed in" in caplog.text
    for secret in (PASSWORD, "wrong horse battery", str(browser.cookie), "ann@example.com"):
        assert secret not in caplog.text + answer.text
