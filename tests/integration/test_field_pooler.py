"""PgBouncer in transaction mode between the service and PostgreSQL: Debian's own."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from api.app import create_app
from api.parts import KEY
from deploy.doctor.database import check
from deploy.doctor.findings import Level
from deploy.local.postgres import OWNER
from deploy.local.secrets import Secrets
from shared.db import accounts
from shared.db.engine import Database
from shared.db.lookup import Lookup
from shared.db.migrate import grant, migrate
from shared.errors import ConfigurationError, Unavailable
from shared.models import pulls
from shared.settings import Settings
from tests.integration.test_gateways import ModelServer
from tests.integration.test_lease_machine import BOOKS
from tests.support.contract import Client
from tests.support.failover import (
    PgBouncer,
    Postgres,
    start_worker,
    unpack_from_debian,
    with_gateway,
)
from tests.support.stack import NEVER_TWICE
from tests.support.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.field

#: How operators have it: as it is delivered, and told to overlook what it does not know.
DELIVERED = {}
LENIENT = {"ignore_startup_parameters": "extra_float_digits,options"}

LOOKUP = Lookup(text("SELECT count(*) AS keys FROM api_keys WHERE id = :id"))


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """PgBouncer; None: the one that is installed."""
    if shutil.which("pgbouncer"):
        return None
    folder = tmp_path_factory.mktemp("debian")
    if not unpack_from_debian(folder, "pgbouncer", "libc-ares2", "libevent-2.1-7"):
        pytest.skip("there is no PgBouncer here, and no Debian to have it from")
    return folder / "usr" / "sbin" / "pgbouncer"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    server = Postgres(tmp_path_factory.mktemp("pooled") / "data", secrets=Secrets()).start()
    with Database(server.url(), pool_size=1) as database:
        migrate(database)
    yield server
    server.kill()


@pytest.fixture(scope="module", params=[DELIVERED, LENIENT], ids=["delivered", "lenient"])
def pooler(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    server: Postgres,
    program: Path | None,
) -> Iterator[PgBouncer]:
    folder = tmp_path_factory.mktemp("pgbouncer")
    pooler = PgBouncer(folder, server=server, role=OWNER, program=program, **request.param)
    yield pooler
    pooler.stop()


def test_field_d5_the_service_works_through_pgbouncer(
    pooler: PgBouncer, server: Postgres, settings: Settings, project: Path, tmp_path: Path
) -> None:
    """Two workers, and more threads than PgBouncer has connections."""
    model = ModelServer("faker")
    ours = replace(with_gateway(settings, model.url), database_url=pooler.url)
    app = create_app(ours)
    with Database(pooler.url, pool_size=1) as database, database.transaction() as connection:
        key = accounts.create_key(connection, account="ours", name="tests")
    client = Client(app.test_client(), key=key)
    with ExitStack() as end:
        end.callback(model.kill)
        end.callback(app.extensions[KEY].close)
        logs = [tmp_path / f"worker-{number}.log" for number in (1, 2)]
        for log in logs:
            worker = start_worker(ours, project=project, log=log, name=log.stem)
            end.callback(worker.end)
        jobs = [client.submit(requested_count=150, data_type=NEVER_TWICE) for _ in range(6)]
        # Polls, so that lookups are made on all connections in turn.
        wait_until(
            lambda: {client.job(job)["status"] for job in jobs} == {"COMPLETED"},
            what=lambda: str([client.job(job) for job in jobs]),
        )
        for job in jobs:
            values = client.values(job, limit=1000)["items"]
            assert len(set(values)) == 150
            assert json.loads(client.download(job, "JSON").text) == values
        readiness = client.http.get("/readyz")
        assert (readiness.status_code, readiness.json["database"]) == (200, {"status": "ok"})
        with Database(server.url(), pool_size=1) as database:
            assert database.read(lambda c: c.execute(text(BOOKS)).all()) == []
        for log in logs:
            assert "prepared statement" not in log.read_text()
            assert "Traceback" not in log.read_text()


def test_field_d5_nothing_is_kept_in_a_session(pooler: PgBouncer, server: Postgres) -> None:
    with Database(pooler.url, pool_size=8) as pool:
        together = threading.Barrier(3)

        def use() -> None:
            together.wait(PATIENCE)
            for _ in range(20):
                assert pool.read(lambda connection: LOOKUP.find(connection, id=7)) is not None
                pool.run(lambda connection: connection.execute(text("SELECT 1")))

        threads = [threading.Thread(target=use) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert pool.is_pooled
        with Database(server.url(), pool_size=1) as direct:
            assert not direct.check_writable() and not direct.is_pooled  # noqa: PT018
        prepared = text("SELECT count(*) FROM pg_prepared_statements")
        kept = text("SELECT current_setting('statement_timeout')")
        assert pool.read(lambda connection: connection.scalar(prepared)) == 0
        # Yet every transaction has its limits.
        assert pool.read(lambda connection: connection.scalar(kept)) == "30s"
        assert server.ask("SELECT current_setting('statement_timeout')") == "0"


def test_field_d5_limits_and_time_zone_hold_for_each_transaction(pooler: PgBouncer) -> None:
    def sleep(connection: Connection) -> None:
        connection.execute(text("SET LOCAL statement_timeout = 50"))
        connection.execute(text("SELECT pg_sleep(60)"))

    with Database(pooler.url, pool_size=1) as pool:
        with pytest.raises(Unavailable, match="busy"):
            pool.run(sleep)
        zone = text("SELECT current_setting('timezone')")
        assert pool.read(lambda connection: connection.scalar(zone)) == "UTC"
        with pool.reading() as connection:
            assert connection.scalar(text("SELECT count(*) FROM accounts")) is not None


def test_field_d5_one_worker_alone_pulls(pooler: PgBouncer) -> None:
    with Database(pooler.url, pool_size=2) as one, Database(pooler.url, pool_size=2) as other:
        with pulls.pulling_alone(one, url="a") as first:
            assert first
            for _ in range(5):  # on whichever connection of PgBouncer's
                with pulls.pulling_alone(other, url="a") as second:
                    assert not second
        with pulls.pulling_alone(other, url="a") as again:
            assert again


def test_field_d5_the_doctor_finds_nothing_wrong(pooler: PgBouncer, settings: Settings) -> None:
    ours = replace(settings, database_url=pooler.url)
    with Database(pooler.url, pool_size=1) as database:
        found = list(check(database, ours))
    assert found
    assert [each for each in found if each.level is Level.PROBLEM] == []


def test_field_d5_migrations_are_refused_in_one_line(pooler: PgBouncer) -> None:
    with Database(pooler.url, pool_size=1) as database:
        for step in (lambda: migrate(database), lambda: grant(database, roles={})):
            with pytest.raises(ConfigurationError, match="the server's own address") as refused:
                step()
            assert "\n" not in str(refused.value)
