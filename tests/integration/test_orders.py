"""Lists that runs of another product want: workers get them, as their account would, once."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from deploy.local.postgres import API_ROLE, WORKER_ROLE
from deploy.local.stack import LocalInfo
from shared.db import accounts, migrate
from shared.db.engine import Database
from shared.db.roles import Side
from shared.errors import LimitReached, NotFound
from shared.generation import operations, orders
from shared.generation.endings import end_for_client
from shared.generation.product import ValueGeneration
from shared.generation.requests import Attribute, GenerateRequest
from shared.generation.service import Orders
from shared.queue.job import JobState
from shared.settings import Limits
from shared.synthesis.run import StepKind
from shared.synthesis.step import NewStep
from tests.support.runs import add_run

REQUEST = GenerateRequest(
    name="German first names",
    description="for a copy",
    data_type="first name",
    multiline_values=False,
    attributes=(
        Attribute(label="Language", values=("German",)),
        Attribute(label="Gender", values=("female", "male", "")),
    ),
    max_value_length=20,
    requested_count=7,
)


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A run that has begun, and whose it is."""

    account_id: int
    run_id: uuid.UUID


def account_of(database: Database, name: str = "tester") -> int:
    with database.transaction() as connection:
        key = accounts.create_key(connection, account=name, name="")
        return accounts.authenticate(connection, key=key).id


def begin(database: Database, *, account: str = "tester", priority: int = 0) -> Begun:
    account_id = account_of(database, account)
    with database.transaction() as connection:
        run_id = add_run(
            connection,
            account_id=account_id,
            steps=[NewStep(kind=StepKind.PLAN)],
            priority=priority,
        )
    return Begun(account_id=account_id, run_id=run_id)


@pytest.fixture
def worker(backing: LocalInfo, database: Database) -> Iterator[Database]:
    """The database as workers see it."""
    migrate.grant(database, roles={Side.API: API_ROLE, Side.WORKER: WORKER_ROLE})
    with Database(backing.worker_database_url, pool_size=2) as worker:
        yield worker


@pytest.fixture
def lists(worker: Database) -> Orders:
    return Orders(database=worker, product=ValueGeneration())


@pytest.fixture
def run(database: Database) -> Begun:
    return begin(database, priority=7)


def order(lists: Orders, run: Begun, request: GenerateRequest = REQUEST) -> uuid.UUID:
    return lists.order(request, run_id=run.run_id, account_id=run.account_id)


def rows(database: Database, operation_id: uuid.UUID) -> list[dict[str, Any]]:
    """All that there is of an operation, but for what is its own in any case."""
    own = {"id", "number", "operation_id", "operation_number"}
    found: list[dict[str, Any]] = []
    with database.transaction() as connection:
        for query in (
            "SELECT * FROM operations WHERE id = :id",
            "SELECT c.* FROM cells c JOIN operations o ON o.number = operation_number "
            "WHERE o.id = :id ORDER BY ordinal",
            "SELECT * FROM jobs WHERE operation_id = :id",
        ):
            for row in connection.execute(text(query), {"id": operation_id}).mappings():
                found.append(
                    {
                        name: value is None if name.endswith(("_time", "_since")) else value
                        for name, value in row.items()
                        if name not in own
                    }
                )
    return found


def test_a_list_is_written_as_its_account_would_have_submitted_it(
    database: Database, lists: Orders, run: Begun
) -> None:
    with database.transaction() as connection:
        operations.submit(
            connection,
            replace(REQUEST, priority=7),
            account_id=run.account_id,
            trace_id="trace",
        )
        submitted = connection.scalar(text("SELECT id FROM operations"))
    assert submitted is not None
    theirs = rows(database, submitted)
    with database.transaction() as connection:
        operations.delete(connection, operation_id=submitted, account_id=run.account_id)
    ordered = order(lists, run)
    assert ordered != submitted
    assert rows(database, ordered) == theirs
    assert len(theirs) == 5
    assert usage(database, run) == (1, 7)


def usage(database: Database, run: Begun) -> tuple[int, int]:
    with database.transaction() as connection:
        row = connection.execute(
            text("SELECT open_operations, held_values FROM accounts WHERE id = :id"),
            {"id": run.account_id},
        ).one()
    return row.open_operations, row.held_values


@pytest.mark.parametrize(
    "other",
    [
        {"data_type": "last name"},
        {"max_value_length": 21},
        {"requested_count": 8},
        {"attributes": REQUEST.attributes[:1]},
        {"allow_duplicates": True},
    ],
)
def test_the_same_list_is_made_once(
    database: Database, lists: Orders, run: Begun, other: dict[str, Any]
) -> None:
    first = order(lists, run)
    again = begin(database, priority=9)
    assert order(lists, again) == first
    assert order(lists, again, replace(REQUEST, name="by another name", priority=9)) == first
    assert order(lists, again, replace(REQUEST, requested_count=3)) == first
    assert order(lists, again, replace(REQUEST, **other)) != first
    assert order(lists, begin(database, account="another")) != first


@pytest.mark.parametrize(
    ("status", "job", "generated", "reachable", "found"),
    [
        ("COMPLETED", "COMPLETED", 7, None, True),
        # The model had no more of them: asked again, it would not have either.
        ("FAILED", "FAILED", 3, 3, True),
        ("FAILED", "FAILED", 3, None, False),
        ("FAILED", "FAILED", 0, 0, False),
        ("FAILED", "CANCELED", 3, 3, False),
    ],
)
def test_what_has_ended_is_taken_where_it_would_end_so_again(
    database: Database,
    lists: Orders,
    run: Begun,
    status: str,
    job: str,
    generated: int,
    reachable: int | None,
    found: bool,
) -> None:
    first = order(lists, run)
    with database.transaction() as connection:
        connection.execute(
            text(
                "UPDATE operations SET status = :status, end_time = now(), open_count = 0, "
                "generated_count = :generated, reachable = :reachable"
            ),
            {"status": status, "generated": generated, "reachable": reachable},
        )
        connection.execute(
            text("UPDATE jobs SET status = :job WHERE operation_id = :id"),
            {"job": job, "id": first},
        )
    assert (order(lists, run) == first) is found


def test_of_several_that_want_the_same_at_once_one_submits(
    database: Database, backing: LocalInfo, worker: Database, run: Begun
) -> None:
    def ask(_: int) -> uuid.UUID:
        with Database(backing.worker_database_url, pool_size=1) as one:
            return order(Orders(database=one, product=ValueGeneration()), run)

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(ask, range(8)))) == 1


@pytest.mark.parametrize("limits", [Limits(open_operations=1), Limits(values=10)])
def test_the_limits_of_the_account_hold(
    database: Database, worker: Database, run: Begun, limits: Limits
) -> None:
    lists = Orders(database=worker, product=ValueGeneration(), limits=limits)
    order(lists, run)
    with pytest.raises(LimitReached, match="cancel or delete"):
        order(lists, run, replace(REQUEST, data_type="last name"))
    assert usage(database, run) == (1, 7)


def test_a_worker_gets_lists_for_runs_that_go_on_and_for_nobody_else(
    database: Database, backing: LocalInfo, lists: Orders, run: Begun
) -> None:
    with pytest.raises(DBAPIError, match="no run that goes on"):
        lists.order(REQUEST, run_id=uuid.uuid4(), account_id=run.account_id)
    # Whose it is, is looked up, whatever is said.
    stranger = account_of(database, "stranger")
    ordered = lists.order(REQUEST, run_id=run.run_id, account_id=stranger)
    with pytest.raises(NotFound):
        lists.look(ordered, account_id=stranger)
    assert lists.look(ordered, account_id=run.account_id)[0].priority == 7
    with database.transaction() as connection:
        connection.execute(text("UPDATE runs SET state = 'REVOKED'"))
    with pytest.raises(DBAPIError, match="no run that goes on"):
        order(lists, run, replace(REQUEST, data_type="last name"))
    with (
        Database(backing.api_database_url, pool_size=1) as api,
        pytest.raises(DBAPIError, match="permission denied for function order_list"),
    ):
        order(Orders(database=api, product=ValueGeneration()), run, replace(REQUEST, data_type="x"))


def test_no_table_of_a_callers_own_stands_for_ours(
    database: Database, worker: Database, run: Begun
) -> None:
    stranger = account_of(database, "stranger")
    with worker.engine.connect() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE engines AS SELECT * FROM engines"))
        connection.execute(
            text("UPDATE pg_temp.engines SET account_id = :stranger"), {"stranger": stranger}
        )
        ordered = orders.submit(connection, REQUEST, run_id=run.run_id)
        found = operations.get(connection, operation_id=ordered, account_id=run.account_id)
        assert found.account_id == run.account_id


def test_what_it_waits_for_is_told_and_its_end(
    database: Database, lists: Orders, run: Begun
) -> None:
    ordered = order(lists, run)
    found, waiting = lists.look(ordered, account_id=run.account_id)
    assert found.status.is_open
    assert waiting == "Waiting: no worker is running, or none knows a model server."
    with database.transaction() as connection:
        end_for_client(connection, operation_id=ordered, state=JobState.CANCELED)
    found, waiting = lists.look(ordered, account_id=run.account_id)
    assert (found.status.is_open, waiting, lists.values(found)) == (False, None, [])
