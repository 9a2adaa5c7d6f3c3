"""Every path of the second API: for strangers, and for pages of elsewhere."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.synthesis import PASSWORD, V1, Browser, assert_message


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Every method and path that wants to know who asks, with ids of nothing in them."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(f"{V1}/") or rule.endpoint.endswith("openapi_json"):
            continue
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            if not rule.endpoint.endswith((".look", ".sign_in")):
                path = re.sub(r"<int:\w+>", "1", rule.rule)
                yield method, re.sub(r"<[^>]+>", str(uuid.UUID(int=7)), path).removeprefix(V1)


def test_no_path_answers_without_a_session(app: Flask, browser: Browser) -> None:
    known = list(routes(app))
    assert ("PUT", "/table/") in known
    assert len(known) > 15
    for method, path in known:
        for headers in ({}, {"Cookie": f"sessionid={'A' * 43}"}, {"Authorization": "apk 1.x"}):
            answer = browser.open(path, method=method, headers=headers)
            assert answer.status_code == 401, (method, path, headers)
            if method != "HEAD":
                assert_message(answer, 401, "not_authenticated")


def test_no_path_is_changed_by_a_page_of_elsewhere(ann: None, app: Flask, browser: Browser) -> None:
    browser.sign_in()
    for method, path in routes(app):
        answer = browser.open(path, method=method, headers={"Origin": "https://evil.example"})
        if method in ("GET", "HEAD"):
            # What it reads, a page of elsewhere is not shown.
            assert answer.status_code in (200, 404, 422), (method, path)
            assert "Access-Control-Allow-Origin" not in answer.headers
        else:
            assert_message(answer, 403, "forbidden")
    assert browser.is_signed_in()


ELSEWHERE = [
    *("https://evil.example", "http://evil.example", "null", "", "localhost", "//localhost"),
    *("http://localhost.evil.example", "http://localhost@evil.example", "http://localhost:81"),
    *("ftp://localhost", "http://[", "http://localhost\\@evil.example", "file://localhost"),
]


@pytest.mark.parametrize("origin", ELSEWHERE)
def test_no_page_of_elsewhere_changes_anything(ann: None, browser: Browser, origin: str) -> None:
    browser.sign_in()
    for method, path in (("DELETE", "/auth/"), ("PUT", "/no/"), ("POST", "/no/")):
        answer = browser.open(path, method=method, headers={"Origin": origin})
        assert_message(answer, 403, "forbidden", "another origin")
    assert browser.is_signed_in()
    # Nor does it have somebody signed in as another.
    assert_message(browser.sign_in(headers={"Origin": origin}), 403, "forbidden")


@pytest.mark.parametrize("origin", ["http://localhost", "https://localhost", "HTTP://LOCALHOST"])
def test_our_own_page_may(ann: None, browser: Browser, origin: str) -> None:
    assert browser.sign_in(headers={"Origin": origin}).status_code == 201
    out = browser.open("/auth/", method="DELETE", headers={"Origin": origin})
    assert out.status_code == 200


def test_an_encrypted_page_is_not_an_open_one(ann: None, browser: Browser) -> None:
    """Who can put a page in place of one that is not encrypted is not the one who has this."""
    answer = browser.sign_in(
        base_url="https://mill.example", headers={"Origin": "http://mill.example"}
    )
    assert_message(answer, 403, "forbidden")


def test_a_form_of_a_page_signs_nobody_in(ann: None, browser: Browser) -> None:
    """No page of elsewhere can send JSON by itself."""
    form = {"email": "ann@example.com", "password": PASSWORD}
    assert_message(browser.open("/auth/", method="POST", data=form), 415, "unsupported_media_type")
