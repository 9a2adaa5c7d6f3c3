"""ETags: a client that polls is spared what it has already."""

from __future__ import annotations

import pytest

from tests.support.contract import BASE, GENERATE, Client, Mill, path_of

JOBS = f"{BASE}/jobs"


def test_what_has_not_changed_is_not_sent_again(client: Client, mill: Mill) -> None:
    job = client.submit(llm_model_name="m", requested_count=2)
    mill.store(["a"], model="m")
    paths = (path_of(job), f"{JOBS}/{job['id']}", GENERATE, JOBS)
    before = {path: client.get(path) for path in paths}
    for path, answer in before.items():
        assert answer.headers["Cache-Control"] == "private, no-cache"
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == answer.headers["ETag"]
        assert again.headers["Cache-Control"] == "private, no-cache"
        assert "Content-Type" not in again.headers
    mill.store(["b"], model="m")
    for path, answer in before.items():
        changed = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert changed.status_code == 200
        assert changed.headers["ETag"] != answer.headers["ETag"]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("*", 304),
        ('{etag}, "x"', 304),
        ("W/{etag}", 304),
        ('"x"', 200),
        ("nonsense", 200),
        ("", 200),
    ],
)
def test_forms_of_if_none_match(client: Client, given: str, status: int) -> None:
    path = path_of(client.submit())
    etag = client.get(path).headers["ETag"]
    answer = client.get(path, headers={"If-None-Match": given.format(etag=etag)})
    assert answer.status_code == status


def test_head_is_spared_too(client: Client) -> None:
    path = path_of(client.submit())
    etag = client.get(path).headers["ETag"]
    head = client.open(path, method="HEAD")
    assert (head.status_code, head.headers["ETag"]) == (200, etag)
    assert client.open(path, method="HEAD", headers={"If-None-Match": etag}).status_code == 304


def test_nothing_else_is_kept(client: Client, mill: Mill) -> None:
    job = mill.fill(client, ["a"])
    answers = [
        client.get(f"{path_of(job)}/values"),
        client.download(job, "JSON"),
        client.get(f"{JOBS}/{job['id']}/tags"),
        client.post(f"{JOBS}/search"),
        client.get(f"{JOBS}/{'0' * 32}", headers={"If-None-Match": "*"}),
    ]
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers
