"""``valuemill synthesize``, as people and their scripts call it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from deploy.cli import main
from deploy.synthesize import copying, engines
from shared import sealing
from shared.db import accounts
from shared.db.engine import Database
from shared.settings import Settings
from tests.support.engines import Surveyor
from tests.support.serving import Server, serve
from tests.support.waiting import wait_until

SOURCE = "postgresql://reader:canary-of-source@db.example/shop"
ADDRESSES = ["--from", SOURCE, "--to", "sqlite:copies/shop.db", "--mode", "DEIDENTIFY"]
SUMMARY = {"tables": {"public.customers": {"rows": 12, "written": 12, "in_target": 12}}}
REPORT = {
    "columns": [
        {"column": "public.customers.id", "generator": {"type": "key", "parameters": {}}},
        {"column": "public.customers.email", "generator": {"type": "mock", "parameters": {}}},
    ],
    "not_touched": ["public.customers.id"],
}


@pytest.fixture(scope="module")
def server(settings: Settings, project: Path) -> Iterator[Server]:
    public = str(sealing.make_pair().public)
    with serve(settings, project=project, VALUEMILL_CONNECTOR_PUBLIC_KEY=public) as running:
        yield running


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str


Call = Callable[..., Said]


@pytest.fixture
def call(
    server: Server,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Call:
    """Call the command with a key of an account."""
    with database.transaction() as connection:
        key = accounts.create_key(connection, account="ours", name="tests")
    for name, value in {
        "VALUEMILL_URL": server.url,
        "VALUEMILL_KEY": key,
        "NO_PROXY": "*",
        "PGPASSWORD": "",
    }.items():
        monkeypatch.setenv(name, value)

    def called(*arguments: str, **environment: str) -> Said:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["valuemill", "synthesize", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Said(ended.value.code, said.out, said.err)

    return called


@contextmanager
def worker(database: Database, **ends: Mapping[str, Any]) -> Iterator[None]:
    """Ends jobs as a worker would.

    :param ends: by the type of a job, what is noted of it.
    """

    def work() -> None:
        for run_type, values in ends.items():
            wait_until(lambda: _open(database, run_type))  # noqa: B023 - called at once
            found = _open(database, run_type)
            if run_type == "create_engine" and "reason" not in values:
                Surveyor(database).look(found)
            else:
                Surveyor(database).end(found["job_id"], **values)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _open(database: Database, run_type: str) -> dict[str, str]:
    with database.transaction() as connection:
        row = connection.execute(
            text(
                """
                SELECT r.id, e.id AS engine_id FROM runs r JOIN engines e
                    ON e.number = r.engine_number
                WHERE r.type = :type AND r.ended_at IS NULL
                """
            ),
            {"type": run_type},
        ).one_or_none()
    return {} if row is None else {"job_id": str(row.id), "engine_id": str(row.engine_id)}


def test_a_copy_is_waited_for_and_told_table_by_table(
    database: Database, call: Call, server: Server
) -> None:
    with worker(database, create_engine={}, synthesize={"summary": SUMMARY, "report": REPORT}):
        done = call(*ADDRESSES, "--key-method", "hash", "--seed", "7", "--locale", "de")
    assert done.status == 0, done.err
    assert "100 %" in done.err or "Copying" in done.err
    [row] = [line for line in done.out.splitlines() if "public.customers" in line]
    assert [cell.strip() for cell in row.strip("│").split("│")] == [
        *("public.customers", "12", "12", "email")
    ]
    assert f"{server.url}/api/v1/synthesize/" in done.out
    with database.transaction() as connection:
        [settings] = connection.execute(text("SELECT settings FROM engines")).scalars()
        [name] = connection.execute(text("SELECT name FROM workspaces")).scalars()
    assert {
        key: settings[key]
        for key in ("seed_value", "use_seed", "key_generation_method", "default_locale")
    } == {
        "seed_value": 7,
        "use_seed": True,
        "key_generation_method": "hash",
        "default_locale": "de",
    }
    assert name == "shop at db.example to copies/shop.db"
    assert "canary" not in done.out + done.err


def test_programs_read_it_as_json(database: Database, call: Call) -> None:
    with worker(database, create_engine={}, synthesize={"summary": SUMMARY, "report": REPORT}):
        done = call(*ADDRESSES, "--json")
    said = json.loads(done.out)
    assert (said["status"], said["tables"], said["report"]) == (
        *("SUCCESS", SUMMARY["tables"], REPORT),
    )


@pytest.mark.parametrize("job", ["create_engine", "synthesize"])
def test_what_fails_says_why(database: Database, call: Call, job: str) -> None:
    ends: dict[str, Any] = {"create_engine": {}}
    ends[job] = {"reason": "the host db.example is not on the operator's list"}
    with worker(database, **ends):
        done = call(*ADDRESSES)
    assert done.status == 1
    assert done.out == ""
    assert "the host db.example is not on the operator's list" in done.err
    assert "canary" not in done.out + done.err


def test_ctrl_c_ends_the_run_too(
    database: Database, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(copying, "sleep", interrupt)
    done = call(*ADDRESSES)
    assert done.status == 130
    assert "put back" in done.err
    with database.transaction() as connection:
        assert connection.scalar(text("SELECT state FROM runs")) == "REVOKED"


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"VALUEMILL_KEY": ""}, "valuemill keys create"),
        ({"VALUEMILL_KEY": "1.wrong"}, "the API key is in VALUEMILL_KEY"),
        ({"VALUEMILL_KEY": "", "VALUEMILL_KEY_FILE": "/nowhere"}, "No such file"),
        ({"VALUEMILL_URL": "not an address"}, "is not the URL of an API"),
        ({"VALUEMILL_URL": "http://127.0.0.1:9"}, "and the service up"),
    ],
)
def test_what_is_missing_is_said(
    call: Call, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], words: str
) -> None:
    monkeypatch.setattr(engines, "PATIENCE", 0.0)
    done = call(*ADDRESSES, **environment)
    assert done.status == 1
    assert words in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--mode", "SYNTHESIZE"], "SYNTHESIZE"),
        (["--locale", "xx"], "default_locale"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(call: Call, arguments: list[str], words: str) -> None:
    done = call(*ADDRESSES, *arguments)
    assert done.status in (1, 2)
    assert words in done.err


@pytest.mark.parametrize(
    ("variables", "password"),
    [
        ({"PGPASSWORD": "from libpq"}, "from libpq"),
        ({"PGPASSWORD": "from libpq", "VALUEMILL_SOURCE_PASSWORD": "ours"}, "ours"),
        ({}, None),
    ],
)
def test_a_password_is_found_where_it_is_kept(
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    password: str | None,
) -> None:
    sent: list[Any] = []

    def create(self: object, workspace: Mapping[str, Any]) -> None:
        del self
        sent.append(workspace)
        raise KeyboardInterrupt

    monkeypatch.setattr("deploy.synthesize.engines.Engines.create", create)
    call("--from", "postgresql://u@db/a", "--to", "sqlite:b.db", "--mode", "MOCK", **variables)
    assert sent[0]["source_connection"].get("password") == password


def test_a_person_is_asked_for_it_and_it_is_not_shown(
    call: Call, server: Server, database: Database
) -> None:
    del call  # has set the environment
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "deploy.cli", "synthesize", "--mode", "MOCK"]
    process = subprocess.Popen(
        [*command, "--from", "postgresql://reader@db.example/shop", "--to", "sqlite:b.db"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    said = b""
    with suppress(OSError):
        while b"Password of reader for shop at db.example" not in said:
            said += os.read(ours, 4096)
        os.write(ours, b"canary-typed\n")
    wait_until(lambda: _open(database, "create_engine"))
    Surveyor(database).end(_open(database, "create_engine")["job_id"], reason="enough of it")
    with suppress(OSError):
        while part := os.read(ours, 4096):
            said += part
    os.close(ours)
    assert process.wait() == 1
    assert b"enough of it" in said
    assert b"canary" not in said
    with database.transaction() as connection:
        sealed = connection.execute(
            text("SELECT CAST(d AS text) FROM engine_databases d WHERE role = 'SOURCE'")
        ).scalar_one()
    assert "canary" not in sealed
