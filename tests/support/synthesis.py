"""What the tests of the second API have in common."""

from __future__ import annotations

import itertools
import json
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from shared import passwords
from shared.db import users
from shared.db.engine import Database
from shared.sealing import make_pair

V1 = "/api/v1"

#: Of the connectors: the API has the public key, and these tests alone the other.
PAIR = make_pair()

#: What every error of this API has, and nothing else.
FIELDS = {
    *("id", "code", "title", "body", "kind", "durability", "duration", "details", "payload"),
    "action",
}


def assert_message(answer: TestResponse, status: int, code: str, *words: str) -> list[str]:
    """Check an error of this API; return its sentences."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    message = answer.json
    assert set(message) == FIELDS
    assert (message["code"], message["details"]) == (code, {"status": status})
    assert message["id"] == answer.headers["X-Request-Id"]
    assert message["title"]
    body: list[str] = message["body"]
    assert body
    for sentence in body:
        assert 0 < len(sentence) <= 1024
    for word in words:
        assert word in " ".join(body)
    return body


PASSWORD = "correct horse battery"


class Browser:
    """Signs in, and sends the cookie along as a browser does; from an address of its own."""

    _numbers = itertools.count(1)

    def __init__(self, app: Flask) -> None:
        self.http = app.test_client()
        number = next(self._numbers)
        self.address = f"198.18.{number // 256 % 256}.{number % 256}"

    def open(self, path: str, *, method: str = "GET", **options: Any) -> TestResponse:
        options.setdefault("environ_overrides", {}).setdefault("REMOTE_ADDR", self.address)
        if "json" in options:
            # In ASCII, which is how half a character can be said at all.
            options["data"] = json.dumps(options.pop("json"))
            options["content_type"] = "application/json"
        # A client that keeps cookies sends no other.
        raw = "Cookie" in options.get("headers", {})
        http = self.http.application.test_client(use_cookies=False) if raw else self.http
        return http.open(f"{V1}{path}", method=method, **options)

    def sign_in(
        self, email: str = "ann@example.com", password: str = PASSWORD, **options: Any
    ) -> TestResponse:
        body = {"email": email, "password": password}
        return self.open("/auth/", method="POST", json=body, **options)

    @property
    def cookie(self) -> str | None:
        found = self.http.get_cookie("sessionid", path=V1)
        return found.value if found else None

    @cookie.setter
    def cookie(self, value: str) -> None:
        self.http.set_cookie("sessionid", value, path=V1)

    def is_signed_in(self) -> bool:
        # A path that there is not tells as well who asks as one that there is.
        return self.open("/no/").status_code == 404


def make_user(
    database: Database,
    *,
    email: str = "ann@example.com",
    password: str = PASSWORD,
    account: str = "ours",
) -> None:
    """Make somebody who can sign in."""
    hashed = passwords.hash_password(password)
    with database.transaction() as connection:
        users.create(connection, account=account, email=email, password_hash=hashed)
