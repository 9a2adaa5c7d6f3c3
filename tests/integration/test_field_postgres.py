"""PostgreSQL in its everyday states: a standby that is promoted, roles that may not write."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from api.app import create_app
from api.parts import KEY
from deploy.local.secrets import Secrets
from shared.db import accounts
from shared.db.engine import Database
from shared.db.migrate import migrate
from shared.db.troubles import ReadOnly
from shared.errors import ConfigurationError, Unavailable
from shared.settings import Settings
from tests.integration.test_gateways import ModelServer
from tests.integration.test_lease_machine import BOOKS
from tests.support.contract import GENERATE, PLAIN, Client
from tests.support.failover import Moving, Postgres, free_port, start_worker, with_gateway
from tests.support.stack import NEVER_TWICE
from tests.support.waiting import wait_until


class ReadOnlyRole:
    """Makes the sessions of the tests' role read only, those that are opened from now on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def turn(self, setting: str) -> None:
        with self._database.transaction() as connection:
            connection.execute(text("SET LOCAL transaction_read_only = off"))
            role = connection.scalar(text("SELECT current_user"))
            connection.execute(text(f"ALTER ROLE {role} {setting}"))

    def __enter__(self) -> ReadOnlyRole:
        self.turn("SET default_transaction_read_only = on")
        return self

    def __exit__(self, *_: object) -> None:
        self.turn("RESET default_transaction_read_only")


@pytest.fixture
def role(database: Database) -> ReadOnlyRole:
    """To be turned by a connection that was opened before."""
    database.warm_up(2)
    return ReadOnlyRole(database)


def write(connection: Connection) -> None:
    connection.execute(text("INSERT INTO accounts (name) VALUES (gen_random_uuid()::text)"))


def lock(connection: Connection) -> None:
    connection.execute(text("SELECT FROM accounts FOR NO KEY UPDATE"))


@pytest.mark.parametrize("work", [write, lock])
def test_field_d1_connections_that_take_no_writes_are_replaced(
    database_url: str, role: ReadOnlyRole, work: Callable[[Connection], None]
) -> None:
    with Database(database_url, pool_size=3) as pool:
        with role:
            pool.warm_up(3)
            with pytest.raises(ReadOnly):
                pool.run(work)
            with pytest.raises(ReadOnly), pool.transaction() as connection:
                work(connection)
        # Others' too, and those that are kept for reads.
        assert pool.read(lambda connection: connection.scalar(text("SELECT 1"))) == 1
        with ExitStack() as opened:
            for connection in [opened.enter_context(pool.transaction()) for _ in range(3)]:
                write(connection)
        pool.run(work)


def test_field_d1_a_write_that_meets_a_standby_is_run_again_elsewhere(
    database_url: str, role: ReadOnlyRole
) -> None:
    """Nobody is told of it where another connection takes the write."""
    with Database(database_url, pool_size=3) as pool:
        with role:
            pool.warm_up(3)
        pool.run(write)


def test_field_d1_readiness_sees_that_nothing_can_be_written(
    settings: Settings, role: ReadOnlyRole
) -> None:
    app = create_app(settings)
    http = app.test_client()
    try:
        with role:
            for _ in range(2):
                answer = http.get("/readyz")
                assert answer.status_code == 503
                assert answer.json["status"] == "unavailable"
                assert answer.json["database"]["status"] == "read_only"
                assert "no writes" in answer.json["database"]["reason"]
        assert http.get("/readyz").status_code == 200
    finally:
        app.extensions[KEY].close()


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Postgres, Postgres]]:
    """A primary with the schema, and a hot standby that has every commit."""
    folder = tmp_path_factory.mktemp("pair")
    secrets = Secrets()
    primary = Postgres(folder / "one", secrets=secrets).start()
    with Database(primary.url(), pool_size=1) as database:
        migrate(database)
    standby = Postgres(folder / "two", secrets=secrets, primary=primary).start()
    primary.follow(standby)
    yield primary, standby
    for server in (primary, standby):
        server.kill()


def both(pair: tuple[Postgres, Postgres], *, first: int) -> str:
    """The address of both servers, one of them before the other."""
    one, two = pair[first], pair[1 - first]
    return one.url().replace(f":{one.port}/", f":{one.port},127.0.0.1:{two.port}/")


@pytest.mark.field
@pytest.mark.parametrize("first", [0, 1])
def test_field_d1_of_several_hosts_the_one_that_takes_writes_is_used(
    pair: tuple[Postgres, Postgres], first: int
) -> None:
    with Database(both(pair, first=first), pool_size=1) as database:
        database.check_writable()
        database.run(write)


@pytest.mark.field
def test_field_d1_an_address_that_is_moved_is_followed(pair: tuple[Postgres, Postgres]) -> None:
    """Connections stay with the server that they were opened to, which takes no writes."""
    primary, standby = pair
    moving = Moving(standby.port)
    address = primary.url().replace(f":{primary.port}/", f":{moving.port}/")
    with Database(address, pool_size=3) as database:
        database.warm_up(3)
        with pytest.raises(ReadOnly):
            database.run(write)
        moving.move(primary.port)
        database.warm_up(3)
        database.run(write)
    moving.close()


@pytest.mark.field
def test_field_d1_an_address_may_ask_for_a_standby(pair: tuple[Postgres, Postgres]) -> None:
    address = f"{both(pair, first=0)}?target_session_attrs=standby"
    with Database(address, pool_size=1) as database:
        assert database.read(lambda c: c.scalar(text("SELECT pg_is_in_recovery()")))
        with pytest.raises(ReadOnly):
            database.check_writable()


def wait_for_end(client: Client, job: dict[str, Any]) -> dict[str, Any]:
    """The job, once it has ended."""
    wait_until(lambda: client.job(job)["status"] not in ("PENDING", "STARTED"))
    return client.job(job)


@pytest.mark.field
def test_field_d1_the_service_works_on_after_a_failover(
    pair: tuple[Postgres, Postgres],
    settings: Settings,
    project: Path,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """The primary dies in the midst of work, and its standby takes over; nothing is restarted."""
    primary, standby = pair
    model = ModelServer("faker")
    model.turn(tokens_per_second=200)
    ours = replace(with_gateway(settings, model.url), database_url=both(pair, first=0))
    app = create_app(ours)
    with Database(primary.url(), pool_size=1) as database, database.transaction() as connection:
        key = accounts.create_key(connection, account="ours", name="tests")
    client = Client(app.test_client(), key=key)
    worker = start_worker(ours, project=project, log=tmp_path / "worker.log")
    try:
        job = client.submit(requested_count=400, data_type=NEVER_TWICE)
        wait_until(lambda: client.operation(job)["generated_count"] > 20)
        primary.kill()
        assert client.http.get("/readyz").status_code == 503
        ready = standby.promote()

        after: list[dict[str, str]] = []

        def submit() -> bool:
            body = PLAIN | {"data_type": NEVER_TWICE, "requested_count": 5}
            answer = client.post(GENERATE, json=body)
            if answer.status_code == 200:
                after.append(answer.json["job"])
            assert answer.status_code in (200, 503), answer.text
            return bool(after)

        wait_until(submit)
        figures = {"seconds from promotion to the first write": time.monotonic() - ready}
        kept = client.operation(job)["generated_count"]
        wait_until(lambda: client.operation(job)["generated_count"] > kept)
        figures["seconds from promotion to the next value"] = time.monotonic() - ready
        for name, value in figures.items():
            record_property(name, value)
            print(f"{name}: {value:.2f}")
        assert client.http.get("/readyz").status_code == 200
        for each in (job, *after):
            assert wait_for_end(client, each)["status"] == "COMPLETED"
        assert len(set(client.values(job, limit=1000)["items"])) == 400
        with Database(standby.url(), pool_size=1) as database:
            assert database.read(lambda c: c.execute(text(BOOKS)).all()) == []
        assert worker.is_alive
    finally:
        worker.end()
        model.kill()
        app.extensions[KEY].close()


def test_field_d1_options_of_an_address_are_heeded_beside_ours(database_url: str) -> None:
    asked = text("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
    address = f"{database_url}?options=-clock_timeout%3D3s&application_name=mine"
    with Database(address, application="ours") as database:
        assert database.read(lambda c: tuple(c.execute(asked).one())) == ("3s", "30s")
        name = text("SELECT current_setting('application_name')")
        assert database.read(lambda c: c.scalar(name)) == "ours"
        assert not database.is_pooled


@pytest.mark.parametrize(
    "address",
    [
        "mysql://someone:hunter2@db/valuemill",
        "db.example.com",
        "postgresql://someone:hunter2@db:port/valuemill?nonsense",
        "",
    ],
)
def test_field_d1_what_is_no_address_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        Database(address)
    assert "hunter2" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_field_d1_a_database_of_which_no_host_answers_is_away() -> None:
    address = f"postgresql://x@127.0.0.1:{free_port()},127.0.0.1:{free_port()}/valuemill"
    with Database(address) as database, pytest.raises(Unavailable):
        database.ping()
