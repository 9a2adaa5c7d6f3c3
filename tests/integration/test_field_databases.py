"""Databases as they are elsewhere: in other encodings and schemas, empty, of older versions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest

from api.app import create_app
from api.parts import KEY
from deploy.local.options import LocalOptions
from deploy.local.stack import LocalInfo, LocalStack
from shared.db import accounts, migrate, roles
from shared.db.engine import Database
from shared.db.roles import Side
from shared.settings import Settings
from tests.support.contract import BASE, GENERATE, PLAIN
from tests.support.waiting import PATIENCE

OWNER = "valuemill"


@dataclass(frozen=True)
class Server:
    """A server of our own, in which databases can be made."""

    info: LocalInfo
    admin: str

    def make(self, name: str, *, encoding: str = "UTF8") -> None:
        with psycopg.connect(
            self.info.database_url, user="postgres", password=self.admin, autocommit=True
        ) as connection:
            options = f"TEMPLATE template0 ENCODING '{encoding}'"
            if encoding != "UTF8":
                options += " LOCALE 'C'"
                if connection.info.server_version >= 150_000:
                    options += " LOCALE_PROVIDER libc"
            connection.execute(f"CREATE DATABASE {name} OWNER {OWNER} {options}")

    def url(self, name: str, *, side: Side | None = None, query: str = "") -> str:
        urls = {
            None: self.info.database_url,
            Side.API: self.info.api_database_url,
            Side.WORKER: self.info.worker_database_url,
        }
        return f"{urls[side].rpartition('/')[0]}/{name}{query}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    var = tmp_path_factory.mktemp("server")
    options = LocalOptions(
        var=var, workers=0, ollama_hosts="http://127.0.0.1:9", api=False, flower=False,
        durable=False,
    )  # fmt: skip
    with LocalStack(options) as stack:
        secrets = json.loads((var / "secrets.json").read_text())
        yield Server(info=stack.info, admin=secrets["database_admin_password"])


@dataclass(frozen=True)
class Commands:
    """The commands of this version, with the settings of a deployment."""

    project: Path
    broker_url: str

    def run(self, *words: str, database_url: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *words],
            cwd=self.project,
            env={
                "PATH": os.environ["PATH"],
                "VALUEMILL_DATABASE_URL": database_url,
                "VALUEMILL_BROKER_URL": self.broker_url,
                "VALUEMILL_SECRET_KEY": "a secret for tests only",
                "VALUEMILL_OLLAMA_HOSTS": "http://127.0.0.1:9",
                **more,
            },
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def told(self, *words: str, database_url: str, **more: str) -> list[str]:
        """The lines of a command that refuses to do its work, without what is said in passing."""
        outcome = self.run(*words, database_url=database_url, **more)
        assert outcome.returncode in (1, 4), outcome
        text = outcome.stdout + outcome.stderr
        assert "Traceback" not in text, text
        return [line for line in text.splitlines() if _says_what_is_wrong(line)]


def _says_what_is_wrong(line: str) -> bool:
    # Nobody makes values here, which the doctor sees too.
    return line.startswith(("valuemill: ", "problem ", "[", "20")) and not any(
        passing in line
        for passing in (
            "gateway:",
            "workers:",
            "[INFO]",
            "[info",
            "Worker (pid:",
            "Master",
            "Reason",
        )
    )


@pytest.fixture
def commands(server: Server, project: Path) -> Commands:
    return Commands(project, server.info.broker_url)


MIGRATE = ("deploy.cli", "migrate")
DOCTOR = ("deploy.cli", "doctor")
WORKER = ("deploy.cli", "worker", "--name", "stranger")
API = (
    *("gunicorn", "--bind", "127.0.0.1:0", "--worker-class", "api.http.serving.Worker"),
    *("--no-control-socket", "api.app:create_app()"),
)
PARTS: dict[str, Sequence[str]] = {
    "migrate": MIGRATE, "doctor": DOCTOR, "worker": WORKER, "API": API,
    "keys": ("deploy.cli", "keys", "list"),
}  # fmt: skip


@pytest.fixture(scope="module", params=["SQL_ASCII", "LATIN1"])
def other(server: Server, request: pytest.FixtureRequest) -> str:
    """The name of a database in another encoding, which is that encoding's."""
    name = request.param.casefold()
    server.make(name, encoding=request.param)
    return str(name)


@pytest.mark.field
@pytest.mark.parametrize("part", PARTS)
def test_field_d4_another_encoding_is_refused_in_a_line_that_says_what_to_do(
    server: Server, commands: Commands, other: str, part: str
) -> None:
    (line,) = commands.told(*PARTS[part], database_url=server.url(other))
    assert f"the database '{other}' is in {other.upper()}, and must be in UTF8" in line
    assert "CREATE DATABASE name TEMPLATE template0 ENCODING 'UTF8'" in line


def test_field_d4_an_api_that_meets_another_encoding_later_answers_503(
    server: Server, settings: Settings, other: str
) -> None:
    app = create_app(replace(settings, database_url=server.url(other)))
    http = app.test_client()
    assert http.get("/healthz").status_code == 200
    ready = http.get("/readyz")
    assert (ready.status_code, ready.json["database"]["status"]) == (503, "unfit")
    assert http.get(f"{BASE}/jobs", headers={"Authorization": "apk 1.x"}).status_code == 503
    app.extensions[KEY].close()


def test_field_d6_a_client_encoding_that_is_set_elsewhere_is_not_ours(server: Server) -> None:
    url = server.url("valuemill", query="?client_encoding=LATIN1")
    with Database(url, pool_size=1) as found, found.transaction() as connection:
        assert connection.exec_driver_sql("SELECT 'Łódź 中'").scalar() == "Łódź 中"


MILL = "?options=-csearch_path=mill"


@pytest.fixture(scope="module")
def elsewhere(server: Server) -> str:
    """A database with Valuemill's tables in a schema of their own."""
    server.make("elsewhere")
    url = server.url("elsewhere", query=MILL)
    with psycopg.connect(server.url("elsewhere")) as connection:
        connection.execute("CREATE SCHEMA mill")
    with Database(url, pool_size=1) as database:
        migrate.migrate(
            database, roles={Side.API: "valuemill_api", Side.WORKER: "valuemill_worker"}
        )
        for side in Side:
            with (
                Database(server.url("elsewhere", side=side, query=MILL), pool_size=1) as as_side,
                as_side.transaction() as connection,
            ):
                assert roles.missing(connection, side=side) == []
    return "elsewhere"


def test_field_d6_another_schema_than_public_works(
    server: Server, settings: Settings, elsewhere: str
) -> None:
    with psycopg.connect(server.url(elsewhere)) as connection:
        homes = connection.execute(
            "SELECT DISTINCT schemaname FROM pg_tables WHERE tableowner = %s", [OWNER]
        ).fetchall()
    assert homes == [("mill",)]
    with (
        Database(server.url(elsewhere, query=MILL), pool_size=1) as database,
        database.transaction() as connection,
    ):
        key = accounts.create_key(connection, account="ours", name="tests")
    url = server.url(elsewhere, side=Side.API, query=MILL)
    app = create_app(replace(settings, database_url=url))
    http = app.test_client()
    assert http.get("/readyz").json["database"] == {"status": "ok"}
    answer = http.post(GENERATE, json=PLAIN, headers={"Authorization": f"apk {key}"})
    assert answer.status_code < 300, answer.text
    app.extensions[KEY].close()


@pytest.mark.field
@pytest.mark.parametrize("side", [None, Side.API])
def test_field_d6_tables_in_another_schema_are_found_by_the_doctor_and_a_worker(
    server: Server, commands: Commands, elsewhere: str, side: Side | None
) -> None:
    url = server.url(elsewhere, side=side)
    for part in (DOCTOR, WORKER):
        (line,) = commands.told(*part, database_url=url)
        assert "the tables are in the schema mill" in line
        assert "add ?options=-csearch_path=mill to VALUEMILL_DATABASE_URL" in line
    outcome = commands.run(*DOCTOR, database_url=f"{url}{MILL}")
    assert "schema: at revision" in outcome.stdout, outcome
    assert "rights: the role valuemill_api has what the api needs" in outcome.stdout or side is None


@pytest.mark.field
def test_field_d6_a_schema_that_there_is_not_is_told_in_a_line(
    server: Server, commands: Commands
) -> None:
    url = server.url("valuemill", query="?options=-c%20search_path%3Dnowhere")
    (line,) = commands.told(*MIGRATE, database_url=url)
    assert "the search_path (nowhere) names no schema that there is" in line
    for part in (DOCTOR, WORKER):
        (line,) = commands.told(*part, database_url=f"{url},nowhere_else")
        assert "add ?options=-csearch_path=public" in line


@pytest.fixture(scope="module", params=["", "0006"])
def outdated(server: Server, request: pytest.FixtureRequest) -> str:
    """A database without a schema, and one of an older version."""
    name = f"at_{request.param or 'nothing'}"
    server.make(name)
    if request.param:
        with Database(server.url(name), pool_size=1) as database:
            migrate.migrate(database, revision=request.param)
    return name


def test_an_api_over_a_missing_schema_answers_503(
    server: Server, settings: Settings, outdated: str
) -> None:
    app = create_app(replace(settings, database_url=server.url(outdated)))
    http = app.test_client()
    if outdated != "at_nothing":
        with (
            Database(server.url(outdated), pool_size=1) as database,
            database.transaction() as connection,
        ):
            key = accounts.create_key(connection, account="ours", name="tests")
        http.environ_base["HTTP_AUTHORIZATION"] = f"apk {key}"
    else:
        http.environ_base["HTTP_AUTHORIZATION"] = "apk 1.x"
    for method, path in (
        ("GET", f"{BASE}/jobs"),
        ("GET", f"{BASE}/jobs/{'0' * 32}"),
        ("POST", GENERATE),
    ):
        answer = http.open(path, method=method, json=PLAIN if method == "POST" else None)
        assert answer.status_code == 503, (method, path)
        assert "run valuemill migrate" in answer.json["error_description"]
        assert "Retry-After" in answer.headers
    assert http.get("/readyz").status_code == 503
    app.extensions[KEY].close()


@pytest.mark.field
def test_a_part_over_a_missing_schema_says_so_in_a_line(
    server: Server, commands: Commands, outdated: str
) -> None:
    empty = outdated == "at_nothing"
    # Keys have been as they are for long.
    for part in (WORKER, DOCTOR, PARTS["keys"])[: 3 if empty else 2]:
        (line,) = commands.told(*part, database_url=server.url(outdated))
        assert "run `valuemill migrate`" in line
        assert ("empty" in line) == empty


WRONG = {
    "VALUEMILL_BROKER_URL": "redis://:hunter/2@h",
    "VALUEMILL_SECRET_KEY": "",
    "VALUEMILL_LEASE_SECONDS": "soon",
}


@pytest.mark.field
@pytest.mark.parametrize("part", ["worker", "API", "doctor"])
def test_field_d6_every_wrong_setting_is_a_line_of_every_part(
    commands: Commands, part: str
) -> None:
    url = "postgresql://me:hunter@2@h/db"
    told = commands.told(*PARTS[part], database_url=url, **WRONG)
    assert len(told) == 4
    for name, line in zip(["VALUEMILL_DATABASE_URL", *WRONG], told, strict=True):
        assert name in line
        assert "hunter" not in line


@pytest.mark.field
def test_field_d6_what_migrate_needs_is_told_by_migrate(commands: Commands) -> None:
    for url in ("postgresql://me:hunter@2@h/db", "", "mysql://me:hunter2@h/db"):
        (line,) = commands.told(*MIGRATE, database_url=url)
        assert line.startswith("valuemill: VALUEMILL_DATABASE_URL")
        assert "hunter" not in line


@pytest.mark.field
def test_a_database_that_is_away_is_told_by_migrate_in_a_line(commands: Commands) -> None:
    (line,) = commands.told(*MIGRATE, database_url="postgresql://me:hunter2@127.0.0.1:9/db")
    assert "refused" in line
    assert "hunter2" not in line


@pytest.mark.field
def test_base_wants_the_name_of_a_database_with_data(server: Server, commands: Commands) -> None:
    server.make("in_use")
    url = server.url("in_use")
    assert commands.run(*MIGRATE, database_url=url).returncode == 0
    down = (*MIGRATE, "--to", "base")
    # Where there is nothing to lose, nothing is asked.
    assert commands.run(*down, database_url=url).returncode == 0
    assert commands.run(*MIGRATE, database_url=url).returncode == 0
    with Database(url, pool_size=1) as database:
        with database.transaction() as connection:
            accounts.create_key(connection, account="ours", name="tests")
        for words in (down, (*down, "--yes", "valuemill")):
            (line,) = commands.told(*words, database_url=url)
            assert "the database 'in_use' holds accounts, api_keys" in line
            assert "--yes in_use" in line
            assert migrate.is_current(database)
        assert commands.run(*down, "--yes", "in_use", database_url=url).returncode == 0
        assert not migrate.revisions(database)
