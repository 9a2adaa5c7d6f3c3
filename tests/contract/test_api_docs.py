"""The page to read and try the API: whole, and from this server alone."""

from __future__ import annotations

import re

import pytest

from tests.support.contract import BASE, Client, assert_error


def test_the_page_has_all_that_it_names(client: Client) -> None:
    page = client.http.get("/docs")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(named) >= 5
    for address in named:
        assert address.startswith("/")
        answer = client.http.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        answer.close()


def test_nothing_is_fetched_from_elsewhere(client: Client) -> None:
    page = client.http.get("/docs")
    policy = dict(
        part.split(" ", 1) for part in page.headers["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert not any("unsafe" in sources for sources in policy.values())
    assert not any("//" in sources or "*" in sources for sources in policy.values())
    # No script stands in the page itself, which the policy forbids.
    assert re.findall(r"<script(?![^>]* src=)", page.text) == []
    assert re.findall(r"https?://", page.text) == []
    start = client.http.get("/docs/start.js")
    assert start.mimetype == "text/javascript"
    assert f'"{BASE}/openapi.json"' in start.text
    assert "https:" not in start.text


@pytest.mark.parametrize(
    "path", ["", "swagger-ui.js", "../__init__.py", "%2e%2e%2f__init__.py", "VERSION", "x"]
)
def test_nothing_else_is_served(client: Client, path: str) -> None:
    assert_error(client.http.get(f"/docs/{path}"), 404, "not_found")


def test_files_are_kept_and_asked_for_anew(client: Client) -> None:
    with client.http.get("/docs/swagger-ui-bundle.js") as answer:
        assert answer.headers["Cache-Control"] == "no-cache"
        etag = answer.headers["ETag"]
    again = client.http.get("/docs/swagger-ui-bundle.js", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
