"""The steps of runs that have lists of values made, found, waited for and given up."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from sqlalchemy import text

from deploy.local.postgres import API_ROLE, WORKER_ROLE
from deploy.local.stack import LocalInfo, LocalStack
from shared.db import accounts, migrate
from shared.db.engine import Database
from shared.db.roles import Side
from shared.generation import operations
from shared.generation.endings import end_for_client, end_operation
from shared.generation.operation import OperationState
from shared.generation.product import ValueGeneration
from shared.generation.service import Orders
from shared.queue import claims
from shared.queue.job import Job, JobState
from shared.queue.service import Jobs
from shared.settings import Limits
from shared.synthesis import lists
from shared.synthesis.claims import StepOffer
from shared.synthesis.generators.needs import ListNeed
from shared.synthesis.plans import Entity
from shared.synthesis.product import Synthesis
from shared.synthesis.run import StepKind
from shared.synthesis.step import NewStep
from tests.support.runs import add_run
from tests.support.stack import SampleModel
from tests.support.waiting import wait_until
from worker.synthesis.lists import ListSteps

FIRST_NAMES = ListNeed(
    name="FIRST_NAME:de_DE", entity=Entity.FIRST_NAME, locale="de", count=40, length=20
)


class Works:
    """A database as workers see it, and the runs of one account."""

    def __init__(self, database: Database, worker: Database) -> None:
        self.database = database
        self.steps = ListSteps(
            database=worker, orders=Orders(database=worker, product=ValueGeneration())
        )
        with database.transaction() as connection:
            key = accounts.create_key(connection, account="tester", name="")
            self.account = accounts.authenticate(connection, key=key).id

    def begin(self, *needs: ListNeed, priority: int = 0) -> uuid.UUID:
        """A run that wants lists."""
        with self.database.transaction() as connection:
            return add_run(
                connection,
                account_id=self.account,
                steps=[
                    *(
                        NewStep(kind=StepKind.LISTS, parameters={"need": asdict(need)})
                        for need in needs
                    ),
                    NewStep(kind=StepKind.REPORT),
                ],
                priority=priority,
                settings={"n_parallel_pipeline_processes": 4},
            )

    def look(self) -> bool:
        """Do a step of a list that is due; False where there is none."""
        with self.steps.database.transaction() as connection:
            claims.take_turn(connection)
            offer = StepOffer(worker="w", lease_seconds=60.0, room=1)
            found = claims.most_urgent(connection, [offer])
            claim = (
                None if found is None or found.row["kind"] != "lists" else found.take(connection)
            )
        if claim is not None:
            self.steps.do(claim)
        return claim is not None

    def time_passes(self) -> None:
        """All that was put off is due."""
        self.execute("UPDATE steps SET not_before = now() WHERE not_before IS NOT NULL")

    def execute(self, statement: str, **parameters: Any) -> list[Any]:
        with self.database.transaction() as connection:
            result = connection.execute(text(statement), parameters)
            return list(result.scalars()) if result.returns_rows else []

    def operations(self) -> list[uuid.UUID]:
        return self.execute("SELECT id FROM operations ORDER BY number")

    def fill(self, operation_id: uuid.UUID, *values: str, status: str = "COMPLETED") -> None:
        """Have an operation end with these values."""
        with self.database.transaction() as connection:
            found = operations.get(connection, operation_id=operation_id, account_id=self.account)
            for position, value in enumerate(values, 1):
                connection.execute(
                    text(
                        "INSERT INTO operation_values "
                        "(operation_number, position, cell_ordinal, value) "
                        "VALUES (:number, :position, 0, :value)"
                    ),
                    {"number": found.number, "position": position, "value": value},
                )
            connection.execute(
                text(
                    "UPDATE operations SET generated_count = :count, open_count = 0, "
                    "reachable = :count WHERE number = :number"
                ),
                {"count": len(values), "number": found.number},
            )
            end_operation(
                connection,
                number=found.number,
                status=OperationState(status),
                reason=None if status == "COMPLETED" else "Too many values came to nothing.",
                job_status=JobState(status),
            )

    def lists(self, run_id: uuid.UUID) -> dict[str, list[str]]:
        with self.database.transaction() as connection:
            number = connection.scalar(
                text("SELECT number FROM runs WHERE id = :id"), {"id": run_id}
            )
            found = lists.read(connection, run_number=number or 0)
        return {name: list(values) for name, values in found.items()}

    def warnings(self, run_id: uuid.UUID) -> str:
        [found] = self.execute(
            "SELECT array_to_string(warnings, ' ') FROM runs WHERE id = :id", id=run_id
        )
        return str(found)

    def job(self, run_id: uuid.UUID) -> Job:
        [job_id] = self.execute("SELECT id FROM jobs WHERE operation_id = :id", id=run_id)
        products = (ValueGeneration(), Synthesis())
        return Jobs(database=self.database, products=products).get(job_id, account_id=self.account)


@pytest.fixture
def works(backing: LocalInfo, database: Database) -> Iterator[Works]:
    migrate.grant(database, roles={Side.API: API_ROLE, Side.WORKER: WORKER_ROLE})
    with Database(backing.worker_database_url, pool_size=2) as worker:
        yield Works(database, worker)


def test_a_list_is_submitted_waited_for_and_given_to_its_run(works: Works) -> None:
    run = works.begin(FIRST_NAMES, priority=5)
    assert works.look()
    # Put off, as often as it takes: nobody holds it meanwhile.
    assert not works.look()
    assert works.execute("SELECT count(*) FROM step_claims") == [0]
    [ordered] = works.operations()
    [asked] = works.execute("SELECT to_jsonb(o) FROM operations o")
    assert (asked["data_type"], asked["max_value_length"], asked["priority"]) == (
        "first name",
        20,
        5,
    )
    assert asked["attributes"] == [{"label": "Language", "values": ["German"]}]
    assert (asked["requested_count"], asked["allow_duplicates"]) == (40, False)
    assert works.job(run).waiting == (
        "Waiting: for a list (first name, German), of which 0 of 40 values are there; "
        "no worker is running, or none knows a model server."
    )
    for _ in range(20):
        works.time_passes()
        assert works.look()
    assert works.execute("SELECT attempts FROM steps WHERE kind = 'lists'") == [0]
    works.fill(ordered, "Anna", "Jürgen")
    works.time_passes()
    assert works.look()
    assert works.lists(run) == {"FIRST_NAME:de_DE": ["Anna", "Jürgen"]}
    assert works.operations() == [ordered]
    assert works.warnings(run) == ""
    assert works.execute("SELECT state FROM steps WHERE kind = 'report'") == ["OPEN"]
    # What becomes of the operation is nothing to the run any more.
    works.execute("DELETE FROM operation_values")
    assert works.lists(run) == {"FIRST_NAME:de_DE": ["Anna", "Jürgen"]}


def test_a_later_run_takes_what_an_earlier_one_had_made(works: Works) -> None:
    works.begin(FIRST_NAMES)
    works.look()
    [ordered] = works.operations()
    works.fill(ordered, "Anna")
    later = works.begin(FIRST_NAMES)
    works.look()
    assert works.lists(later) == {"FIRST_NAME:de_DE": ["Anna"]}
    assert works.operations() == [ordered]


def test_what_the_model_could_not_make_is_said(works: Works) -> None:
    run = works.begin(FIRST_NAMES)
    works.look()
    works.fill(*works.operations(), "Anna", status="FAILED")
    works.time_passes()
    works.look()
    assert works.lists(run) == {"FIRST_NAME:de_DE": ["Anna"]}
    assert works.warnings(run) == (
        "The list (first name, German) has 1 of 40 values: Too many values came to nothing. What "
        "it lacks is made up without a model."
    )
    assert works.job(run).warning == works.warnings(run)


@pytest.mark.parametrize("deleted", [False, True])
def test_a_list_that_somebody_ends_is_made_up(works: Works, deleted: bool) -> None:
    run = works.begin(FIRST_NAMES)
    works.look()
    [ordered] = works.operations()
    with works.database.transaction() as connection:
        if deleted:
            operations.delete(connection, operation_id=ordered, account_id=works.account)
        else:
            end_for_client(connection, operation_id=ordered, state=JobState.CANCELED)
    works.time_passes()
    works.look()
    assert works.lists(run) == {}
    assert works.operations() == [ordered]
    assert ("deleted" if deleted else "cancelled") in works.warnings(run)
    assert "made up without a model" in works.warnings(run)
    # The next run does not take it for one that the model could not make.
    works.execute("UPDATE steps SET state = 'DROPPED'")
    works.begin(FIRST_NAMES)
    works.look()
    assert len(works.operations()) == 2


def test_what_the_account_may_not_have_is_made_up(works: Works) -> None:
    database = works.steps.database
    orders = Orders(database=database, product=ValueGeneration(), limits=Limits(values=39))
    works.steps = ListSteps(database=database, orders=orders)
    run = works.begin(FIRST_NAMES)
    works.look()
    assert works.lists(run) == {}
    assert "may have" in works.warnings(run)


def test_what_no_model_should_be_asked_is_made_up_without_a_word(works: Works) -> None:
    run = works.begin(ListNeed(name="IBAN:de", entity=Entity.IBAN, locale="de", count=9))
    assert works.look()
    assert (works.operations(), works.lists(run), works.warnings(run)) == ([], {}, "")


def test_nothing_comes_of_a_step_whose_run_has_ended(works: Works) -> None:
    run = works.begin(FIRST_NAMES)
    works.look()
    works.fill(*works.operations(), "Anna")
    works.time_passes()
    with works.steps.database.transaction() as connection:
        claims.take_turn(connection)
        offer = StepOffer(worker="w", lease_seconds=60.0, room=1)
        found = claims.most_urgent(connection, [offer])
        claim = found.take(connection) if found is not None else None
    assert claim is not None
    with works.database.transaction() as connection:
        Synthesis().end(connection, target_id=run, state=JobState.CANCELED)
    works.steps.do(claim)
    assert works.lists(run) == {}


@pytest.mark.stack
def test_lists_are_made_by_the_sample_model(stack: LocalStack, model: SampleModel) -> None:
    """Through the whole mill, in the language that was asked for."""
    needs = [
        FIRST_NAMES,
        ListNeed(name="FIRST_NAME:fr_FR", entity=Entity.FIRST_NAME, locale="fr", count=30),
        ListNeed(name="CITY:de_DE", entity=Entity.CITY, locale="de_DE", count=20, length=30),
    ]
    with (
        Database(stack.info.database_url, pool_size=2) as owner,
        Database(stack.info.worker_database_url, pool_size=2) as worker,
    ):
        works = Works(owner, worker)
        run = works.begin(*needs)

        def all_there() -> bool:
            works.time_passes()
            works.look()
            return len(works.lists(run)) == len(needs)

        wait_until(all_there)
        found = works.lists(run)
        works.execute("UPDATE steps SET state = 'DROPPED'")
    assert {name: len(set(values)) for name, values in found.items()} == {
        need.name: need.count for need in needs
    }
    assert all(len(value) <= 20 for value in found["FIRST_NAME:de_DE"])
    assert set(found["FIRST_NAME:de_DE"]) != set(found["FIRST_NAME:fr_FR"])
