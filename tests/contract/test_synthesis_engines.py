"""The six published paths of engines, by a client that was written from the page alone."""

from __future__ import annotations

import json
import math
import uuid
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from shared.db.engine import Database
from shared.db.schema import engine_databases
from shared.sealing import unseal
from tests.support import engine_page
from tests.support.contract import Client
from tests.support.engines import SECRETS, SOURCE, EngineClient, Surveyor
from tests.support.synthesis import PAIR, V1, assert_message


def test_a_new_engine_is_listed(ours: EngineClient) -> None:
    assert ours.get("/engine/") == {"engines": []}
    made = ours.make()
    assert ours.get("/engine/") == {
        "engines": [
            {
                "id": made["engine_id"],
                "latest_job_status": "STARTED",
                "connector_type": "postgresql",
                "source_database_status": "CURRENT",
            }
        ]
    }


@pytest.mark.parametrize("looked_at", [False, True])
def test_an_engine_has_every_published_field_with_its_type(
    ours: EngineClient, surveyor: Surveyor, looked_at: bool
) -> None:
    made = ours.make()
    if looked_at:
        surveyor.look(made)
    engine = ours.get(f"/engine/{made['engine_id']}/")
    assert_like(engine, engine_page.ENGINE)
    assert engine["workspace_pk"] == made["pk"]
    source, target = engine["source_database"], engine["target_database"]
    assert (source["type"], target["type"]) == ("SOURCE", "TARGET")
    for database in (source, target):
        assert database["engine_id"] == engine["id"] == made["engine_id"]
        assert database["source_connector"]["database_id"] == source["id"]
        assert database["target_connector"]["database_id"] == target["id"]
        assert database["source_connector"]["is_source"] is True
        assert database["target_connector"]["is_source"] is False
    connector = source["source_connector"]
    shown = {
        name: value
        for name, value in SOURCE.items()
        if name not in ("password", "hooks_params", "is_source")
    }
    assert shown.items() <= connector.items()
    assert connector["hooks_params"] == {
        name: {field: value for field, value in hook.items() if value not in SECRETS.values()}
        for name, hook in SOURCE["hooks_params"].items()
    }
    assert target["target_connector"]["connector_type"] == "sqlite"
    assert target["target_connector"]["hooks_params"]["SSHTunnel"]["host"] == ""


def assert_like(found: Any, published: Any, *, place: str = "") -> None:
    """Check that an answer has the fields of an example, each with a value of its type."""
    if isinstance(published, dict):
        if not published:
            assert isinstance(found, dict), place
            return
        assert set(found) >= set(published), place
        for name, value in published.items():
            number = name in engine_page.NUMBERS
            assert_like(found[name], 0.5 if number else value, place=f"{place}.{name}")
    elif isinstance(published, bool):
        assert isinstance(found, bool), place
    elif isinstance(published, int):
        assert isinstance(found, int), place
        assert not isinstance(found, bool), place
    elif isinstance(published, float):
        assert isinstance(found, int | float), place
    elif isinstance(published, str) and published == engine_page.ID:
        uuid.UUID(found)
    elif isinstance(published, str) and published == engine_page.MOMENT:
        assert found.endswith("Z"), place
        datetime.fromisoformat(found)
    else:
        assert type(found) is type(published), place


def test_secrets_are_sealed_and_nowhere_else(
    ours: EngineClient, surveyor: Surveyor, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    made = ours.make()
    surveyor.look(made)
    engine_id = made["engine_id"]
    said = [
        made,
        ours.get("/engine/"),
        ours.get(f"/engine/{engine_id}/"),
        ours.get(f"/engine/{engine_id}/settings/"),
        ours.get("/workspaces/"),
        ours.get(f"/jobs/{engine_id}/list/"),
    ]
    with database.transaction() as connection:
        stored = connection.execute(
            text("SELECT to_jsonb(d) - 'sealed' FROM engine_databases d")
        ).scalars()
        seen = json.dumps([*said, *stored, caplog.text])
        boxes = connection.execute(
            select(engine_databases.c.connector_id, engine_databases.c.sealed).where(
                engine_databases.c.role == "SOURCE"
            )
        ).one()
    assert "canary" not in seen
    assert unseal([PAIR.private], boxes.sealed, context=str(boxes.connector_id)) == {
        "password": SECRETS["password"],
        "ssh_password": SECRETS["tunnel"],
        "ssh_pkey": SECRETS["pkey"],
        "ssh_pkey_password": SECRETS["pkey_password"],
        "ssl_ca": SECRETS["ca"],
        "ssl_cert": SECRETS["cert"],
        "ssl_key": SECRETS["key"],
        "keytab": SECRETS["keytab"],
    }


def test_the_settings_of_an_engine(ours: EngineClient) -> None:
    made = ours.make()
    settings = ours.get(f"/engine/{made['engine_id']}/settings/")
    assert_like(settings, engine_page.SETTINGS | {"id": engine_page.ID, "set_defaults": True})
    assert set(settings) == {*engine_page.SETTINGS, "id", "set_defaults"}
    assert settings["id"] == made["engine_id"]
    assert settings["initialization_mode"] == "DEIDENTIFY"
    assert settings["seed_value"] == 42
    assert settings["set_defaults"] is True


def test_the_published_example_is_taken(ours: EngineClient) -> None:
    made = ours.make()
    path = f"/engine/{made['engine_id']}"
    example = engine_page.SETTINGS | {"id": made["engine_id"], "set_defaults": True}
    assert ours.put(f"{path}/update-settings/", example) == example
    assert ours.get(f"{path}/settings/") == example
    engine = ours.get(f"{path}/")
    assert engine_page.SETTINGS.items() <= engine.items()


def test_one_setting_is_changed_and_the_others_stay(ours: EngineClient) -> None:
    made = ours.make()
    path = f"/engine/{made['engine_id']}"
    before = ours.get(f"{path}/settings/")
    answer = ours.put(
        f"{path}/update-settings/",
        {"id": made["engine_id"], "seed_value": -(2**63), "set_defaults": False},
    )
    assert answer == before | {"seed_value": -(2**63), "set_defaults": False}
    nothing = dict.fromkeys([*engine_page.SETTINGS, "set_defaults"]) | {"id": made["engine_id"]}
    assert ours.put(f"{path}/update-settings/", nothing) == before | {"seed_value": -(2**63)}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"seed_valeu": 1}, "seed_valeu"),
        ({"seed_value": "1"}, "seed_value"),
        ({"seed_value": True}, "seed_value"),
        ({"seed_value": 1.5}, "seed_value"),
        ({"seed_value": 2**63}, "9223372036854775807"),
        ({"seed_value": -(2**63) - 1}, "seed_value"),
        ({"use_seed": 1}, "use_seed"),
        ({"use_seed": "true"}, "use_seed"),
        ({"default_noise_factor": 1e999}, "NaN"),
        ({"default_noise_factor": math.nan}, "NaN"),
        ({"default_noise_factor": -1}, "default_noise_factor"),
        ({"default_noise_factor": 10**400}, "default_noise_factor"),
        ({"initialization_mode": "synthesize"}, "DEIDENTIFY"),
        ({"key_generation_method": ""}, "duplicate, hash, generate"),
        ({"default_locale": "xx"}, "default_locale"),
        ({"default_order_by_nr_columns": "id"}, "default_order_by_nr_columns"),
        ({"default_rare_category_replacement": "\0"}, "NUL"),
        ({"default_rare_category_replacement": "\ud800"}, "surrogate"),
        ({"pii_model_settings": {"nlp_engine_name": "spacy"}}, "spacy is not installed"),
        ({"set_defaults": 1}, "set_defaults"),
        ({"id": None}, "id"),
        ({"id": "1"}, "id"),
        ({"id": engine_page.ID}, "must be the engine of the path"),
        ([], "must be a JSON object"),
        (None, "must be a JSON object"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_changed(
    ours: EngineClient, wrong: Any, words: str
) -> None:
    made = ours.make()
    path = f"/engine/{made['engine_id']}"
    body = {"id": made["engine_id"], "use_seed": True} | wrong if isinstance(wrong, dict) else wrong
    answer = ours.client.open(
        f"{V1}{path}/update-settings/",
        method="PUT",
        data=json.dumps(body),
        content_type="application/json",
    )
    assert_message(answer, 422, "validation_error", words)
    assert ours.get(f"{path}/settings/")["use_seed"] is False


def test_settings_need_an_id(ours: EngineClient) -> None:
    made = ours.make()
    answer = ours.try_put(f"/engine/{made['engine_id']}/update-settings/", {"use_seed": True})
    assert_message(answer, 422, "validation_error", "id: is missing")


def test_initialization_modes_are_no_engine(ours: EngineClient) -> None:
    modes = ours.get("/engine/initialization_modes/")["initialization_modes"]
    assert [mode["name"] for mode in modes] == [
        "SYNTHESIZE",
        "MOCK",
        "MOCK_OR_MASK",
        "DEIDENTIFY",
        "SCRATCH",
    ]
    for mode in modes:
        assert mode["key_generation_method"] == {
            "available": ["duplicate", "hash", "generate"],
            "default": "duplicate",
        }
        assert mode["default_locale"]["default"] == "en"
        assert {"en", "de", "de_DE"} <= set(mode["default_locale"]["available"])


def test_each_locale_can_be_set(ours: EngineClient) -> None:
    made = ours.make()
    [mode, *_] = ours.get("/engine/initialization_modes/")["initialization_modes"]
    for locale in mode["default_locale"]["available"]:
        body = {"id": made["engine_id"], "default_locale": locale}
        answer = ours.put(f"/engine/{made['engine_id']}/update-settings/", body)
        assert answer["default_locale"] == locale


def test_a_deleted_engine_is_gone(ours: EngineClient, surveyor: Surveyor) -> None:
    made = ours.make()
    surveyor.look(made)
    engine_id = made["engine_id"]
    database_id = ours.get(f"/engine/{engine_id}/")["source_database"]["id"]
    [table, _] = ours.get(f"/table/{database_id}/list/")["tables"]
    assert ours.delete(f"/engine/{engine_id}/delete/") == {"id": engine_id, "status": "DELETED"}
    assert ours.get("/engine/") == {"engines": []}
    assert ours.get("/workspaces/") == {"workspaces": []}
    for path in (
        f"/engine/{engine_id}/",
        f"/engine/{engine_id}/settings/",
        f"/jobs/{engine_id}/list/",
        f"/jobs/{made['job_id']}/",
        f"/table/{database_id}/list/",
        f"/table/{table['id']}/",
        f"/workspaces/{made['pk']}/",
    ):
        assert_message(ours.client.get(f"{V1}{path}"), 404, "not_found")
    again = ours.client.open(f"{V1}/engine/{engine_id}/delete/", method="DELETE")
    assert_message(again, 404, "not_found")


def test_deleting_an_engine_ends_what_it_does(ours: EngineClient, database: Database) -> None:
    made = ours.make()
    ours.delete(f"/engine/{made['engine_id']}/delete/")
    with database.transaction() as connection:
        run = connection.execute(text("SELECT state, ended_at FROM runs")).one()
    assert run.state == "REVOKED"
    assert run.ended_at is not None


def test_deleting_an_engine_has_its_target_put_back(
    ours: EngineClient, surveyor: Surveyor, database: Database
) -> None:
    made = ours.make()
    surveyor.look(made)
    _owe(database)
    ours.delete(f"/engine/{made['engine_id']}/delete/")
    with database.transaction() as connection:
        run = connection.execute(
            text(
                "SELECT type, kind, steps.state FROM runs JOIN steps ON number = run_number "
                "WHERE ended_at IS NULL"
            )
        ).one()
        jobs = connection.execute(text("SELECT has_work FROM jobs ORDER BY number")).scalars().all()
    assert tuple(run) == ("sync_target", "repair", "OPEN")
    assert jobs == [False, True]


def _owe(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO repairs (engine_number, run_number, ordinal, statement) "
                "SELECT number, 1, 0, 'CREATE INDEX' FROM engines"
            )
        )


def test_other_accounts_see_nothing_of_it(
    ours: EngineClient, stranger: Client, surveyor: Surveyor
) -> None:
    made = ours.make()
    surveyor.look(made)
    theirs = EngineClient(stranger)
    assert theirs.get("/engine/") == {"engines": []}
    engine_id = made["engine_id"]
    before = ours.get(f"/engine/{engine_id}/")
    paths = [
        ("GET", f"/engine/{engine_id}/", None),
        ("GET", f"/engine/{engine_id}/settings/", None),
        ("DELETE", f"/engine/{engine_id}/delete/", None),
        ("PUT", f"/engine/{engine_id}/update-settings/", {"id": engine_id, "use_seed": True}),
        ("PUT", f"/engine/{engine_id}/update-settings/", {"id": engine_page.ID}),
    ]
    for method, path, body in paths:
        answer = stranger.open(f"{V1}{path}", method=method, json=body)
        assert_message(answer, 404, "not_found", f"there is no engine {engine_id}")
        unknown = stranger.open(
            f"{V1}{path.replace(engine_id, engine_page.ID)}", method=method, json=body
        )
        assert_message(unknown, 404, "not_found", f"there is no engine {engine_page.ID}")
    assert ours.get(f"/engine/{engine_id}/") == before


@pytest.mark.parametrize("engine_id", ["1", "initialization_mode", engine_page.ID[:-1], "%00", "é"])
def test_what_is_no_id_names_nothing(client: Client, engine_id: str) -> None:
    assert_message(client.get(f"{V1}/engine/{engine_id}/"), 404, "not_found")


def test_without_a_key_nothing_is_taken_in(
    settings: Any, client: Client, database: Database
) -> None:
    from dataclasses import replace

    from api.app import create_app
    from api.parts import KEY

    app = create_app(replace(settings, connector_public_key=None))
    keyless = Client(app.test_client(), key=client.key)
    body = {"name": "shop", "source_connection": SOURCE, "target_connection": SOURCE}
    answer = keyless.post(f"{V1}/workspaces/", json=body)
    assert_message(answer, 503, "unavailable", "VALUEMILL_CONNECTOR_PUBLIC_KEY")
    app.extensions[KEY].close()
    with database.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM workspaces")).scalar_one() == 0
