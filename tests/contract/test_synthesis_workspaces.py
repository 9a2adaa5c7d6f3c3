"""Workspaces: how an engine is made."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from tests.support.contract import Client
from tests.support.engines import SOURCE, TARGET, EngineClient, Surveyor
from tests.support.synthesis import V1, assert_message


def test_a_workspace_is_made_with_its_engine_and_its_first_job(
    ours: EngineClient, database: Database
) -> None:
    made = ours.make(organization=7, key_generation_method="hash", default_locale="de")
    assert set(made) == {
        *("pk", "name", "organization", "engine_id", "owner_name", "created_at", "status"),
        *("engine", "initialization_mode", "key_generation_method", "default_locale", "job_id"),
    }
    shown = {name: value for name, value in made.items() if name != "job_id"}
    assert ours.get("/workspaces/") == {"workspaces": [shown]}
    assert ours.get(f"/workspaces/{made['pk']}/") == shown
    assert (made["organization"], made["owner_name"], made["status"]) == (7, "ours", "CREATING")
    assert made["engine"]["id"] == made["engine_id"]
    settings = ours.get(f"/engine/{made['engine_id']}/settings/")
    for name in ("initialization_mode", "key_generation_method", "default_locale"):
        assert settings[name] == made[name]
    job = ours.get(f"/jobs/{made['job_id']}/")
    assert (job["type"], job["status"]) == ("create_engine", "STARTED")
    with database.transaction() as connection:
        step = connection.execute(text("SELECT kind, state, wave FROM steps")).one()
        queued = connection.execute(
            text(
                "SELECT type, target_id, has_work, target_name FROM "
                "(SELECT type, operation_id AS target_id, has_work, target_name FROM jobs) j"
            )
        ).one()
    assert tuple(step) == ("reflect", "OPEN", 0)
    assert (queued.type, str(queued.target_id)) == ("SYNTHESIS", made["job_id"])
    assert (queued.has_work, queued.target_name) == (True, "shop")


def test_what_is_left_out_is_as_published(ours: EngineClient) -> None:
    made = ours.post(
        "/workspaces/", {"name": "s", "source_connection": TARGET, "target_connection": TARGET}
    )
    assert made["initialization_mode"] == "SCRATCH"
    assert made["key_generation_method"] == "duplicate"
    assert made["default_locale"] == "en"
    assert made["organization"] is None


def test_a_workspace_says_how_its_making_went(ours: EngineClient, surveyor: Surveyor) -> None:
    good, bad = ours.make(), ours.make()
    surveyor.look(good)
    surveyor.end(bad["job_id"], reason="the source does not answer")
    assert ours.get(f"/workspaces/{good['pk']}/")["status"] == "READY"
    assert ours.get(f"/workspaces/{bad['pk']}/")["status"] == "FAILED"
    assert ours.get(f"/jobs/{bad['job_id']}/")["error_details"] == "the source does not answer"
    answer = ours.client.post(f"{V1}/synthesize/{bad['engine_id']}/start/")
    assert_message(answer, 409, "conflict", "the source does not answer")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 256}, "255"),
        ({"name": None}, "name"),
        ({"organization": "1"}, "organization"),
        ({"unknown": 1}, "unknown"),
        ({"source_connection": None}, "source_connection"),
        ({"source_connection": SOURCE | {"connector_type": "oracle"}}, "postgresql, postgres"),
        ({"source_connection": SOURCE | {"port": 65_536}}, "source_connection.port"),
        ({"source_connection": SOURCE | {"pasword": "x"}}, "source_connection.pasword"),
        ({"source_connection": {"connector_type": "sqlite"}}, "source_connection.database"),
        (
            {"target_connection": TARGET | {"hooks_params": {"SSL": {"ca_path": "/etc"}}}},
            "target_connection.hooks_params.SSL.ca_path",
        ),
        ({"initialization_mode": "scratch"}, "initialization_mode"),
        ({"default_locale": "de-DE"}, "default_locale"),
    ],
)
def test_what_is_wrong_is_told(ours: EngineClient, wrong: dict[str, Any], words: str) -> None:
    body = {"name": "shop", "source_connection": SOURCE, "target_connection": TARGET} | wrong
    answer = ours.client.post(f"{V1}/workspaces/", json=body)
    assert_message(answer, 422, "validation_error", words)
    assert "canary" not in answer.text
    assert ours.get("/workspaces/") == {"workspaces": []}


def test_there_is_no_sample_database(ours: EngineClient) -> None:
    body = {"name": "shop", "source_connection": SOURCE, "target_connection": TARGET}
    answer = ours.client.post(f"{V1}/workspaces/?sample_db=true", json=body)
    assert_message(answer, 422, "validation_error", "sample_db")
    assert ours.post("/workspaces/", body, sample_db="False")["name"] == "shop"


@pytest.mark.parametrize("pk", ["0", "-1", "1x", "99", str(2**63), "٣", "1" * 400])
def test_a_workspace_that_there_is_not(ours: EngineClient, pk: str) -> None:
    assert_message(ours.client.get(f"{V1}/workspaces/{pk}/"), 404, "not_found")


def test_other_accounts_see_nothing_of_it(ours: EngineClient, stranger: Client) -> None:
    made = ours.make()
    assert EngineClient(stranger).get("/workspaces/") == {"workspaces": []}
    assert_message(stranger.get(f"{V1}/workspaces/{made['pk']}/"), 404, "not_found")
