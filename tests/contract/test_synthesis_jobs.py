"""What engines are told to do: start, poll, cancel, delete, and read what came of it."""

from __future__ import annotations

import json
import threading
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from api.synthesis.jobs import JOB_TYPES
from shared.db.engine import Database
from shared.synthesis.frozen import Frozen
from shared.synthesis.plans import ColumnName, GeneratorType
from tests.support import engine_page
from tests.support.contract import BASE, Client
from tests.support.engines import CUSTOMERS, EngineClient, Surveyor
from tests.support.synthesis import V1, assert_message


@pytest.fixture
def made(ours: EngineClient, surveyor: Surveyor) -> dict[str, Any]:
    """A workspace whose source was looked at."""
    made = ours.make()
    surveyor.look(made)
    return made


def request_of(database: Database, job_id: str) -> Any:
    with database.transaction() as connection:
        return connection.execute(
            text("SELECT request FROM runs WHERE CAST(id AS text) = :id"), {"id": job_id}
        ).scalar_one()


def start(ours: EngineClient, made: dict[str, Any], **body: Any) -> dict[str, Any]:
    found: dict[str, Any] = ours.post(f"/synthesize/{made['engine_id']}/start/", body)
    return found


def test_both_generations_of_clients_are_answered(ours: EngineClient, made: dict[str, Any]) -> None:
    answer = start(ours, made)
    assert set(answer) == {"job_id", "id", "status", "reason"}
    assert answer["job_id"] == answer["id"]
    assert (answer["status"], answer["reason"]) == ("STARTED", "")
    job = ours.get(f"/jobs/{answer['id']}/")
    assert set(job) >= {
        *("id", "engine_id", "workflow_id", "type", "status", "created", "last_updated"),
        *("settings", "now", "attachment_types"),
    }
    assert (job["id"], job["type"], job["status"]) == (answer["id"], "synthesize", "STARTED")
    assert job["percent_complete"] == 0
    datetime.fromisoformat(job["now"])


def test_a_body_is_not_needed(ours: EngineClient, made: dict[str, Any]) -> None:
    assert ours.post(f"/synthesize/{made['engine_id']}/start/")["status"] == "STARTED"


def test_what_was_asked_for_is_kept_with_the_job(
    ours: EngineClient, made: dict[str, Any], database: Database
) -> None:
    plain = start(ours, made)
    assert request_of(database, plain["id"]) == {
        "data_batch_size": None,
        "n_connections": 1,
        "simultaneous_read_write": True,
        "functionalities": [],
        "priority": 0,
    }
    ours.put(f"/jobs/{plain['id']}/cancel/")
    older = ours.post(
        f"/synthesize/{made['engine_id']}/start/",
        generate_batch_size=500,
        write_batch_size=400,
        n_connections=2,
    )
    assert request_of(database, older["id"])["data_batch_size"] == 400
    assert request_of(database, older["id"])["n_connections"] == 2
    ours.put(f"/jobs/{older['id']}/cancel/")
    both = ours.post(
        f"/synthesize/{made['engine_id']}/start/",
        {"data_batch_size": 7, "functionalities": ["IDEMPOTENT_WRITING"], "priority": 5},
        generate_batch_size=500,
    )
    assert request_of(database, both["id"])["data_batch_size"] == 7
    with database.transaction() as connection:
        priorities = connection.execute(text("SELECT priority FROM jobs ORDER BY number"))
        assert list(priorities.scalars())[-1] == 5


@pytest.mark.parametrize(
    "body",
    [
        {"data_batch_size": 0},
        {"data_batch_size": True},
        {"n_connections": "1"},
        {"functionalities": ["MAGIC"]},
        {"more": 1},
        [],
    ],
)
def test_what_is_wrong_is_told(ours: EngineClient, made: dict[str, Any], body: Any) -> None:
    answer = ours.client.post(f"{V1}/synthesize/{made['engine_id']}/start/", json=body)
    assert_message(answer, 422, "validation_error")
    assert len(ours.get(f"/jobs/{made['engine_id']}/list/")["jobs"]) == 1


def test_an_engine_does_one_thing_at_a_time(ours: EngineClient, made: dict[str, Any]) -> None:
    first = start(ours, made)
    database_id = ours.get(f"/engine/{made['engine_id']}/")["source_database"]["id"]
    for path in (f"/synthesize/{made['engine_id']}/start/", f"/pii_scan/{database_id}/start/"):
        answer = ours.client.post(f"{V1}{path}")
        assert_message(answer, 409, "conflict", "another job", first["id"])


def test_also_when_two_ask_at_once(ours: EngineClient, made: dict[str, Any]) -> None:
    statuses = []
    path = f"{V1}/synthesize/{made['engine_id']}/start/"
    barrier = threading.Barrier(4)

    def ask() -> None:
        client = Client(ours.client.http.application.test_client(), key=ours.client.key)
        barrier.wait()
        statuses.append(client.post(path).status_code)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409, 409, 409]


def test_nothing_is_started_before_the_source_is_known(ours: EngineClient) -> None:
    made = ours.make()
    answer = ours.client.post(f"{V1}/synthesize/{made['engine_id']}/start/")
    assert_message(answer, 409, "conflict", "create_engine")


def test_the_second_part_is_waited_for(ours: EngineClient, made: dict[str, Any]) -> None:
    engine_id = made["engine_id"]
    path = f"{V1}/synthesize/{engine_id}/start/"
    settings = f"/engine/{engine_id}/update-settings/"
    ours.put(settings, {"id": engine_id, "initialization_mode": "SYNTHESIZE"})
    answer = ours.client.post(path)
    assert_message(answer, 409, "conflict", "SYNTHESIZE waits for models of tables")
    ours.put(settings, {"id": engine_id, "initialization_mode": "DEIDENTIFY"})
    start(ours, made)


def test_a_single_column_that_waits_for_it_is_named(
    ours: EngineClient, made: dict[str, Any], database: Database
) -> None:
    with database.transaction() as connection:
        connection.execute(
            text(
                "UPDATE source_columns SET generator = CAST(:generator AS jsonb) "
                "WHERE name = 'name'"
            ),
            {"generator": json.dumps({"type": GeneratorType.SYNTHESIZE, "parameters": {}})},
        )
    answer = ours.client.post(f"{V1}/synthesize/{made['engine_id']}/start/")
    assert_message(answer, 409, "conflict", "public.customers.name", "synthesize")
    database_id = ours.get(f"/engine/{made['engine_id']}/")["source_database"]["id"]
    [table, _] = ours.get(f"/table/{database_id}/list/")["tables"]
    ours.put("/table/", {"id": table["id"], "is_excluded": True})
    start(ours, made)


def test_nothing_is_copied_where_nobody_has_looked_for_personal_data(
    ours: EngineClient, surveyor: Surveyor
) -> None:
    made = ours.make(initialization_mode="SCRATCH")
    surveyor.look(made, findings={})
    engine_id = made["engine_id"]
    ours.put(
        f"/engine/{engine_id}/update-settings/",
        {"id": engine_id, "initialization_mode": "DEIDENTIFY"},
    )
    answer = ours.client.post(f"{V1}/synthesize/{engine_id}/start/")
    assert_message(answer, 409, "conflict", "pii_scan")
    database_id = ours.get(f"/engine/{engine_id}/")["source_database"]["id"]
    scan = ours.post(f"/pii_scan/{database_id}/start/")
    surveyor.end(scan["id"])
    start(ours, made)


def test_a_job_keeps_what_it_began_with(
    ours: EngineClient, made: dict[str, Any], database: Database
) -> None:
    before = ours.get(f"/engine/{made['engine_id']}/settings/")
    job = start(ours, made)
    engine_id = made["engine_id"]
    ours.put(
        f"/engine/{engine_id}/update-settings/",
        {"id": engine_id, "seed_value": 7, "initialization_mode": "MOCK"},
    )
    kept = ours.get(f"/jobs/{job['id']}/")["settings"]
    assert kept == {name: before[name] for name in engine_page.SETTINGS}
    with database.transaction() as connection:
        plan = connection.execute(
            text("SELECT plan FROM runs ORDER BY number DESC LIMIT 1")
        ).scalar_one()
    frozen = Frozen.from_json(plan)
    assert frozen.plan[ColumnName(CUSTOMERS, "name")].type is GeneratorType.DUPLICATE
    assert frozen.tables[0].settings["n_training_rows"] == 20_000


def test_a_seed_is_the_same_where_that_is_wanted(
    ours: EngineClient, surveyor: Surveyor, database: Database
) -> None:
    for use_seed, seed in ((True, 1), (True, 1), (True, 2), (False, 1), (False, 1)):
        made = ours.make()
        surveyor.look(made)
        ours.put(
            f"/engine/{made['engine_id']}/update-settings/",
            {"id": made["engine_id"], "use_seed": use_seed, "seed_value": seed},
        )
        start(ours, made)
    with database.transaction() as connection:
        seeds = [
            bytes(seed)
            for seed in connection.execute(
                text("SELECT seed FROM runs WHERE type = 'synthesize' ORDER BY number")
            ).scalars()
        ]
    first, same, other, *random = seeds
    assert first == same
    assert len({first, other, *random}) == 4
    assert {len(seed) for seed in seeds} == {32}


def test_the_jobs_of_an_engine(
    ours: EngineClient, surveyor: Surveyor, made: dict[str, Any]
) -> None:
    engine_id = made["engine_id"]
    job = start(ours, made)
    listed = ours.get(f"/jobs/{engine_id}/list/")["jobs"]
    assert [each["type"] for each in listed] == ["synthesize", "create_engine"]
    assert ours.get(f"/jobs/{engine_id}/latest/")["id"] == job["id"]
    latest = ours.get(f"/jobs/{engine_id}/latest/", job_type="create_engine")
    assert (latest["id"], latest["status"]) == (made["job_id"], "SUCCESS")
    for job_type in set(JOB_TYPES) - {"synthesize", "create_engine"}:
        answer = ours.client.get(f"{V1}/jobs/{engine_id}/latest/?job_type={job_type}")
        assert_message(answer, 404, "not_found", job_type)
    answer = ours.client.get(f"{V1}/jobs/{engine_id}/latest/?job_type=magic")
    assert_message(answer, 422, "validation_error", "job_type")


def test_a_job_is_cancelled_once(
    ours: EngineClient, made: dict[str, Any], database: Database
) -> None:
    job = start(ours, made)
    answer = ours.put(f"/jobs/{job['id']}/cancel/")
    assert (answer["id"], answer["status"]) == (job["id"], "REVOKED")
    assert "cancelled" in answer["reason"]
    assert ours.get(f"/jobs/{job['id']}/")["status"] == "REVOKED"
    assert ours.get("/engine/")["engines"][0]["latest_job_status"] == "REVOKED"
    again = ours.try_put(f"/jobs/{job['id']}/cancel/")
    assert_message(again, 409, "conflict", "REVOKED")
    start(ours, made)


def test_what_a_cancelled_job_took_away_is_put_back_before_the_next_one(
    ours: EngineClient, made: dict[str, Any], database: Database
) -> None:
    job = start(ours, made)
    with database.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO repairs (engine_number, run_number, ordinal, statement) "
                "SELECT engine_number, number, 0, 'CREATE INDEX' FROM runs "
                "WHERE type = 'synthesize'"
            )
        )
    assert ours.put(f"/jobs/{job['id']}/cancel/")["status"] == "REVOKED"
    answer = ours.client.post(f"{V1}/synthesize/{made['engine_id']}/start/")
    assert_message(answer, 409, "conflict", job["id"], "being put back", "try again")


def test_a_deleted_job_is_gone(ours: EngineClient, made: dict[str, Any]) -> None:
    job = start(ours, made)
    answer = ours.delete(f"/jobs/{job['id']}/")
    assert answer == {"id": job["id"], "status": "DELETED"}
    assert_message(ours.client.get(f"{V1}/jobs/{job['id']}/"), 404, "not_found")
    [left] = ours.get(f"/jobs/{made['engine_id']}/list/")["jobs"]
    assert left["id"] == made["job_id"]
    # It went on until then; another one may begin now.
    start(ours, made)


def test_a_summary_and_a_report(
    ours: EngineClient, surveyor: Surveyor, made: dict[str, Any]
) -> None:
    job = start(ours, made)
    known = {"id": job["id"], "engine_id": made["engine_id"]}
    assert ours.get(f"/synthesize/{job['id']}/summary/") == known | {
        "status": "STARTED",
        "summary": {},
    }
    assert ours.get(f"/synthesize/{job['id']}/report/") == known | {
        "status": "STARTED",
        "warnings": [],
        "report": None,
    }
    summary = {"tables": {"public.customers": {"rows": 12, "written": 12}}}
    surveyor.end(job["id"], summary=summary, report={"a": 1}, warnings=["it was slow"])
    assert ours.get(f"/synthesize/{job['id']}/summary/")["summary"] == summary
    report = ours.get(f"/synthesize/{job['id']}/report/")
    assert (report["report"], report["warnings"]) == ({"a": 1}, ["it was slow"])
    assert ours.get(f"/jobs/{job['id']}/")["warning_message"] == "it was slow"
    database_id = ours.get(f"/engine/{made['engine_id']}/")["source_database"]["id"]
    assert all(
        table["data_in_target"] for table in ours.get(f"/table/{database_id}/list/")["tables"]
    )


def test_a_job_says_what_it_waits_for(
    ours: EngineClient, made: dict[str, Any], database: Database
) -> None:
    job = start(ours, made)
    with database.transaction() as connection:
        connection.execute(
            text(
                """
                UPDATE steps SET not_before = now() + interval '1 hour',
                    result = jsonb_build_object('waiting', 'for a list of values')
                WHERE state = 'OPEN'
                """
            )
        )
    waiting = ours.get(f"/jobs/{job['id']}/")["warning_message"]
    assert waiting == "Waiting: for a list of values."


def test_a_scan_keeps_what_was_asked_for(
    ours: EngineClient, made: dict[str, Any], database: Database
) -> None:
    engine = ours.get(f"/engine/{made['engine_id']}/")
    answer = ours.post(
        f"/pii_scan/{engine['source_database']['id']}/start/",
        {"allow_list": ["Smith"], "deselected_entities": ["URL"]},
        data_scan="false",
        locale="de",
        cardinality_check="True",
    )
    assert answer["status"] == "STARTED"
    assert request_of(database, answer["job_id"]) == {
        "data_scan": False,
        "locale": "de",
        "cardinality_check": True,
        "overwrite_previous_scans": True,
        "allow_list": ["Smith"],
        "deny_list": [],
        "deselected_entities": ["URL"],
    }
    target = engine["target_database"]["id"]
    answer = ours.client.post(f"{V1}/pii_scan/{target}/start/")
    assert_message(answer, 422, "validation_error", engine["source_database"]["id"])


def test_what_is_looked_for(ours: EngineClient, made: dict[str, Any]) -> None:
    found = ours.get(f"/pii_scan/{made['engine_id']}/recognizers/")["recognizers"]
    assert {"name": "First name", "entity": "FIRST_NAME"} in found


def test_other_accounts_see_and_change_nothing(
    ours: EngineClient, made: dict[str, Any], stranger: Client
) -> None:
    engine_id, database_id = made["engine_id"], ""
    database_id = ours.get(f"/engine/{engine_id}/")["source_database"]["id"]
    job = start(ours, made)["id"]
    before = ours.get(f"/jobs/{engine_id}/list/")["jobs"]
    for method, path in (
        ("GET", f"/jobs/{engine_id}/latest/"),
        ("GET", f"/jobs/{engine_id}/list/"),
        ("GET", f"/jobs/{job}/"),
        ("DELETE", f"/jobs/{job}/"),
        ("PUT", f"/jobs/{job}/cancel/"),
        ("GET", f"/synthesize/{job}/summary/"),
        ("GET", f"/synthesize/{job}/report/"),
        ("POST", f"/synthesize/{engine_id}/start/"),
        ("POST", f"/pii_scan/{database_id}/start/"),
        ("GET", f"/pii_scan/{engine_id}/recognizers/"),
    ):
        theirs = stranger.open(f"{V1}{path}", method=method)
        nobodys = path.replace(engine_id, engine_page.ID).replace(job, engine_page.ID)
        nobodys = nobodys.replace(database_id, engine_page.ID)
        [said] = assert_message(theirs, 404, "not_found")
        [known] = assert_message(
            stranger.open(f"{V1}{nobodys}", method=method), 404, "not_found", engine_page.ID
        )
        for id_ in (engine_id, job, database_id):
            said = said.replace(id_, engine_page.ID)
        assert said == known
    after = ours.get(f"/jobs/{engine_id}/list/")["jobs"]
    assert [{**job, "now": ""} for job in after] == [{**job, "now": ""} for job in before]


def test_clients_of_lists_see_them_as_jobs_of_another_type(
    ours: EngineClient, made: dict[str, Any]
) -> None:
    run = start(ours, made)
    client = ours.client
    jobs = client.get(f"{BASE}/jobs").json["items"]
    assert {job["type"] for job in jobs} == {"SYNTHESIS"}
    [job] = [each for each in jobs if each["target_id"] == run["id"]]
    assert (job["status"], job["localized_type"]) == ("PENDING", "Synthesize database")
    assert client.get(f"{BASE}/jobs/{job['id']}").json == job
    described = client.http.get(f"{BASE}/openapi.json").json
    wanted = described["components"]["schemas"]["Job"]["required"]
    assert set(wanted) <= set(job)
    found = client.post(
        f"{BASE}/jobs/search", json={"filter_expression": "type EQ 'AI_GENERATE_DATA'"}
    )
    assert found.json["items"] == []
    assert client.get(f"{BASE}/ai/generate/{run['id']}").status_code == 404


def test_and_may_abandon_them(ours: EngineClient, made: dict[str, Any]) -> None:
    run = start(ours, made)
    jobs = ours.client.get(f"{BASE}/jobs").json["items"]
    [job] = [each for each in jobs if each["target_id"] == run["id"]]
    assert ours.client.post(f"{BASE}/jobs/{job['id']}/abandon").status_code == 204
    assert ours.client.get(f"{BASE}/jobs/{job['id']}").json["status"] == "ABANDONED"
    assert ours.get(f"/jobs/{run['id']}/")["status"] == "REVOKED"
