"""What the tests of the second API have in common."""

from __future__ import annotations

from werkzeug.test import TestResponse

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
