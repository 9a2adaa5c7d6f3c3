"""The roles of API and workers: what they need suffices, and what they do not need is refused.

That it suffices for everything is shown by every test of the whole stack, which runs with these
roles; here each function of ``shared.db`` is called as the side that it is for.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from deploy.cli import cli
from deploy.local.postgres import API_ROLE, OWNER, WORKER_ROLE
from deploy.local.stack import LocalInfo
from shared.db import accounts, migrate, roles, sessions, users
from shared.db.engine import Database
from shared.db.listing import Wanted
from shared.db.roles import Side
from shared.errors import ConfigurationError, NotFound, ValuemillError
from shared.generation import claims, operations, removal, values, yields
from shared.generation.product import BATCHES
from shared.generation.reports import Ended, Report
from shared.generation.requests import GenerateRequest
from shared.generation.settle import settle
from shared.generation.yields import Yield
from shared.models import gateways
from shared.queue import idempotency, jobs, leases, sweep, tags
from shared.queue.job import JobState
from shared.queue.service import Jobs
from shared.settings import GatewaySettings
from tests.support.products import PRODUCTS

ROLES = {Side.API: API_ROLE, Side.WORKER: WORKER_ROLE}
URL = "http://127.0.0.1:1"
INSUFFICIENT_PRIVILEGE = "42501"


@pytest.fixture
def sides(backing: LocalInfo, database: Database) -> Iterator[Mapping[Side, Database]]:
    """The database as each side sees it."""
    # Other tests make the tables anew.
    migrate.grant(database, roles=ROLES)
    with (
        Database(backing.api_database_url, pool_size=1) as api,
        Database(backing.worker_database_url, pool_size=1) as worker,
    ):
        yield {Side.API: api, Side.WORKER: worker}


def request(count: int = 3) -> GenerateRequest:
    return GenerateRequest(
        name="n", data_type="t", multiline_values=False, requested_count=count, retention_time=0
    )


def make_account(database: Database) -> accounts.Account:
    with database.transaction() as connection:
        key = accounts.create_key(connection, account="tester", name="")
        return accounts.authenticate(connection, key=key)


def test_each_side_can_do_its_part(database: Database, sides: Mapping[Side, Database]) -> None:
    api, worker = sides[Side.API], sides[Side.WORKER]
    with database.transaction() as connection:
        key = accounts.create_key(connection, account="tester", name="")
    submitted = _use_as_client(api, key)
    _work(worker)
    account = make_account(database).id
    with api.transaction() as connection:
        job = jobs.get(connection, job_id=submitted, account_id=account)
        assert job.status == JobState.COMPLETED
        # Its retention time is zero: the workers remove it.
        number = connection.scalar(
            text("SELECT number FROM operations WHERE id = :id"), {"id": job.target_id}
        )
        page = values.page(connection, operation_number=number or 0, limit=10)
    assert page.values == ["a", "b", "c"]
    with api.reading() as connection:
        assert list(values.stream(connection, operation_number=number or 0)) == [["a", "b", "c"]]
    assert removal.expire(worker) >= 1
    assert removal.remove_deleted(worker) >= 1


def test_each_side_can_do_its_part_of_sessions(
    database: Database, sides: Mapping[Side, Database]
) -> None:
    api, worker = sides[Side.API], sides[Side.WORKER]
    with database.transaction() as connection:
        users.create(connection, account="tester", email="a@b.c", password_hash="old")
    found = api.read(lambda connection: users.find(connection, email="a@b.c"))
    assert found is not None
    first, second = (
        api.run(
            lambda connection, old=old, new=new: sessions.begin(
                connection, user_id=found[0].id, hashed=old, renewed=new
            )
        )
        for old, new in (("old", "new"), ("new", None))
    )
    with database.transaction() as connection:
        connection.execute(text("UPDATE sessions SET seen_at = now() - interval '70 seconds'"))
    for cookie in (first, second):
        seen = api.read(
            lambda connection, cookie=cookie: sessions.find(
                connection, cookie=str(cookie), idle_seconds=100
            )
        )
        assert seen is not None
    api.run(lambda connection: sessions.end(connection, cookie=str(first)))
    with database.transaction() as connection:
        connection.execute(text("UPDATE sessions SET seen_at = now() - interval '8 days'"))
    sweep.remove(worker, [])
    with database.transaction() as connection:
        assert connection.scalar(text("SELECT count(*) FROM sessions")) == 0


def _use_as_client(api: Database, key: str) -> uuid.UUID:
    """All that the API asks of the database; returns a job that waits to be worked on."""
    assert migrate.is_current(api)
    with api.transaction() as connection:
        account = accounts.authenticate(connection, key=key).id
        body = bytes(32)
        found = idempotency.find(connection, account_id=account, key="k", body_sha256=body)
        assert found is None
        kept, dropped, deleted = (
            operations.submit(connection, request(), account_id=account, trace_id="t")
            for _ in range(3)
        )
        idempotency.remember(connection, account_id=account, key="k", body_sha256=body, job_id=kept)
        tags.create(connection, job_id=kept, account_id=account, tags=[("a", "1"), ("b", "2")])
        tags.remove(connection, job_id=kept, account_id=account, key="a")
        assert tags.read(connection, job_id=kept, account_id=account) == [("b", "2")]
        operation = jobs.get(connection, job_id=deleted, account_id=account).target_id
        operations.delete(connection, operation_id=operation, account_id=account)
    Jobs(database=api, products=PRODUCTS).abandon(dropped, account_id=account)
    with api.transaction() as connection:
        wanted = Wanted(sort="name", limit=10)
        assert len(operations.search(connection, account_id=account, wanted=wanted).rows) == 1
        gateways.read_live(connection)
        gateways.total_slots(connection)
    return kept


def _work(worker: Database) -> None:
    """All that a worker asks of the database."""
    with worker.transaction() as connection:
        gateways.register(connection, [GatewaySettings(url=URL, max_concurrent_tasks=2)])
        gateways.report(connection, url=URL, status="UP", models=["m", "n"])
        gateways.forget_model(connection, url=URL, model="n")
    assert sweep.wanted_wakeups(worker, PRODUCTS) >= 1
    for attempt in range(2):
        with worker.transaction() as connection:
            [claim] = claims.claim(
                connection,
                worker="w",
                gateways=[URL],
                lease_seconds=10,
                plan=lambda _: SimpleNamespace(asked=3, focus=None),
            )
            assert claim is not None
        with worker.transaction() as connection:
            assert leases.heartbeat(connection, BATCHES, ids=[claim.batch_id], lease_seconds=10)
        if attempt == 0:
            assert leases.return_all_of(worker, PRODUCTS, worker="w") == 1
    with worker.transaction() as connection:
        report = Report(batch_id=claim.batch_id, values=["a", "b", "b", "c"], ended=Ended(said=4))
        settled = settle(connection, {claim.operation_number: [report]})
    assert settled[claim.operation_number].status == "COMPLETED"
    leases.return_expired(worker, PRODUCTS)
    _learn(worker)
    worker.run(idempotency.forget_old)


def _learn(worker: Database) -> None:
    shown = Yield(model="m", kind="t", arm="plain", said=4.0, fit=3.0, tokens=12.0)
    for _ in range(2):
        with worker.transaction() as connection:
            yields.add(connection, [shown], memory=100.0)
            assert yields.read(connection, [("m", "t")])
            assert yields.news(connection, after=None, limit=1).yields
    yields.remove_unused(worker)


FORBIDDEN = [
    (Side.API, "DELETE FROM operation_values"),
    (Side.API, "UPDATE operation_values SET value = 'mine'"),
    (Side.API, "INSERT INTO operation_values VALUES (1, 1, 0, NULL, 'mine')"),
    (Side.API, "DELETE FROM operations"),
    (Side.API, "INSERT INTO users (account_id, email, password_hash) VALUES (1, 'a', 'x')"),
    (Side.API, "UPDATE users SET account_id = 1"),
    (Side.API, "UPDATE users SET disabled_at = NULL"),
    (Side.API, "UPDATE sessions SET user_id = 1"),
    (Side.WORKER, "SELECT FROM users"),
    (Side.WORKER, "INSERT INTO sessions (digest, user_id) VALUES ('', 1)"),
    (Side.WORKER, "UPDATE sessions SET seen_at = now()"),
    (Side.API, "UPDATE operations SET generated_count = 0"),
    (Side.API, "UPDATE operations SET account_id = 1"),
    (Side.API, "INSERT INTO batches DEFAULT VALUES"),
    (Side.API, "DELETE FROM batches"),
    (Side.API, "UPDATE batches SET lease_until = now()"),
    (Side.API, "UPDATE cells SET quota = 0"),
    (Side.API, "UPDATE gateways SET url = 'http://elsewhere'"),
    (Side.API, "INSERT INTO gateways (url, max_concurrent_tasks) VALUES ('x', 1)"),
    (Side.API, "INSERT INTO accounts (name) VALUES ('x')"),
    (Side.API, "INSERT INTO api_keys (account_id, name) VALUES (1, 'x')"),
    (Side.API, "UPDATE api_keys SET revoked_at = NULL"),
    (Side.API, "UPDATE jobs SET account_id = 1"),
    (Side.API, "DELETE FROM jobs"),
    (Side.API, "UPDATE alembic_version SET version_num = 'x'"),
    (Side.API, "TRUNCATE operations CASCADE"),
    (Side.API, "SELECT FROM yields"),
    (Side.API, "DROP TABLE job_tags"),
    (Side.API, "ALTER TABLE operations DISABLE TRIGGER ALL"),
    (Side.API, "CREATE TABLE mine (x int)"),
    (Side.WORKER, "SELECT FROM api_keys"),
    (Side.WORKER, "UPDATE api_keys SET revoked_at = NULL"),
    (Side.WORKER, "SELECT FROM accounts"),
    (Side.WORKER, "INSERT INTO accounts (name) VALUES ('x')"),
    (Side.WORKER, "SELECT FROM job_tags"),
    (Side.WORKER, "SELECT key FROM job_tags"),
    (Side.WORKER, "INSERT INTO operations DEFAULT VALUES"),
    (Side.WORKER, "UPDATE operations SET account_id = 1"),
    (Side.WORKER, "UPDATE operations SET requested_count = 1"),
    (Side.WORKER, "UPDATE operation_values SET value = 'mine'"),
    (Side.WORKER, "INSERT INTO jobs (id, account_id) VALUES (gen_random_uuid(), 1)"),
    (Side.WORKER, "UPDATE jobs SET account_id = 1"),
    (Side.WORKER, "DELETE FROM jobs"),
    (Side.WORKER, "INSERT INTO idempotency_keys (key) VALUES ('x')"),
    (Side.WORKER, "UPDATE batches SET worker = 'mine'"),
    (Side.WORKER, "UPDATE gateways SET url = 'http://elsewhere'"),
    (Side.WORKER, "UPDATE alembic_version SET version_num = 'x'"),
    (Side.WORKER, "TRUNCATE operations CASCADE"),
    (Side.WORKER, "UPDATE yields SET kind = 'mine'"),
    (Side.WORKER, "DROP TABLE job_tags"),
    (Side.WORKER, "CREATE TABLE mine (x int)"),
]


def test_what_a_side_does_not_need_is_refused(sides: Mapping[Side, Database]) -> None:
    answers = {(side, statement): sqlstate(sides[side], statement) for side, statement in FORBIDDEN}
    assert answers == dict.fromkeys(FORBIDDEN, INSUFFICIENT_PRIVILEGE)


def sqlstate(database: Database, statement: str) -> str | None:
    """How the database objects to a statement; None when it does not."""
    try:
        with database.transaction() as connection:
            connection.execute(text(statement))
    except DBAPIError as error:
        return str(getattr(error.orig, "sqlstate", None))
    return None


def test_what_was_given_by_hand_is_taken_again(
    database: Database, sides: Mapping[Side, Database]
) -> None:
    with database.transaction() as connection:
        connection.execute(text(f"GRANT SELECT, DELETE ON api_keys TO {WORKER_ROLE}"))
        connection.execute(text(f"GRANT UPDATE (requested_count) ON operations TO {WORKER_ROLE}"))
    migrate.grant(database, roles={Side.WORKER: WORKER_ROLE})
    with sides[Side.WORKER].transaction() as connection:
        assert roles.missing(connection, side=Side.WORKER) == []
        for table, rights in roles.RIGHTS[Side.WORKER].items():
            columns = connection.execute(
                text(
                    """
                    SELECT attname FROM pg_attribute
                    WHERE attrelid = to_regclass(:table) AND attnum > 0 AND NOT attisdropped
                        AND has_column_privilege(attrelid, attname, 'UPDATE')
                    """
                ),
                {"table": table},
            )
            assert set(columns.scalars()) == rights.update, table
        assert "SELECT on api_keys" in roles.missing(connection, side=Side.API)
    with sides[Side.API].transaction() as connection:
        assert roles.missing(connection, side=Side.API) == []


def test_the_printed_statements_do_the_same(
    database: Database, sides: Mapping[Side, Database]
) -> None:
    with database.transaction() as connection:
        connection.execute(text(f"REVOKE ALL ON operations, cells FROM {API_ROLE}"))
    arguments = ["roles", "--api", API_ROLE, "--worker", WORKER_ROLE, "--sql"]
    printed = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    with database.engine.connect() as connection:
        connection.exec_driver_sql(printed.stdout)
    for side, as_side in sides.items():
        with as_side.transaction() as connection:
            assert roles.missing(connection, side=side) == []


@pytest.mark.parametrize(
    ("named", "error", "words"),
    [
        ({Side.API: "nobody at all"}, NotFound, "CREATE ROLE"),
        ({Side.API: API_ROLE, Side.WORKER: API_ROLE}, ConfigurationError, "a role each"),
        ({Side.WORKER: OWNER}, ConfigurationError, "owns the tables"),
        ({Side.WORKER: "postgres"}, ConfigurationError, "may do everything"),
    ],
)
def test_roles_that_will_not_do(
    database: Database, named: Mapping[Side, str], error: type[ValuemillError], words: str
) -> None:
    with pytest.raises(error, match=words):
        migrate.grant(database, roles=named)


def test_migrating_gives_roles_what_they_need(
    backing: LocalInfo, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate.migrate(database, revision="base")
    monkeypatch.setenv("VALUEMILL_DATABASE_URL", backing.database_url)
    monkeypatch.setenv("VALUEMILL_API_ROLE", API_ROLE)
    arguments = ["migrate", "--worker", WORKER_ROLE]
    CliRunner().invoke(cli, arguments, catch_exceptions=False)
    for side, url in {
        Side.API: backing.api_database_url,
        Side.WORKER: backing.worker_database_url,
    }.items():
        with Database(url, pool_size=1) as as_side, as_side.transaction() as connection:
            assert roles.missing(connection, side=side) == []
