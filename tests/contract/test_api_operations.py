"""Operations and jobs through their life: read, cancel, delete, expire."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.contract import BASE, GENERATE, Client, Mill, assert_error, path_of

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
NOBODY = "00000000-0000-4000-8000-000000000000"


def read_time(text: str) -> datetime:
    assert TIME.fullmatch(text), text
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def test_a_life_until_it_is_completed(client: Client, mill: Mill) -> None:
    job = client.submit(requested_count=3, llm_model_name="m", retention_time=3600)
    submitted = client.operation(job)
    assert submitted["status"] == "PENDING"
    assert submitted.keys().isdisjoint({"start_time", "end_time", "expiration_time"})

    first = mill.claim(model="m", size=1)
    assert first is not None
    started = client.operation(job)
    assert started["status"] == client.job(job)["status"] == "STARTED"
    assert client.job(job)["start_time"] == started["start_time"]
    assert started["start_time"] >= started["submit_time"]

    mill.settle(first, ["a"], repeated=2, too_long=1, prompt_tokens=5)
    assert client.job(job)["percent_complete"] == 33
    assert client.operation(job)["generated_count"] == 1

    mill.store(["b"], model="m")
    assert client.job(job)["percent_complete"] == 66
    mill.store(["c"], model="m")
    assert client.job(job)["status"] == "COMPLETED"
    assert client.job(job)["percent_complete"] == 100

    ended = client.operation(job)
    assert ended["status"] == "COMPLETED"
    assert ended["generated_count"] == 3
    statistics = client.statistics(job)
    assert statistics.pop("waiting_seconds") > 0
    assert statistics.pop("values_per_second") > 0
    assert statistics == {
        "prompts": 3,
        "asked": 3,
        "wasted": 0,
        "duplicates": 2,
        "rejected": 1,
        "too_long": 1,
        "several_lines": 0,
        "empty": 0,
        "filter_timeout": 0,
        "echo": 0,
        "markup": 0,
        "counting": 0,
        "cut_off": 0,
        "run_away": 0,
        "off_shape": 0,
        "refusal": 0,
        "failed_prompts": 0,
        "broken_prompts": 0,
        "refused_prompts": 0,
        "cut_prompts": 0,
        "lost_prompts": 0,
        "prompt_tokens": 19,
        "output_tokens": 22,
        "unique_per_asked": 1.0,
        "coverage": {"cells": 1, "filled": 1, "dry": 0, "least_percent": 100},
    }
    retention = read_time(ended["expiration_time"]) - read_time(ended["end_time"])
    assert retention == timedelta(hours=1)
    assert abs(read_time(ended["end_time"]) - datetime.now(UTC)) < timedelta(hours=1)


def test_no_field_is_ever_null(client: Client, mill: Mill) -> None:
    job = client.submit(llm_model_name="m", requested_count=2)
    for step in ("submitted", "worked on", "cancelled"):
        if step == "worked on":
            mill.store(["a"], model="m")
        if step == "cancelled":
            client.post(f"{path_of(job)}/cancel")
        assert None not in client.operation(job).values()
        assert None not in client.job(job).values()


def test_failing_says_what_was_wrong_with_the_values(client: Client, mill: Mill) -> None:
    job = client.submit(llm_model_name="m", requested_count=5, error_tolerance=0)
    claim = mill.claim(model="m", size=5)
    assert claim is not None
    mill.settle(claim, ["a"], too_long=1, echo=3)
    statistics = client.statistics(job)
    assert (
        "Of 5 values that the model said, 3 were echoes of the request"
        in (statistics["failure_reason"])
    )
    assert "too small" in statistics["failure_reason"]
    assert (statistics["rejected"], statistics["echo"], statistics["too_long"]) == (4, 3, 1)
    assert (statistics["asked"], statistics["wasted"]) == (5, 4)


def test_failing_says_why(client: Client, mill: Mill) -> None:
    job = client.submit(llm_model_name="m", requested_count=5, error_tolerance=0)
    claim = mill.claim(model="m", size=5)
    assert claim is not None
    mill.settle(claim, ["a"], too_long=4)
    operation = client.operation(job)
    assert operation["status"] == "FAILED"
    assert operation["generated_count"] == 1
    failed = client.job(job)
    assert failed["status"] == "FAILED"
    assert "4 were wasted" in failed["error_details"]
    assert client.statistics(job)["failure_reason"] == failed["error_details"]
    assert failed["percent_complete"] == 20
    assert client.values(job)["items"] == ["a"]


def test_cancelling_keeps_the_values(client: Client, mill: Mill) -> None:
    job = client.submit(llm_model_name="m", requested_count=5)
    mill.store(["a", "b"], model="m")
    answer = client.post(f"{path_of(job)}/cancel")
    assert (answer.status_code, answer.data) == (204, b"")
    operation = client.operation(job)
    assert operation["status"] == "FAILED"
    assert client.job(job)["status"] == "CANCELED"
    assert "cancelled" in client.job(job)["error_details"]
    assert "warning_message" not in client.job(job)
    assert client.values(job)["items"] == ["a", "b"]
    assert_error(client.post(f"{path_of(job)}/cancel"), 409, "conflict", "ended")


def test_cancelling_what_is_complete_is_refused(client: Client, mill: Mill) -> None:
    job = mill.fill(client, ["a"])
    assert_error(client.post(f"{path_of(job)}/cancel"), 409, "conflict", "COMPLETED")
    assert client.operation(job)["status"] == "COMPLETED"


@pytest.mark.parametrize("ended", [True, False])
def test_deleting_leaves_the_job_alone(client: Client, mill: Mill, ended: bool) -> None:
    job = mill.fill(client, ["a"], requested_count=1 if ended else 2)
    answer = client.post(f"{path_of(job)}/delete")
    assert (answer.status_code, answer.data) == (204, b"")
    for path in ("", "/values", "/statistics", "/download?format=JSON"):
        assert_error(client.get(path_of(job) + path), 404, "not_found")
    for path in ("/cancel", "/delete"):
        assert_error(client.post(path_of(job) + path), 404, "not_found")
    left = client.job(job)
    assert left["status"] == ("COMPLETED" if ended else "CANCELED")
    assert left["target_id"] == job["target_id"]
    assert "warning_message" not in left
    if ended:
        assert left["percent_complete"] == 100


def test_what_has_expired_is_gone(client: Client, mill: Mill) -> None:
    job = client.submit(llm_model_name="m", requested_count=2, retention_time=0)
    mill.store(["a"], model="m")
    assert client.values(job)["items"] == ["a"]
    mill.store(["b"], model="m")
    assert_error(client.get(path_of(job)), 404, "not_found", "expired")
    assert_error(client.get(f"{path_of(job)}/download?format=JSON"), 404, "not_found")
    assert client.job(job)["status"] == "COMPLETED"


def test_the_longest_retention_has_a_date(client: Client, mill: Mill) -> None:
    job = mill.fill(client, ["a"], retention_time=2**63 - 1)
    assert client.operation(job)["expiration_time"] == "9999-12-31T23:59:59.999Z"


def test_a_job_says_what_it_waits_for(client: Client, mill: Mill) -> None:
    job = client.submit(llm_model_name="llama9")
    assert "no worker" in client.job(job)["warning_message"]
    mill.claim(model="another")
    waiting = client.job(job)
    assert waiting["status"] == "PENDING"
    assert "ollama pull llama9" in waiting["warning_message"]
    mill.store(["a"], model="llama9")
    assert "warning_message" not in client.job(job)


def test_a_warning_holds_no_password(client: Client, mill: Mill) -> None:
    job = client.submit(llm_model_name="llama9")
    mill.claim(model="someone:a@secret@gpu")
    mill.claim(model="someone:secret@gpu")
    warning = client.job(job)["warning_message"]
    assert "gpu:11434" in warning
    assert "secret" not in warning


@pytest.mark.parametrize(
    "wrong",
    [
        NOBODY,
        "1",
        "x",
        "%00",
        NOBODY.replace("-", ""),
        f"{{{NOBODY}}}",
        f"urn:uuid:{NOBODY}",
        NOBODY[:-1],
        f"{NOBODY}0",
        f"{NOBODY}%0A",
        NOBODY.replace("0", "\N{FULLWIDTH DIGIT ZERO}"),
        "../jobs",
    ],
)
def test_what_names_nothing_is_not_found(client: Client, wrong: str) -> None:
    paths = (f"{GENERATE}/{wrong}", f"{GENERATE}/{wrong}/values", f"{BASE}/jobs/{wrong}")
    for path in (*paths, f"{GENERATE}/{wrong}/download?format=JSON"):
        assert_error(client.get(path), 404, "not_found")
    for path in ("cancel", "delete"):
        assert_error(client.post(f"{GENERATE}/{wrong}/{path}"), 404, "not_found")


def test_ids_have_one_form_each(client: Client) -> None:
    job = client.submit()
    assert client.get(f"{GENERATE}/{job['target_id'].upper()}").json["id"] == job["target_id"]
    assert client.get(f"{BASE}/jobs/{job['id'].upper()}").json["id"] == job["id"]
    dashless = job["target_id"].replace("-", "")
    assert_error(client.get(f"{GENERATE}/{dashless}"), 404, "not_found")
    i = job["id"]
    dashed = f"{i[:8]}-{i[8:12]}-{i[12:16]}-{i[16:20]}-{i[20:]}"
    assert_error(client.get(f"{BASE}/jobs/{dashed}"), 404, "not_found")
    # The one is no id of the other.
    assert_error(client.get(f"{BASE}/jobs/{dashless}"), 404, "not_found")
