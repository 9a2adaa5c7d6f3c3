"""Jobs: abandon, tags, and what they say of the work."""

from __future__ import annotations

from typing import Any

import pytest

from shared.queue.tags import MAX_TAGS
from tests.support.contract import BASE, Client, Mill, assert_error, path_of

NOBODY = f"{BASE}/jobs/{'0' * 32}"


def path(job: dict[str, Any], rest: str = "") -> str:
    return f"{BASE}/jobs/{job['id']}{rest}"


def tag(key: str, value: str) -> dict[str, str]:
    return {"key": key, "value": value}


A1, A2, B1 = tag("a", "1"), tag("a", "2"), tag("b", "1")


def add(client: Client, job: dict[str, Any], *tags: dict[str, str]) -> list[dict[str, str]]:
    answer = client.post(path(job, "/tags"), json={"tags": list(tags)})
    assert answer.status_code == 201, answer.text
    found: list[dict[str, str]] = answer.json["tags"]
    return found


def test_abandoning_keeps_the_values(client: Client, mill: Mill) -> None:
    job = client.submit(llm_model_name="m", requested_count=5, retention_time=3600)
    mill.store(["a", "b"], model="m")
    claim = mill.claim(model="m", size=3)
    assert claim is not None
    answer = client.post(path(job, "/abandon"))
    assert (answer.status_code, answer.data) == (204, b"")
    ended = client.job(job)
    assert ended["status"] == "ABANDONED"
    assert ended["percent_complete"] == 40
    assert "abandoned" in ended["error_details"]
    operation = client.operation(job)
    assert operation["status"] == "FAILED"
    assert "expiration_time" in operation
    assert client.values(job)["items"] == ["a", "b"]
    assert ended["result"] == {
        "id": job["target_id"],
        "status": "FAILED",
        "generated_count": 2,
    }
    assert_error(client.post(path(job, "/abandon")), 409, "conflict", "ABANDONED")


def test_what_has_ended_cannot_be_abandoned(client: Client, mill: Mill) -> None:
    done, deleted = mill.fill(client, ["a"]), client.submit()
    client.post(f"{path_of(deleted)}/delete")
    assert_error(client.post(path(done, "/abandon")), 409, "conflict", "COMPLETED")
    assert_error(client.post(path(deleted, "/abandon")), 409, "conflict", "CANCELED")
    assert_error(client.post(f"{NOBODY}/abandon"), 404, "not_found")


@pytest.mark.parametrize(
    ("generated", "requested", "percent"), [(0, 1, 0), (1, 3, 33), (2, 3, 66), (199, 200, 99)]
)
def test_percent_is_rounded_down(
    client: Client, mill: Mill, generated: int, requested: int, percent: int
) -> None:
    values = [str(number) for number in range(generated)]
    job = mill.fill(client, values, requested_count=requested)
    assert client.job(job)["percent_complete"] == percent


def test_percent_of_the_largest_request(client: Client, mill: Mill) -> None:
    job = mill.fill(client, ["a"], requested_count=2**31 - 1)
    assert client.job(job)["percent_complete"] == 0


def test_the_time_of_update_moves_with_the_work(client: Client, mill: Mill) -> None:
    job = client.submit(requested_count=3, llm_model_name="m")
    times = [client.job(job)["update_time"]]
    for value in "abc":
        mill.store([value], model="m")
        times.append(client.job(job)["update_time"])
    assert times == sorted(times)
    assert times[0] < times[-1]
    assert client.job(job)["update_time"] == times[-1]


def test_tags_are_added_in_order_and_once(client: Client) -> None:
    job = client.submit()
    assert client.get(path(job, "/tags")).json == {"tags": []}
    assert add(client, job, B1, A2) == [B1, A2]
    assert add(client, job, A1, A2) == [B1, A2, A1]
    assert client.get(path(job, "/tags")).json == {"tags": [B1, A2, A1]}
    assert client.job(job)["tags"] == [B1, A2, A1]
    listed = client.get(f"{BASE}/jobs").json["items"]
    assert listed == [client.job(job)]


DELETIONS: list[tuple[dict[str, Any], list[dict[str, str]]]] = [
    ({}, []),
    ({"key": "a"}, [B1]),
    ({"key": "a", "value": "2"}, [A1, B1]),
    ({"tags": [A1, B1]}, [A2]),
    ({"key": "A"}, [A1, A2, B1]),
    ({"key": "a", "value": "3"}, [A1, A2, B1]),
    ({"tags": [tag("c", "1"), A1]}, [A2, B1]),
]


@pytest.mark.parametrize(("body", "left"), DELETIONS, ids=str)
def test_tags_are_taken_off(
    client: Client, body: dict[str, Any], left: list[dict[str, str]]
) -> None:
    job, other = client.submit(), client.submit()
    for each in (job, other):
        add(client, each, A1, A2, B1)
    answer = client.post(path(job, "/tags/delete"), json=body)
    assert (answer.status_code, answer.data) == (204, b"")
    assert client.job(job)["tags"] == left
    assert client.job(other)["tags"] == [A1, A2, B1]


def test_no_body_takes_off_all(client: Client) -> None:
    job = client.submit()
    add(client, job, A1, B1)
    assert client.post(path(job, "/tags/delete")).status_code == 204
    assert client.job(job)["tags"] == []


LONGEST = "\U0010fffe" * 3999


def test_the_longest_tags_are_told_apart(client: Client) -> None:
    job = client.submit()
    tags = [tag(LONGEST + k, LONGEST + v) for k in "ab" for v in "ab"]
    assert add(client, job, *tags) == tags
    client.post(path(job, "/tags/delete"), json={"tags": tags[:1]})
    assert client.job(job)["tags"] == tags[1:]
    client.post(path(job, "/tags/delete"), json=tags[1])
    assert client.job(job)["tags"] == tags[2:]


def test_a_job_has_so_many_tags_and_no_more(client: Client) -> None:
    job = client.submit()
    add(client, job, *(tag("k", str(number)) for number in range(MAX_TAGS)))
    add(client, job, tag("k", "0"))
    answer = client.post(path(job, "/tags"), json={"tags": [A1]})
    assert_error(answer, 409, "conflict", str(MAX_TAGS))
    assert len(client.job(job)["tags"]) == MAX_TAGS


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "tags: "),
        ({"tags": []}, "tags: "),
        ({"tags": None}, "tags: "),
        ({"tags": A1}, "tags: "),
        ({"tags": [{"key": "a"}]}, "tags.0.value: "),
        ({"tags": [A1, {"key": "", "value": "1"}]}, "tags.1.key: "),
        ({"tags": [{"key": "a", "value": "x" * 4001}]}, "tags.0.value: "),
        ({"tags": [{"key": "nul\0", "value": "x"}]}, "tags.0.key: "),
        ({"tags": [{**A1, "colour": "x"}]}, "tags.0.colour: "),
        ({"tags": [A1] * (MAX_TAGS + 1)}, "tags: "),
        ({"tags": [A1], "key": "a"}, "key: "),
    ],
    ids=lambda part: str(part)[:40],
)
def test_wrong_tags_are_named(client: Client, body: Any, field: str) -> None:
    job = client.submit()
    answer = client.post(path(job, "/tags"), json=body)
    assert_error(answer, 400, "invalid_request", field)
    assert client.job(job)["tags"] == []


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ({"key": "a", "value": None, "tags": None}, []),
        ({"key": "a", "value": "1", "tags": None}, [A2]),
        ({"key": None, "value": None, "tags": [A2]}, [A1]),
    ],
    ids=str,
)
def test_field_a8_tags_are_taken_off_where_the_rest_is_null(
    client: Client, body: Any, left: list[dict[str, str]]
) -> None:
    job = client.submit()
    add(client, job, A1, A2)
    assert client.post(path(job, "/tags/delete"), json=body).status_code == 204
    assert client.job(job)["tags"] == left


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"value": "1"}, "key: "),
        ({"value": None}, "value: "),
        ({"key": None, "value": "1"}, "key: "),
        ({"key": None, "value": None, "tags": None}, "key: "),
        ({"key": "a", "tags": [A1]}, "tags: "),
        ({"tags": []}, "tags: "),
        ({"tags": None}, "tags: "),
        ({"key": None}, "key: "),
        ({"key": ""}, "key: "),
        ({"keys": "a"}, "keys: "),
        ([], "JSON object"),
    ],
    ids=str,
)
def test_what_is_unclear_deletes_nothing(client: Client, body: Any, field: str) -> None:
    job = client.submit()
    add(client, job, A1)
    answer = client.post(path(job, "/tags/delete"), json=body)
    assert_error(answer, 400, "invalid_request", field)
    assert client.job(job)["tags"] == [A1]


def test_tags_of_nothing_are_not_found(client: Client) -> None:
    assert_error(client.get(f"{NOBODY}/tags"), 404, "not_found")
    assert_error(client.post(f"{NOBODY}/tags", json={"tags": [A1]}), 404, "not_found")
    assert_error(client.post(f"{NOBODY}/tags/delete", json={}), 404, "not_found")
