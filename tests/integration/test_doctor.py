"""The doctor: says nothing of a deployment that is well, and finds what is not."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from redis import Redis
from sqlalchemy import text

from deploy.cli import cli
from deploy.doctor import findings
from deploy.doctor.findings import Level
from deploy.local.__main__ import cli as local_cli
from deploy.local.errors import LocalStackError
from deploy.local.postgres import API_ROLE, WORKER_ROLE
from deploy.local.stack import LocalInfo, LocalStack
from shared.db import migrate
from shared.db.engine import Database
from shared.db.roles import Side
from shared.sealing import make_pair
from tests.support.stack import Api

NOBODY = "http://me:swordfish@127.0.0.1:9"


@dataclass
class Deployment:
    """What the doctor is told of a deployment."""

    monkeypatch: pytest.MonkeyPatch

    def __post_init__(self) -> None:
        self.set(SECRET_KEY="0123456789abcdef")

    def set(self, **settings: str) -> None:
        for name, value in settings.items():
            self.monkeypatch.setenv(f"VALUEMILL_{name}", value)

    def examine(self, *options: str) -> dict[str, Any]:
        """What it says; that its exit code agrees is checked here."""
        result = CliRunner().invoke(cli, ["doctor", "--json", *options])
        said: dict[str, Any] = json.loads(result.stdout)
        assert result.exit_code == (0 if said["healthy"] else 1), result
        assert "swordfish" not in result.output
        return said

    def complaints(self, *options: str) -> list[str]:
        """``check: level: found`` of all that is not well; each says how to mend it."""
        complaints = [f for f in self.examine(*options)["findings"] if f["level"] != "ok"]
        assert all(finding["mend"] for finding in complaints)
        return [f"{each['check']}: {each['level']}: {each['found']}" for each in complaints]


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> Deployment:
    return Deployment(monkeypatch)


@pytest.fixture
def at_rest(deployment: Deployment, backing: LocalInfo, database: Database) -> Deployment:
    """PostgreSQL and Redis are well; no worker runs, and no model server."""
    migrate.grant(database, roles={Side.API: API_ROLE, Side.WORKER: WORKER_ROLE})
    with database.transaction() as connection:
        # Applications that other tests have made keep connections open.
        connection.execute(
            text(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE application_name LIKE 'valuemill%'
                """
            )
        )
    deployment.set(
        DATABASE_URL=backing.api_database_url, BROKER_URL=backing.broker_url, OLLAMA_HOSTS=NOBODY
    )
    return deployment


#: Tests run without waiting for the disk, and the doctor sees it.
FORGETFUL = (
    "database: warning: fsync, full_page_writes: off, so a crash can take back what was stored"
)
RESTING = [
    "gateway: problem: http://127.0.0.1:9: nobody answers at this address",
    FORGETFUL,
    "workers: problem: none is connected",
]


def test_a_deployment_that_works(deployment: Deployment, stack: LocalStack, api: Api) -> None:
    info = stack.info
    deployment.set(
        DATABASE_URL=info.database_url,
        BROKER_URL=info.broker_url,
        OLLAMA_HOSTS=info.model_urls[0],
        MODEL="sample-faker",
    )
    # As the owner, which makes the account that tries it out.
    owner, *rest = deployment.complaints("--end-to-end")[1:]
    assert owner.startswith("rights: warning: the role valuemill owns the tables")
    assert rest == []
    deployment.set(DATABASE_URL=info.api_database_url)
    said = deployment.examine("--end-to-end")
    assert said["healthy"]
    found = {finding["check"]: finding["found"] for finding in said["findings"]}
    assert "worker-1@" in found["workers"]
    assert "3 values from sample-faker" in found["trial"]
    with Database(info.database_url, pool_size=1) as database, database.transaction() as connection:
        left = connection.scalar(
            text("SELECT count(*) FROM operations WHERE name LIKE 'doctor%' AND deleted_at IS NULL")
        )
    assert left == 0
    # The workers' role neither submits nor sees accounts.
    deployment.set(DATABASE_URL=info.worker_database_url)
    assert deployment.complaints("--end-to-end")[1:] == [
        "trial: problem: this role may not submit as the doctor's own account"
    ]


def test_the_stack_that_runs_here(
    stack: LocalStack, api: Api, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VALUEMILL_VAR", str(stack._options.var))
    result = CliRunner().invoke(local_cli, ["doctor", "--end-to-end"])
    assert result.exit_code == 0, result.output
    assert "rights: the role valuemill_api has what the api needs" in result.stdout
    assert "trial: 3 values from sample-faker" in result.stdout
    monkeypatch.setenv("VALUEMILL_VAR", str(tmp_path))
    with pytest.raises(LocalStackError, match="make up"):
        CliRunner().invoke(local_cli, ["doctor"], catch_exceptions=False)


def test_nobody_at_work(at_rest: Deployment) -> None:
    assert at_rest.complaints() == RESTING


def test_a_trial_that_nobody_works_on(
    at_rest: Deployment, backing: LocalInfo, database: Database
) -> None:
    at_rest.set(DATABASE_URL=backing.database_url)
    *_, trial = at_rest.complaints("--end-to-end", "--patience", "0.1")
    assert trial == (
        "trial: problem: no 3 values within 0.1 s: "
        "Waiting: no worker is running, or none knows a model server."
    )
    with database.transaction() as connection:
        assert connection.scalar(text("SELECT count(*) FROM operations WHERE has_work")) == 0


def test_field_d6_settings_that_cannot_be_read_are_all_told(deployment: Deployment) -> None:
    deployment.set(
        DATABASE_URL="postgres://me:swordfish/2@h/x",
        BROKER_URL="redis://:swordfish#2@h",
        LEASE_SECONDS="long",
    )
    assert [complaint.split()[2].rstrip(":") for complaint in deployment.complaints()] == [
        "VALUEMILL_DATABASE_URL",
        "VALUEMILL_BROKER_URL",
        "VALUEMILL_LEASE_SECONDS",
    ]


def test_settings_that_make_little_sense(at_rest: Deployment) -> None:
    at_rest.set(SECRET_KEY="a" * 32, LEASE_SECONDS="1", MODLE="gemma3", WORKER_ROLE="w")
    assert at_rest.complaints()[:3] == [
        "settings: warning: VALUEMILL_MODLE is no setting",
        "settings: warning: VALUEMILL_SECRET_KEY can be guessed",
        "settings: warning: leases of 1 s are lost whenever a worker's host pauses",
    ]


def test_a_private_key_of_connectors_that_is_another_ones(at_rest: Deployment) -> None:
    ours, others = make_pair(), make_pair()
    at_rest.set(CONNECTOR_PUBLIC_KEY=str(ours.public), CONNECTOR_KEY=others.private.reveal())
    told = [each for each in at_rest.complaints() if "sealed" in each]
    assert told == [
        f"settings: problem: secrets that are sealed for {ours.public.id} open with none of "
        "VALUEMILL_CONNECTOR_KEY"
    ]
    at_rest.set(CONNECTOR_KEY=f"{others.private.reveal()},{ours.private.reveal()}")
    assert not [each for each in at_rest.complaints() if "sealed" in each or "CONNECTOR" in each]


def test_servers_that_are_not_there(deployment: Deployment) -> None:
    deployment.set(
        DATABASE_URL="postgresql://me:swordfish@127.0.0.1:9/x?password=swordfish",
        BROKER_URL="redis://:swordfish@127.0.0.1:9",
        OLLAMA_HOSTS=NOBODY,
    )
    broker, gateway, database = deployment.complaints()
    assert broker.startswith("broker: problem: Redis at 127.0.0.1:9 does not answer")
    assert gateway.startswith("gateway: problem: http://127.0.0.1:9:")
    assert database.startswith("database: problem: 127.0.0.1:9/x:")
    assert "refused" in database


def test_a_server_of_openais_api(at_rest: Deployment, tmp_path: Path) -> None:
    class Models(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.headers["Authorization"] == "Bearer swordfish" else 401)
            self.end_headers()
            models = [{"id": "wide", "max_model_len": 8192}, {"id": "narrow", "max_model_len": 512}]
            self.wfile.write(json.dumps({"data": models}).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    (tmp_path / "key").write_text("swordfish")
    with ThreadingHTTPServer(("127.0.0.1", 0), Models) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        url = f"openai+http://127.0.0.1:{server.server_port}/v1"
        at_rest.set(OLLAMA_HOSTS=f"{url},openai+http://127.0.0.1:9/v1", MODEL="wider")
        assert at_rest.complaints()[0] == (
            f"gateway: problem: {url}: it wants an API key or a password (HTTP 401)"
        )
        at_rest.set(OLLAMA_HOSTS=f"{url}#key_file={tmp_path}/key", MODEL="wider")
        narrow, missing, *_ = at_rest.complaints()
        assert narrow == (
            f"gateway: warning: {url}: narrow has a context window of 512 tokens, "
            "and prompts may need 4096"
        )
        assert "no server has the default model wider" in missing
        at_rest.set(MODEL="wide")
        found = [finding["found"] for finding in at_rest.examine()["findings"]]
        assert f"{url}: a server of OpenAI's API has wide (loaded), narrow (loaded)" in found
        server.shutdown()


def test_a_key_that_goes_over_a_net_unencrypted(at_rest: Deployment) -> None:
    at_rest.set(OPENAI_API_KEY="swordfish", OLLAMA_HOSTS="openai+http://gpu1.invalid/v1")
    assert at_rest.complaints()[0] == (
        "settings: warning: the API key of gpu1.invalid goes there unencrypted"
    )


def test_passwords_that_are_wrong(at_rest: Deployment, backing: LocalInfo) -> None:
    at_rest.set(
        DATABASE_URL=backing.database_url.replace("valuemill:", "valuemill:swordfish"),
        BROKER_URL=backing.broker_url.replace("redis://:", "redis://:swordfish"),
    )
    broker, _, database = at_rest.complaints()
    assert "invalid username-password pair" in broker
    assert "password authentication failed" in database


def test_a_broker_that_evicts_and_is_full(at_rest: Deployment, backing: LocalInfo) -> None:
    with Redis.from_url(backing.broker_url) as redis, _redis_set(redis, "maxmemory-policy"):
        redis.config_set("maxmemory-policy", "allkeys-lru")
        assert at_rest.complaints()[0].startswith(
            "broker: problem: maxmemory-policy is allkeys-lru"
        )
    with Redis.from_url(backing.broker_url) as redis, _redis_set(redis, "maxmemory"):
        redis.config_set("maxmemory", int(redis.info("memory")["used_memory"] * 1.2))
        assert at_rest.complaints()[0].startswith("broker: warning:")


@contextmanager
def _redis_set(redis: Redis, name: str) -> Iterator[None]:
    """Put a setting back as it was."""
    before = redis.config_get(name)[name]
    try:
        yield
    finally:
        redis.config_set(name, before)


@pytest.mark.parametrize(
    ("revision", "complaint"),
    [
        ("0001", "schema: problem: at revision 0001, older than this version"),
        ("9999", "schema: warning: at revision 9999, which is later than this version"),
    ],
)
def test_another_versions_schema(
    at_rest: Deployment, database: Database, revision: str, complaint: str
) -> None:
    set_revision = text("UPDATE alembic_version SET version_num = :revision")
    (now,) = migrate.revisions(database)
    try:
        with database.transaction() as connection:
            connection.execute(set_revision, {"revision": revision})
        assert complaint in at_rest.complaints()
        assert migrate.is_usable(database) == ("warning" in complaint)
    finally:
        with database.transaction() as connection:
            connection.execute(set_revision, {"revision": now})


def test_roles_with_too_little_and_with_too_much(at_rest: Deployment, database: Database) -> None:
    def change(statement: str) -> None:
        with database.transaction() as connection:
            connection.execute(text(statement))

    change(f"REVOKE INSERT ON cells, jobs FROM {API_ROLE}")
    assert at_rest.complaints()[2] == (
        "rights: problem: the role valuemill_api lacks INSERT on cells, INSERT on jobs"
    )
    migrate.grant(database, roles={Side.API: API_ROLE})
    change(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {API_ROLE}")
    change(f"GRANT ALL ON ALL FUNCTIONS IN SCHEMA public TO {API_ROLE}")
    assert at_rest.complaints()[2].startswith("rights: warning: the role valuemill_api has the")
    change(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {API_ROLE}")
    assert at_rest.complaints()[2].startswith("rights: problem: the role valuemill_api lacks SEL")
    migrate.grant(database, roles={Side.API: API_ROLE})


def test_a_clock_that_is_wrong(at_rest: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time
    monkeypatch.setattr("deploy.doctor.database.time.time", lambda: now() - 90)
    assert any(
        complaint.startswith("clock: warning: this host and the database are 90.")
        for complaint in at_rest.complaints()
    )


def test_people_get_a_line_for_each(at_rest: Deployment) -> None:
    result = CliRunner().invoke(cli, ["doctor"])
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert all(line.startswith(("ok ", "warning ", "problem ")) for line in lines)
    assert (
        "problem  workers: none is connected -> start one: `valuemill worker --name worker-1`"
        in lines
    )


def test_what_servers_say_is_tamed() -> None:
    rude = findings.problem("gateway", "\x1b[2Jall\nis well, swordfish \u202e", "see\tthere")
    tame = findings.presentable(rude, secrets=["swordfish"])
    assert (tame.found, tame.mend) == ("[2Jall is well, ***", "see there")
    assert tame.level is Level.PROBLEM
