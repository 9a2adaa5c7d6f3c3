"""Steps of runs on a real PostgreSQL: their waves, what is held for others, attempts, ends."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from shared.queue import claims, leases
from shared.queue.job import JobState
from shared.synthesis import endings, steps
from shared.synthesis.claims import StepOffer
from shared.synthesis.product import STEPS, Synthesis
from shared.synthesis.run import StepKind
from shared.synthesis.step import NewStep, StepClaim
from tests.integration.test_lease_machine import Mill
from tests.support.runs import add_run

BLOCK = NewStep(kind=StepKind.GENERATE, parameters={"table": "t"})


class Runs:
    """Runs without databases, whose steps the test does."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.account = Mill(database).account

    def add(self, *new: NewStep, parallel: int = 8, **options: Any) -> uuid.UUID:
        with self.database.transaction() as connection:
            return add_run(
                connection,
                account_id=self.account,
                steps=new,
                settings={"n_parallel_pipeline_processes": parallel},
                **options,
            )

    def claim(self, *, room: int = 8, lease: float = 60.0) -> StepClaim | None:
        def work(connection: Any) -> StepClaim | None:
            claims.take_turn(connection)
            offer = StepOffer(worker="w", lease_seconds=lease, room=room)
            found = claims.most_urgent(connection, [offer])
            return None if found is None else found.take(connection)

        return self.database.run(work)

    def must_claim(self, kind: StepKind, **options: Any) -> StepClaim:
        claim = self.claim(**options)
        assert claim is not None
        assert claim.kind == kind
        return claim

    def settle(self, claim: StepClaim, **outcome: Any) -> bool:
        return self.database.run(lambda connection: steps.settle(connection, claim, **outcome))

    def again(self, claim: StepClaim) -> bool:
        done = self.database.run(
            lambda connection: steps.try_again(connection, claim, reason="no", waiting="it waits")
        )
        # As if the pause were over.
        self.execute("UPDATE steps SET not_before = NULL")
        return done

    def hold(self, claim: StepClaim) -> bool:
        return self.database.run(lambda connection: steps.hold(connection, claim, result={}))

    def execute(self, statement: str, **parameters: Any) -> None:
        with self.database.transaction() as connection:
            connection.execute(text(statement), parameters)

    def run(self, run: uuid.UUID) -> Any:
        with self.database.transaction() as connection:
            return connection.execute(
                text(
                    """
                    SELECT r.*, j.status, j.percent_complete, j.error_details, j.warning
                    FROM runs r JOIN jobs j ON j.operation_id = r.id WHERE r.id = :id
                    """
                ),
                {"id": run},
            ).one()

    def repair_needed(self, run: uuid.UUID) -> None:
        self.execute(
            """
            INSERT INTO repairs (engine_number, run_number, ordinal, statement)
            SELECT engine_number, number, 0, 'CREATE INDEX i ON t (c)' FROM runs WHERE id = :id
            """,
            id=run,
        )


@pytest.fixture
def runs(database: Database) -> Runs:
    return Runs(database)


def test_a_wave_waits_for_the_one_before(runs: Runs) -> None:
    run = runs.add(BLOCK, BLOCK, NewStep(kind=StepKind.REBUILD))
    first, second = runs.must_claim(StepKind.GENERATE), runs.must_claim(StepKind.GENERATE)
    assert runs.claim() is None
    assert runs.settle(first, result={"written": 1})
    assert runs.claim() is None
    assert runs.settle(second, result={"written": 1})
    assert runs.settle(runs.must_claim(StepKind.REBUILD))
    ended = runs.run(run)
    assert (ended.state, ended.status, ended.percent_complete) == ("SUCCESS", "COMPLETED", 100)
    assert ended.ended_at is not None


def test_steps_of_an_engine_are_at_work_so_many_at_once(runs: Runs) -> None:
    runs.add(BLOCK, BLOCK, BLOCK, parallel=2)
    assert runs.claim() is not None
    held = runs.claim()
    assert held is not None
    assert runs.claim() is None
    with runs.database.transaction() as connection:
        assert Synthesis().could_start(connection) == 0
    runs.settle(held)
    assert runs.claim() is not None


def test_a_worker_without_room_only_holds_views(runs: Runs) -> None:
    runs.add(NewStep(kind=StepKind.SNAPSHOT), BLOCK)
    held = runs.must_claim(StepKind.SNAPSHOT, room=0)
    assert runs.hold(held)
    assert runs.claim(room=0) is None
    assert runs.claim(room=1) is not None


def test_what_is_held_is_let_go_once_all_is_read(runs: Runs) -> None:
    run = runs.add(
        NewStep(kind=StepKind.SNAPSHOT), BLOCK, NewStep(kind=StepKind.REBUILD), parallel=1
    )
    held = runs.must_claim(StepKind.SNAPSHOT)
    assert runs.claim() is None
    assert runs.hold(held)
    # It takes none of the places of those that work.
    block = runs.must_claim(StepKind.GENERATE)
    assert beat(runs, held, block) == {held.id, block.id}
    assert runs.settle(block)
    rebuild = runs.must_claim(StepKind.REBUILD)
    assert beat(runs, held, rebuild) == {rebuild.id}
    assert runs.settle(rebuild)
    assert runs.run(run).state == "SUCCESS"


@pytest.mark.parametrize("how", ["the lease ran out", "its process ended"])
def test_who_reads_waits_for_another_view_when_one_is_lost(runs: Runs, how: str) -> None:
    runs.add(NewStep(kind=StepKind.SNAPSHOT), BLOCK, BLOCK)
    held = runs.must_claim(StepKind.SNAPSHOT, lease=0.0)
    assert runs.hold(held)
    reading = runs.must_claim(StepKind.GENERATE)
    if how == "its process ended":
        assert runs.again(held)
    else:
        assert leases.return_expired(runs.database, [Synthesis()]) == 1
    assert not runs.hold(held)
    again = runs.must_claim(StepKind.SNAPSHOT)
    assert again.attempts == 1
    assert runs.claim() is None
    # Who has read already goes on.
    assert runs.settle(reading)
    assert runs.hold(again)
    runs.must_claim(StepKind.GENERATE)


def beat(runs: Runs, *held: StepClaim) -> frozenset[int]:
    with runs.database.transaction() as connection:
        ids = [claim.id for claim in held]
        return leases.heartbeat(connection, STEPS, ids=ids, lease_seconds=60)


def test_a_run_fails_after_so_many_attempts(runs: Runs) -> None:
    run = runs.add(BLOCK)
    for _ in range(steps.MOST_ATTEMPTS):
        assert runs.run(run).state != "FAILURE"
        assert runs.again(runs.must_claim(StepKind.GENERATE))
    ended = runs.run(run)
    assert (ended.state, ended.reason, ended.error_details) == ("FAILURE", "no", "no")


def test_somebody_who_waits_is_told_sooner(runs: Runs) -> None:
    run = runs.add(NewStep(kind=StepKind.REFLECT))
    for _ in range(steps.MOST_AT_FIRST):
        assert runs.again(runs.must_claim(StepKind.REFLECT))
    assert runs.run(run).state == "FAILURE"


def test_a_step_that_brings_down_its_workers_fails_its_run(runs: Runs) -> None:
    run = runs.add(BLOCK)
    product = Synthesis(most_lost=3)
    for _ in range(3):
        runs.must_claim(StepKind.GENERATE, lease=0.0)
        assert leases.return_expired(runs.database, [product]) == 1
    assert "lost 3 times" in runs.run(run).reason


def test_a_run_that_fails_puts_back_what_it_took_before_it_is_over(runs: Runs) -> None:
    run = runs.add(BLOCK, BLOCK)
    runs.repair_needed(run)
    failing, other = runs.must_claim(StepKind.GENERATE), runs.must_claim(StepKind.GENERATE)
    runs.database.run(lambda connection: steps.refuse(connection, failing, reason="no"))
    assert runs.run(run).state == "IN_PROGRESS"
    # The others have to be gone before.
    assert runs.claim() is None
    assert not runs.settle(other)
    repair = runs.must_claim(StepKind.REPAIR)
    assert runs.settle(repair)
    ended = runs.run(run)
    assert (ended.state, ended.reason) == ("FAILURE", "no")


def test_what_cannot_be_put_back_is_said_with_its_statements(runs: Runs) -> None:
    run = runs.add(BLOCK)
    runs.repair_needed(run)
    failing = runs.must_claim(StepKind.GENERATE)
    runs.database.run(lambda connection: steps.refuse(connection, failing, reason="first"))
    repair = runs.must_claim(StepKind.REPAIR)
    runs.database.run(lambda connection: steps.refuse(connection, repair, reason="second"))
    ended = runs.run(run)
    assert ended.state == "FAILURE"
    assert ended.ended_at is not None
    for said in ("first", "second", "CREATE INDEX i ON t (c);"):
        assert said in ended.reason
        assert said in ended.error_details


def test_a_run_that_a_client_ends_is_revoked_at_once_and_over_once_all_is_back(
    runs: Runs,
) -> None:
    run = runs.add(BLOCK, priority=5)
    runs.repair_needed(run)
    late = runs.must_claim(StepKind.GENERATE)
    with runs.database.transaction() as connection:
        assert endings.end_for_client(connection, run_id=run, state=JobState.CANCELED)
        assert not endings.end_for_client(connection, run_id=run, state=JobState.CANCELED)
    now = runs.run(run)
    assert (now.state, now.status, now.ended_at) == ("REVOKED", "CANCELED", None)
    assert runs.claim() is None
    runs.database.run(
        lambda connection: steps.give_back(connection, claims=[late.id], run_number=late.run_number)
    )
    assert runs.settle(runs.must_claim(StepKind.REPAIR))
    now = runs.run(run)
    assert (now.state, now.status) == ("REVOKED", "CANCELED")
    assert now.ended_at is not None


def test_a_new_run_waits_for_the_processes_of_the_last(runs: Runs) -> None:
    first = runs.add(BLOCK)
    late = runs.must_claim(StepKind.GENERATE)
    with runs.database.transaction() as connection:
        endings.end_for_client(connection, run_id=first, state=JobState.CANCELED)
    runs.add(BLOCK, engine=late.engine_number)
    assert runs.claim() is None
    assert not runs.settle(late)
    assert runs.claim() is not None


def test_warnings_are_said_once(runs: Runs) -> None:
    run = runs.add(BLOCK, BLOCK)
    for _ in range(2):
        runs.settle(runs.must_claim(StepKind.GENERATE), warnings=["a.", "b.", "a."])
    assert runs.run(run).warnings == ["a.", "b."]
    assert runs.run(run).warning == "a. b."


def test_progress_grows_with_the_blocks(runs: Runs) -> None:
    run = runs.add(*[BLOCK] * 4)
    runs.execute("UPDATE runs SET summary = '{\"blocks\": 4}'")
    seen = []
    for _ in range(4):
        runs.settle(runs.must_claim(StepKind.GENERATE), result={"written": 10})
        seen.append(runs.run(run).percent_complete)
    assert seen == sorted(set(seen))
    assert seen[-1] == 100
    assert runs.run(run).summary["tables"]["t"]["written"] == 40
