"""What the queue promises to any product: lists, safe copies, and one of the tests' own."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Protocol

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event, text

from shared.db.accounts import create_key
from shared.db.engine import Database
from shared.db.schema import metadata
from shared.errors import Conflict, NotAuthenticated, NotFound
from shared.generation.product import ValueGeneration
from shared.queue import claims, leases, sweep
from shared.queue.job import Job, JobState
from shared.queue.products import Product
from shared.queue.service import Jobs
from shared.synthesis import steps
from shared.synthesis.claims import StepOffer
from shared.synthesis.product import Synthesis
from shared.synthesis.run import StepKind
from shared.synthesis.step import NewStep
from tests.integration.test_lease_machine import URL, Mill
from tests.support.errands import DROP, TABLES, ErrandOffer, Errands
from tests.support.runs import add_run

#: Claims that work of either product can have at once.
AT_ONCE = 4


class Works(Protocol):
    """Work of one product, cut into steps that are claimed one by one."""

    product: Product

    def submit(self, steps: int, *, priority: int = 0) -> uuid.UUID:
        """Return the target of the job."""

    def claim(self, *, worker: str = "w1", lease: float = 60.0) -> Any:
        """A step of the most urgent work, or None."""

    def settle(self, step: Any) -> bool:
        """Whether the step was counted."""

    def id_of(self, step: Any) -> int:
        """The id of a claim's lease."""

    def counts(self, target: uuid.UUID) -> tuple[int, int]:
        """Steps that wait to be claimed, and steps done."""


class ListWorks:
    """Lists of values, one value a prompt."""

    def __init__(self, database: Database) -> None:
        self.product = ValueGeneration()
        self.mill = Mill(database)
        self.mill.open_gateway(URL, AT_ONCE)

    def submit(self, steps: int, *, priority: int = 0) -> uuid.UUID:
        return self.mill.submit(steps, priority=priority)

    def claim(self, *, worker: str = "w1", lease: float = 60.0) -> Any:
        return self.mill.claim(size=1, worker=worker, lease=lease)

    def settle(self, step: Any) -> bool:
        return bool(self.mill.settle(step, [f"value {step.batch_id}"]).stored)

    def id_of(self, step: Any) -> int:
        return int(step.batch_id)

    def counts(self, target: uuid.UUID) -> tuple[int, int]:
        found = self.mill.operation(target)
        return found["open_count"], found["generated_count"]


class ErrandWorks:
    """The product of the tests."""

    def __init__(self, database: Database) -> None:
        self.product = Errands()
        self.database = database
        self.account = Mill(database).account

    def submit(self, steps: int, *, priority: int = 0) -> uuid.UUID:
        with self.database.transaction() as connection:
            return self.product.submit(
                connection, steps=steps, account_id=self.account, priority=priority
            )

    def claim(self, *, worker: str = "w1", lease: float = 60.0) -> Any:
        with self.database.transaction() as connection:
            claims.take_turn(connection)
            busy = connection.scalar(text("SELECT count(*) FROM errand_steps")) or 0
            if busy >= AT_ONCE:
                return None
            offer = ErrandOffer(worker=worker, lease_seconds=lease)
            found = claims.most_urgent(connection, [offer])
            return None if found is None else found.take(connection)

    def settle(self, step: Any) -> bool:
        return self.database.run(lambda connection: self.product.settle(connection, step))

    def id_of(self, step: Any) -> int:
        return int(step.id)

    def counts(self, target: uuid.UUID) -> tuple[int, int]:
        with self.database.transaction() as connection:
            row = connection.execute(
                text("SELECT open, done FROM errands WHERE id = :id"), {"id": target}
            ).one()
            return row.open, row.done


class SafeCopyWorks:
    """Runs of synthesis, an engine each, with steps that nobody does anything for."""

    def __init__(self, database: Database) -> None:
        self.product = Synthesis(most_lost=1_000)
        self.database = database
        self.account = Mill(database).account

    def submit(self, steps: int, *, priority: int = 0) -> uuid.UUID:
        with self.database.transaction() as connection:
            return add_run(
                connection,
                account_id=self.account,
                steps=[NewStep(kind=StepKind.GENERATE)] * steps,
                priority=priority,
                settings={"n_parallel_pipeline_processes": AT_ONCE},
            )

    def claim(self, *, worker: str = "w1", lease: float = 60.0) -> Any:
        with self.database.transaction() as connection:
            claims.take_turn(connection)
            busy = connection.scalar(text("SELECT count(*) FROM step_claims")) or 0
            offer = StepOffer(worker=worker, lease_seconds=lease, room=AT_ONCE - busy)
            found = claims.most_urgent(connection, [offer])
            return None if found is None else found.take(connection)

    def settle(self, step: Any) -> bool:
        return self.database.run(lambda connection: steps.settle(connection, step))

    def id_of(self, step: Any) -> int:
        return int(step.id)

    def counts(self, target: uuid.UUID) -> tuple[int, int]:
        with self.database.transaction() as connection:
            row = connection.execute(
                text(
                    """
                    SELECT count(*) FILTER (WHERE s.state = 'OPEN') AS open,
                        count(*) FILTER (WHERE s.state = 'DONE') AS done
                    FROM steps s JOIN runs r ON r.number = s.run_number WHERE r.id = :id
                    """
                ),
                {"id": target},
            ).one()
            return row.open, row.done


@pytest.fixture
def errand_tables(database: Database) -> Iterator[None]:
    with database.transaction() as connection:
        connection.execute(text(DROP))
        connection.execute(text(TABLES))
    yield
    with database.transaction() as connection:
        connection.execute(text(DROP))


ALL_WORKS = [ListWorks, ErrandWorks, SafeCopyWorks]


@pytest.fixture(params=ALL_WORKS, ids=["lists", "errands", "copies"])
def works(request: pytest.FixtureRequest, database: Database, errand_tables: None) -> Works:
    make: Callable[[Database], Works] = request.param
    return make(database)


def job_of(database: Database, works: Works, target: uuid.UUID) -> Job:
    with database.transaction() as connection:
        row = connection.execute(
            text("SELECT id, account_id FROM jobs WHERE operation_id = :id"), {"id": target}
        ).one()
    jobs = Jobs(database=database, products=[works.product])
    return jobs.get(row.id, account_id=row.account_id)


def abandon(database: Database, works: Works, target: uuid.UUID) -> None:
    job = job_of(database, works, target)
    jobs = Jobs(database=database, products=[works.product])
    jobs.abandon(job.id, account_id=job.account_id)


def beat(database: Database, works: Works, *ids: int) -> frozenset[int]:
    with database.transaction() as connection:
        return leases.heartbeat(connection, works.product.leased, ids=ids, lease_seconds=60)


def has_work(database: Database, target: uuid.UUID) -> bool:
    with database.transaction() as connection:
        return bool(
            connection.scalar(
                text("SELECT has_work FROM jobs WHERE operation_id = :id"), {"id": target}
            )
        )


def test_a_job_from_its_submit_to_its_end(database: Database, works: Works) -> None:
    target = works.submit(2)
    assert (job_of(database, works, target).status, has_work(database, target)) == (
        JobState.PENDING, True,
    )  # fmt: skip
    first, second = works.claim(), works.claim()
    assert (job_of(database, works, target).status, has_work(database, target)) == (
        JobState.STARTED, False,
    )  # fmt: skip
    assert works.settle(first)
    assert works.settle(second)
    assert works.counts(target) == (0, 2)
    assert job_of(database, works, target).status == JobState.COMPLETED


def test_who_comes_after_the_lease_changes_nothing(database: Database, works: Works) -> None:
    target = works.submit(2)
    zombie = works.claim(lease=0.0)
    assert leases.return_expired(database, [works.product]) == 1
    assert works.counts(target) == (2, 0)
    assert has_work(database, target)
    assert not works.settle(zombie)
    assert works.counts(target) == (2, 0)


def test_what_is_renewed_is_not_swept(database: Database, works: Works) -> None:
    works.submit(2)
    step = works.claim(lease=0.0)
    assert beat(database, works, works.id_of(step), 999_999) == {works.id_of(step)}
    assert leases.return_expired(database, [works.product]) == 0


def test_two_sweepers_return_a_lease_once(database: Database, works: Works) -> None:
    works.submit(AT_ONCE)
    for _ in range(AT_ONCE):
        works.claim(lease=0.0)
    returned: list[int] = []

    def run() -> None:
        returned.append(leases.return_expired(database, [works.product]))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(returned) == AT_ONCE


def test_a_worker_finds_what_its_predecessor_left(database: Database, works: Works) -> None:
    target = works.submit(3)
    works.claim(worker="w1")
    works.claim(worker="w2")
    assert leases.return_all_of(database, [works.product], worker="w1") == 1
    assert works.counts(target) == (2, 0)


def test_a_heartbeat_waits_for_nobody(database: Database, works: Works) -> None:
    works.submit(2)
    held, free = works.claim(lease=0.0), works.claim(lease=0.0)
    table = works.product.leased.table
    with database.transaction() as settling:
        settling.execute(
            text(f"SELECT FROM {table} WHERE id = :id FOR UPDATE"),
            {"id": works.id_of(held)},
        )
        # It would meet the limit on waiting for locks.
        ours = beat(database, works, works.id_of(held), works.id_of(free))
    assert ours == {works.id_of(held), works.id_of(free)}
    # The one that was held is for the next beat to renew.
    assert leases.return_expired(database, [works.product]) == 1


def test_the_most_urgent_goes_first_and_the_oldest_within_it(
    database: Database, works: Works
) -> None:
    targets = [works.submit(1, priority=priority) for priority in (0, 7, -1, 7)]
    order = []
    while (step := works.claim()) is not None:
        assert works.settle(step)
        done = [target for target in targets if works.counts(target)[1]]
        order += [targets.index(target) for target in done if targets.index(target) not in order]
    assert order == [1, 3, 0, 2]


def test_what_a_client_ends_is_settled_no_more(database: Database, works: Works) -> None:
    target = works.submit(3)
    done, late = works.claim(), works.claim()
    assert works.settle(done)
    abandon(database, works, target)
    job = job_of(database, works, target)
    assert (job.status, bool(job.error_details)) == (JobState.ABANDONED, True)
    assert not has_work(database, target)
    assert beat(database, works, works.id_of(late)) == frozenset()
    assert not works.settle(late)
    assert works.counts(target)[1] == 1
    assert works.claim() is None
    with pytest.raises(Conflict, match="ABANDONED"):
        abandon(database, works, target)


def test_a_job_says_what_it_waits_for(database: Database, works: Works) -> None:
    target = works.submit(1)
    if isinstance(works, ListWorks):
        with database.transaction() as connection:
            connection.execute(text("UPDATE gateways SET status = 'DOWN'"))
    if isinstance(works, SafeCopyWorks):
        assert job_of(database, works, target).waiting is None
        step = works.claim()
        database.run(
            lambda connection: steps.try_again(connection, step, reason="", waiting="it is away")
        )
    assert "Waiting:" in (job_of(database, works, target).waiting or "")
    abandon(database, works, target)
    assert job_of(database, works, target).waiting is None


def test_wake_ups_are_wanted_while_there_is_work(database: Database, works: Works) -> None:
    products = [works.product]
    assert sweep.wanted_wakeups(database, products) == 0
    works.submit(2)
    assert sweep.wanted_wakeups(database, products) == 2
    works.claim()
    assert sweep.wanted_wakeups(database, products) == 1


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0), (2, 0, 1)])
def test_the_most_urgent_goes_first_over_all_products(
    database: Database, errand_tables: None, order: tuple[int, ...]
) -> None:
    """Whichever product is asked first; each has one errand here."""
    works = ErrandWorks(database)
    targets = [works.submit(1, priority=priority) for priority in (1, 3, 2)]
    with database.transaction() as connection:
        claims.take_turn(connection)
        found = claims.most_urgent(
            connection,
            [ErrandOffer(worker="w", lease_seconds=60.0, only=targets[each]) for each in order],
        )
        assert found is not None
        found.take(connection)
    assert [works.counts(target)[0] for target in targets] == [1, 0, 1]


class Machine(RuleBasedStateMachine):
    """Steps are claimed, settled, lost, given back and ended in any order; none gets lost."""

    database: Database
    make: Callable[[Database], Works]

    def __init__(self) -> None:
        super().__init__()
        with self.database.transaction() as connection:
            tables = ", ".join(table.name for table in metadata.sorted_tables)
            connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
            connection.execute(text(DROP))
            connection.execute(text(TABLES))
        self.works = self.make(self.database)
        #: By target: steps in all, and done. By claim: its target, worker and whether it lapsed.
        self.steps: dict[uuid.UUID, int] = {}
        self.done: dict[uuid.UUID, int] = {}
        self.urgency: dict[uuid.UUID, tuple[int, int]] = {}
        self.ended: set[uuid.UUID] = set()
        self.held: list[tuple[Any, uuid.UUID, str, bool]] = []
        self.gone: list[Any] = []

    def open_of(self, target: uuid.UUID) -> int:
        held = sum(1 for _, owner, _, _ in self.held if owner == target)
        return self.steps[target] - self.done[target] - held

    @rule(steps=st.integers(1, 3), priority=st.integers(-1, 1))
    def submit(self, steps: int, priority: int) -> None:
        target = self.works.submit(steps, priority=priority)
        self.steps[target], self.done[target] = steps, 0
        self.urgency[target] = (priority, -len(self.steps))

    @rule(worker=st.sampled_from(["w1", "w2"]), lapses=st.booleans())
    def claim(self, worker: str, lapses: bool) -> None:
        free = [t for t in self.steps if t not in self.ended and self.open_of(t)]
        step = self.works.claim(worker=worker, lease=0.0 if lapses else 60.0)
        if not free or len(self.held) >= AT_ONCE:
            assert step is None
            return
        assert step is not None
        wanted = max(free, key=self.urgency.__getitem__)
        before = self.open_of(wanted)
        self.held.append((step, wanted, worker, lapses))
        assert self.works.counts(wanted)[0] == before - 1

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        held = data.draw(st.sampled_from(self.held))
        step, target, _, _ = held
        counted = self.works.settle(step)
        assert counted == (target not in self.ended)
        self.held.remove(held)
        self.gone.append(step)
        if counted:
            self.done[target] += 1
            if self.done[target] == self.steps[target]:
                self.ended.add(target)

    @precondition(lambda self: self.gone)
    @rule(data=st.data())
    def settle_again(self, data: st.DataObject) -> None:
        assert not self.works.settle(data.draw(st.sampled_from(self.gone)))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def beat(self, data: st.DataObject) -> None:
        chosen = data.draw(st.lists(st.sampled_from(self.held), unique_by=id, min_size=1))
        ours = beat(self.database, self.works, *(self.works.id_of(step) for step, *_ in chosen))
        assert ours == {self.works.id_of(s) for s, target, *_ in chosen if target not in self.ended}
        self.held = [
            (step, target, worker, lapses and self.works.id_of(step) not in ours)
            for step, target, worker, lapses in self.held
        ]

    @rule()
    def sweep(self) -> None:
        lapsed = [held for held in self.held if held[3]]
        assert leases.return_expired(self.database, [self.works.product]) == len(lapsed)
        self._lose(lapsed)

    @rule(worker=st.sampled_from(["w1", "w2"]))
    def restart(self, worker: str) -> None:
        theirs = [held for held in self.held if held[2] == worker]
        products = [self.works.product]
        assert leases.return_all_of(self.database, products, worker=worker) == len(theirs)
        self._lose(theirs)

    def _lose(self, lost: list[tuple[Any, uuid.UUID, str, bool]]) -> None:
        self.held = [held for held in self.held if held not in lost]
        self.gone += [step for step, *_ in lost]

    @precondition(lambda self: self.steps.keys() - self.ended)
    @rule(data=st.data())
    def abandon(self, data: st.DataObject) -> None:
        target = data.draw(st.sampled_from(sorted(self.steps.keys() - self.ended)))
        abandon(self.database, self.works, target)
        self.ended.add(target)

    @invariant()
    def nothing_is_lost_or_counted_twice(self) -> None:
        for target in self.steps:
            waiting, done = self.works.counts(target)
            assert done == self.done[target]
            if target not in self.ended:
                assert waiting == self.open_of(target)
                assert has_work(self.database, target) == (waiting > 0)
            else:
                assert not has_work(self.database, target)
                assert not job_of(self.database, self.works, target).status.is_open


@pytest.mark.parametrize("make", ALL_WORKS, ids=["lists", "errands", "copies"])
def test_any_order_of_events(
    database: Database, errand_tables: None, make: Callable[[Database], Works]
) -> None:
    machine = type("ThisMachine", (Machine,), {"database": database, "make": staticmethod(make)})
    run_state_machine_as_test(
        machine, settings=hypothesis_settings(max_examples=12, stateful_step_count=30)
    )


def test_a_poll_says_nothing_twice(database: Database) -> None:
    """Its statement goes straight to the server; one that fails there is said again, unseen."""
    works = ListWorks(database)
    job = job_of(database, works, works.submit(1))
    key = key_of(database, account=job.account_name)
    said: list[object] = []

    def note(*arguments: object) -> None:
        said.append(arguments[2])

    jobs = Jobs(database=database, products=[works.product])
    jobs.poll(job.id, key=key)  # which notes that the key is in use
    event.listen(database.pooled, "before_cursor_execute", note)
    try:
        assert jobs.get(job.id, account_id=job.account_id) == job
        account, sight = jobs.poll(job.id, key=key)
    finally:
        event.remove(database.pooled, "before_cursor_execute", note)
    assert (account.id, sight.read()) == (job.account_id, job)
    assert said == []


@pytest.mark.parametrize("make", ALL_WORKS, ids=["lists", "errands", "copies"])
def test_a_poll_sees_what_a_read_sees(
    database: Database, errand_tables: None, make: Callable[[Database], Works]
) -> None:
    works = make(database)
    target = works.submit(2)
    job = job_of(database, works, target)
    key = key_of(database, account=job.account_name)
    jobs = Jobs(database=database, products=[works.product])
    versions = set()
    steps: list[Callable[[], object]] = [
        lambda: None,
        works.claim,
        lambda: abandon(database, works, target),
    ]
    for step in steps:
        step()
        _, polled = jobs.poll(job.id, key=key)
        read = jobs.look(job.id, account_id=job.account_id)
        assert polled.version == read.version
        assert polled.read() == read.read() == job_of(database, works, target)
        versions.add(polled.version)
    assert len(versions) == len(steps)
    with pytest.raises(NotFound):
        jobs.poll(job.id, key=key_of(database, account="another"))
    with pytest.raises(NotAuthenticated):
        jobs.poll(job.id, key=f"{key}x")


def test_a_job_of_a_product_that_is_not_known_waits_for_nothing(
    database: Database, errand_tables: None
) -> None:
    lists, errands = ListWorks(database), ErrandWorks(database)
    with database.transaction() as connection:
        connection.execute(text("UPDATE gateways SET status = 'DOWN'"))
    job = job_of(database, lists, lists.submit(1))
    assert job.waiting is not None
    found = Jobs(database=database, products=[errands.product]).get(
        job.id, account_id=job.account_id
    )
    assert found == replace(job, waiting=None)


def key_of(database: Database, *, account: str) -> str:
    with database.transaction() as connection:
        return create_key(connection, account=account, name="tests")
