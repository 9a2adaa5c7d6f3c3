"""ETags: a client that polls is spared what it has already."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from shared.models import gateways
from tests.support.contract import BASE, GENERATE, Client, Mill, path_of

JOBS = f"{BASE}/jobs"


def test_what_has_not_changed_is_not_sent_again(client: Client, mill: Mill) -> None:
    job = client.submit(llm_model_name="m", requested_count=2)
    mill.store(["a"], model="m")
    paths = (path_of(job), f"{path_of(job)}/statistics", f"{JOBS}/{job['id']}", GENERATE, JOBS)
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


def test_whatever_changes_an_answer_changes_its_etag(
    client: Client, mill: Mill, database: Database
) -> None:
    """A whole life of a job, in steps of which each shows in it: what was seen is never a 304."""
    job = client.submit(llm_model_name="m", requested_count=4)
    path = f"{JOBS}/{job['id']}"
    url = "http://m:11434"

    def look(status: str, reason: str | None = None, models: tuple[str, ...] = ()) -> None:
        with database.transaction() as connection:
            gateways.report(connection, url=url, status=status, reason=reason, models=models)

    def sql(statement: str) -> None:
        with database.transaction() as connection:
            connection.execute(text(statement))

    def post(to: str, body: object = None) -> None:
        answer = client.post(to, json=body) if body else client.post(to)
        assert answer.status_code in (201, 204), answer.text

    tag, other = {"key": "a", "value": "1"}, {"key": "a", "value": "2"}
    steps: dict[str, Callable[[], object]] = {
        "a value": lambda: mill.store(["a"], model="m"),
        "another": lambda: mill.store(["b"], model="m"),
        "its server is down": lambda: look("DOWN", "no route"),
        "for another reason": lambda: look("DOWN", "refused"),
        "it is up, without the model": lambda: look("UP"),
        "it has the model": lambda: look("UP", models=("m",)),
        "it is not seen any more": lambda: sql("UPDATE gateways SET seen_at = '2000-01-01Z'"),
        "it is seen again": lambda: look("UP", models=("m",)),
        "a warning": lambda: sql("UPDATE jobs SET warning = 'dry'"),
        "a tag": lambda: post(f"{path}/tags", {"tags": [tag]}),
        "a tag of the same key": lambda: post(f"{path}/tags", {"tags": [other]}),
        "a tag less": lambda: post(f"{path}/tags/delete", tag),
        "another name of the account": lambda: sql("UPDATE accounts SET name = name || '!'"),
        "its end": lambda: post(f"{path}/abandon"),
        "its operation deleted": lambda: post(f"{path_of(job)}/delete"),
    }
    answers = [client.get(path)]
    for name, step in steps.items():
        step()
        answers.append(client.get(path, headers={"If-None-Match": answers[-1].headers["ETag"]}))
        assert answers[-1].status_code == 200, name
        again = client.get(path, headers={"If-None-Match": answers[-1].headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), name
    for before, after in pairwise(answers):
        assert before.data != after.data
    etags = {answer.headers["ETag"]: answer.data for answer in answers}
    assert len(etags) == len({answer.data for answer in answers})
