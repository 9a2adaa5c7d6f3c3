"""The lease machine against a model of it: any order of claims, reports, sweeps and ends.

Hypothesis draws the steps, the real functions take them on the real database, and after each the
database must be exactly as a few lines of Python say: which values are stored at which position,
what was asked and wasted, which batches hold which slots. A worker here is only a name: what it
settles may be long swept, so every worker is a zombie now and then.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from shared.db.engine import Database
from shared.db.schema import metadata
from shared.generation import operations, removal
from shared.generation.leases import give_back
from shared.generation.product import BATCHES
from shared.generation.reports import Ended, Report
from shared.generation.requests import Attribute
from shared.models import gateways
from shared.queue import leases
from tests.integration.test_lease_machine import BOOKS, Mill
from tests.support.products import PRODUCTS

LEASE = 3600.0
WORKERS = ("w1", "w2", "w3")
#: Address and slots.
GATEWAYS = {"http://127.0.0.1:1": 2, "http://127.0.0.1:2": 3}
#: Few enough that models repeat themselves and each other.
WORDS = [f"v{number:02}" for number in range(40)]


@dataclass(kw_only=True)
class Batch:
    """What a batch must be."""

    id: int
    number: int
    gateway: str
    worker: str
    asked: int
    stored: int = 0
    let_go: bool = False
    closing: bool = False
    expired: bool = False


@dataclass(kw_only=True)
class Operation:
    """What an operation must be."""

    number: int
    id: uuid.UUID
    requested: int
    tolerance: int
    duplicates_allowed: bool
    priority: int
    values: list[str] = field(default_factory=list)
    status: str = "PENDING"
    asked: int = 0
    wasted: int = 0
    prompts: int = 0
    lost: int = 0
    deleted: bool = False

    @property
    def ended(self) -> bool:
        return self.status not in ("PENDING", "STARTED")

    def exceeds_tolerance(self, wasted: int) -> bool:
        return wasted * 100 > self.requested * self.tolerance


class LeaseMachine(RuleBasedStateMachine):
    """See the module."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database = database
        tables = ", ".join(table.name for table in metadata.sorted_tables)
        with database.transaction() as connection:
            connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        self.mill = Mill(database)
        with database.transaction() as connection:
            connection.execute(text("DELETE FROM gateways"))
        self.operations: dict[int, Operation] = {}
        #: Those in the database, and all that ever were.
        self.batches: dict[int, Batch] = {}
        self.all_batches: dict[int, Batch] = {}
        self.levels = dict(GATEWAYS)

    # Steps. Which one is drawn here, because left alone Hypothesis prefers those without
    # arguments, and would sweep all day.

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        possible = {
            self.submit: 2 if len(self.operations) < 4 else 0,
            self.claim: 8 if self.operations else 0,
            self.settle: 5 if self.all_batches else 0,
            self.settle_what_is_closing: 2 if self._closing() else 0,
            self.settle_twice: 2 if self.batches else 0,
            self.heartbeat: 1 if self.all_batches else 0,
            self.let_a_lease_run_out: 2 if self.batches else 0,
            self.sweep: 1,
            self.give_back: 1 if self.all_batches else 0,
            self.restart_worker: 1 if self.batches else 0,
            self.set_level: 1,
            self.cancel_or_delete: 1 if self._there(ended=False) else 0,
            self.let_a_retention_run_out: 1 if self._there(ended=True) else 0,
            self.remove_deleted: 1,
        }
        steps = {step.__name__: step for step, weight in possible.items() if weight}
        weighted = [step.__name__ for step, weight in possible.items() for _ in range(weight)]
        steps[data.draw(st.sampled_from(weighted), "step")](data)

    @initialize()
    def open_gateways(self) -> None:
        for url, slots in GATEWAYS.items():
            self.mill.open_gateway(url, slots)

    def submit(self, data: st.DataObject) -> None:
        count = data.draw(st.integers(1, 60), "count")
        cells = data.draw(st.integers(1, 3), "cells")
        tolerance = data.draw(st.sampled_from([0, 50, 100_000]), "tolerance")
        duplicates = data.draw(st.booleans(), "duplicates allowed")
        priority = data.draw(st.integers(-1, 1), "priority")
        values = tuple(f"c{index}" for index in range(cells))
        operation_id = self.mill.submit(
            count,
            error_tolerance=tolerance,
            allow_duplicates=duplicates,
            priority=priority,
            retention_time=LEASE,
            attributes=(Attribute(label=None, values=values),) if cells > 1 else (),
        )
        number = int(self.mill.operation(operation_id)["number"])
        self.operations[number] = Operation(
            number=number,
            id=operation_id,
            requested=count,
            tolerance=tolerance,
            duplicates_allowed=duplicates,
            priority=priority,
        )

    def claim(self, data: st.DataObject) -> None:
        worker = data.draw(st.sampled_from(WORKERS), "worker")
        size = data.draw(st.integers(1, 40), "size")
        urls = data.draw(st.sampled_from([tuple(GATEWAYS), *((url,) for url in GATEWAYS)]), "urls")
        own = sorted(batch.id for batch in self.all_batches.values() if batch.worker == worker)
        let_go = data.draw(st.sampled_from([None, *own]), "let go")
        free = {url for url in urls if self._taken(url, without=let_go) < self.levels[url]}
        urgent = self._most_urgent() if free else None
        lacks = 0 if urgent is None else self._most_lacking(urgent.number)
        claim = self.mill.claim(worker=worker, size=size, urls=urls, lease=LEASE, let_go=let_go)
        if urgent is None:
            assert claim is None
            return
        assert claim is not None
        assert claim.batch_id not in self.all_batches
        assert (claim.operation_number, claim.asked) == (urgent.number, min(size, lacks))
        assert claim.gateway_url in free
        urgent.status = "STARTED"
        batch = Batch(
            id=claim.batch_id,
            number=claim.operation_number,
            gateway=claim.gateway_url,
            worker=worker,
            asked=claim.asked,
        )
        self.batches[batch.id] = self.all_batches[batch.id] = batch
        if let_go in self.batches:
            self.batches[let_go].let_go = True

    def settle(self, data: st.DataObject) -> None:
        """Settle what some prompts of one operation bring; their batches may be gone."""
        number = self._draw_number(data)
        of_operation = sorted(b.id for b in self.all_batches.values() if b.number == number)
        chosen = data.draw(st.lists(st.sampled_from(of_operation), unique=True, min_size=1))
        self._settle(number, [self._draw_report(data, batch) for batch in chosen])

    def settle_what_is_closing(self, data: st.DataObject) -> None:
        """Drawn on its own, because it is what fences are for."""
        batch = data.draw(st.sampled_from(self._closing()))
        self._settle(self.batches[batch].number, [self._draw_report(data, batch)])

    def settle_twice(self, data: st.DataObject) -> None:
        """The answer to a commit is lost, and the worker says all of it again."""
        batch = self.batches[data.draw(st.sampled_from(sorted(self.batches)))]
        said = data.draw(st.lists(st.sampled_from(WORDS), unique=True, max_size=25))
        report = Report(batch_id=batch.id, values=said, stored_before=batch.stored)
        expected = self._expect(batch.number, [report])
        first = self.mill.settle_all(report, number=batch.number)
        assert first.stored == expected
        if any(expected.values()):
            again = self.mill.settle_all(report, number=batch.number)
            assert (again.stored, again.status) == (first.stored, first.status)
            assert again.open_count == first.open_count

    def _settle(self, number: int, reports: Sequence[Report]) -> None:
        expected = self._expect(number, reports)
        settled = self.mill.settle_all(*reports, number=number)
        assert settled.stored == expected
        operation = self.operations.get(number)
        assert settled.status == (operation.status if operation else None)
        if operation is not None and expected and not operation.ended:
            assert settled.open_count == self._open(operation)

    def heartbeat(self, data: st.DataObject) -> None:
        pool = sorted({*self.batches, *list(self.all_batches)[-2:]})
        drawn = data.draw(st.lists(st.sampled_from(pool), unique=True))
        # A worker goes on renewing what has been closed until it is told.
        chosen = sorted({*drawn, *self._closing()})
        with self.database.transaction() as connection:
            ours = leases.heartbeat(connection, BATCHES, ids=chosen, lease_seconds=LEASE)
        assert ours == {
            batch for batch in chosen if batch in self.batches and not self.batches[batch].closing
        }
        for batch in ours:
            self.batches[batch].expired = False

    def let_a_lease_run_out(self, data: st.DataObject) -> None:
        batch = data.draw(st.sampled_from(sorted(self.batches)))
        with self.database.transaction() as connection:
            connection.execute(
                text(
                    """
                    UPDATE batches SET lease_until = clock_timestamp() - interval '1 second'
                    WHERE id = :id
                    """
                ),
                {"id": batch},
            )
        self.batches[batch].expired = True

    def sweep(self, _: st.DataObject) -> None:
        expired = [batch for batch in self.batches.values() if batch.expired]
        assert leases.return_expired(self.database, PRODUCTS) == len(expired)
        self._expect_returned(expired, lost=True)

    def give_back(self, data: st.DataObject) -> None:
        lost = data.draw(st.booleans(), "lost")
        number = self._draw_number(data)
        of_operation = sorted(b.id for b in self.all_batches.values() if b.number == number)
        chosen = data.draw(st.lists(st.sampled_from(of_operation), unique=True))
        returned = self.database.run(
            lambda connection: give_back(
                connection, batches=chosen, operation_number=number, lost=lost
            )
        )
        there = [self.batches[batch] for batch in chosen if batch in self.batches]
        assert returned == len(there)
        self._expect_returned(there, lost=lost)

    def restart_worker(self, data: st.DataObject) -> None:
        worker = data.draw(st.sampled_from(WORKERS), "worker")
        lost = data.draw(st.booleans(), "lost")
        theirs = [batch for batch in self.batches.values() if batch.worker == worker]
        returned = leases.return_all_of(self.database, PRODUCTS, worker=worker, lost=lost)
        assert returned == len(theirs)
        self._expect_returned(theirs, lost=lost)

    def set_level(self, data: st.DataObject) -> None:
        url = data.draw(st.sampled_from(sorted(GATEWAYS)), "gateway")
        wanted = data.draw(st.integers(1, 4), "level")
        seen, most = self.levels[url], GATEWAYS[url]
        with self.database.transaction() as connection:
            now = gateways.set_level(connection, url=url, seen=seen, wanted=wanted)
        assert now is not None
        self.levels[url] = min(most, max(seen + 1, wanted)) if wanted > seen else wanted
        assert (now.level, now.most) == (self.levels[url], most)

    def cancel_or_delete(self, data: st.DataObject) -> None:
        delete = data.draw(st.booleans(), "delete")
        operation = data.draw(st.sampled_from(self._there(ended=False)))
        act = operations.delete if delete else operations.cancel
        self.database.run(
            lambda connection: act(
                connection, operation_id=operation.id, account_id=self.mill.account
            )
        )
        self._expect_end(operation, "FAILED")
        operation.deleted = delete

    def let_a_retention_run_out(self, data: st.DataObject) -> None:
        operation = data.draw(st.sampled_from(self._there(ended=True)))
        with self.database.transaction() as connection:
            connection.execute(
                text("UPDATE operations SET expiration_time = now() WHERE number = :number"),
                {"number": operation.number},
            )
        assert removal.expire(self.database) == 1
        operation.deleted = True

    def remove_deleted(self, _: st.DataObject) -> None:
        held = {batch.number for batch in self.batches.values()}
        gone = [o.number for o in self.operations.values() if o.deleted and o.number not in held]
        assert removal.remove_deleted(self.database) == len(gone)
        for number in gone:
            del self.operations[number]
        # Their values go at once, the records when no prompt runs any more.
        for operation in self.operations.values():
            if operation.deleted:
                operation.values = []

    # What must hold after each.

    @invariant()
    def the_database_is_as_the_model_says(self) -> None:
        with self.database.transaction() as connection:
            wrong = connection.execute(text(BOOKS)).all()
            found = {what: connection.execute(text(query)).all() for what, query in READ.items()}
        removing = [o.number for o in self.operations.values() if o.deleted]
        assert [row for row in wrong if row.number not in removing] == []
        now = {what: {row[0]: tuple(row[1:]) for row in rows} for what, rows in found.items()}
        assert now["batches"] == {
            batch.id: (
                *(batch.number, batch.worker, batch.asked, batch.stored),
                *(batch.let_go, batch.closing, batch.expired),
            )
            for batch in self.batches.values()
        }
        assert now["operations"] == {
            operation.number: (
                *(operation.status, operation.asked, operation.wasted, operation.prompts),
                *(operation.lost, operation.deleted),
            )
            for operation in self.operations.values()
        }
        assert now["values"] == {
            operation.number: (operation.values, list(range(1, len(operation.values) + 1)))
            for operation in self.operations.values()
            if operation.values
        }

    @invariant()
    def nothing_exceeds_its_limits(self) -> None:
        for url, slots in GATEWAYS.items():
            assert self._taken(url) <= slots
        for operation in self.operations.values():
            assert len(operation.values) <= operation.requested
            if not operation.duplicates_allowed:
                assert len(set(operation.values)) == len(operation.values)
            if not operation.ended:
                assert self._open(operation) >= 0

    # The model.

    def _taken(self, url: str, *, without: int | None = None) -> int:
        return sum(
            batch.gateway == url and not batch.let_go and batch.id != without
            for batch in self.batches.values()
        )

    def _open(self, operation: Operation) -> int:
        under_way = sum(b.asked for b in self.batches.values() if b.number == operation.number)
        return operation.requested - len(operation.values) - under_way

    def _closing(self) -> list[int]:
        return sorted(batch.id for batch in self.batches.values() if batch.closing)

    def _there(self, *, ended: bool) -> list[Operation]:
        return [o for o in self.operations.values() if o.ended == ended and not o.deleted]

    def _most_urgent(self) -> Operation | None:
        working = [o for o in self._there(ended=False) if self._open(o) > 0]
        return min(working, key=lambda o: (-o.priority, o.number), default=None)

    def _expect(self, number: int, reports: Sequence[Report]) -> dict[int, int]:
        """Settle in the model; return what is stored, by batch."""
        operation = self.operations.get(number)
        if operation is None:
            return {}
        ours = {r.batch_id: self.batches[r.batch_id] for r in reports if r.batch_id in self.batches}
        if operation.ended:
            for report in reports:
                if report.ended:
                    self.batches.pop(report.batch_id, None)
            return {}
        reports = [report for report in reports if report.batch_id in ours]
        over = sum(ours[report.batch_id].asked for report in reports if report.ended)
        if len(reports) > 1 and operation.exceeds_tolerance(operation.wasted + over):
            # The first that decides it is the last that counts.
            in_turn = [self._expect(number, [report]) for report in reports]
            return {batch: n for each in in_turn for batch, n in each.items()}
        room = {r.batch_id: ours[r.batch_id].asked - (r.ended is None) for r in reports}
        stored: Counter[int] = Counter({report.batch_id: 0 for report in reports})
        heard = set(operation.values)
        for batch, value in ((r.batch_id, value) for r in reports for value in r.values):
            new = operation.duplicates_allowed or value not in heard
            heard.add(value)
            if new and stored[batch] < room[batch]:
                stored[batch] += 1
                operation.values.append(value)
        for report in reports:
            self._expect_counted(operation, ours[report.batch_id], report, stored[report.batch_id])
        if reports and len(operation.values) == operation.requested:
            self._expect_end(operation, "COMPLETED")
        elif reports and operation.exceeds_tolerance(operation.wasted):
            self._expect_end(operation, "FAILED")
        return dict(stored)

    def _expect_counted(
        self, operation: Operation, batch: Batch, report: Report, stored: int
    ) -> None:
        if report.ended is None:
            asked = stored
        elif report.ended.cut_by_us:
            asked = min(batch.asked, max(stored, report.ended.said - batch.stored))
        else:
            asked = batch.asked
        operation.asked += asked
        operation.wasted += asked - stored
        if report.ended is None:
            batch.asked -= stored
            batch.stored += stored
        else:
            operation.prompts += 1
            del self.batches[batch.id]

    def _expect_end(self, operation: Operation, status: str) -> None:
        operation.status = status
        for batch in self.batches.values():
            if batch.number == operation.number:
                batch.closing = True

    def _expect_returned(self, batches: Sequence[Batch], *, lost: bool) -> None:
        for batch in batches:
            del self.batches[batch.id]
            if lost:
                self.operations[batch.number].lost += 1

    # What is drawn, and what is read.

    def _draw_number(self, data: st.DataObject) -> int:
        numbers = {batch.number for batch in self.all_batches.values()}
        return data.draw(st.sampled_from(sorted(numbers)))

    def _draw_report(self, data: st.DataObject, batch: int) -> Report:
        said = data.draw(st.lists(st.sampled_from(WORDS), unique=True, max_size=25))
        if not data.draw(st.booleans()):
            return Report(batch_id=batch, values=said)
        cut = data.draw(st.booleans())
        stored = self.all_batches[batch].stored
        return Report(
            batch_id=batch, values=said, ended=Ended(said=stored + len(said), cut_by_us=cut)
        )

    def _most_lacking(self, number: int) -> int:
        with self.database.transaction() as connection:
            return int(
                connection.scalar(
                    text("SELECT max(open_count) FROM cells WHERE operation_number = :number"),
                    {"number": number},
                )
                or 0
            )


READ = {
    "batches": """
        SELECT id, operation_number, worker, asked, stored, let_go, closing,
            lease_until < clock_timestamp()
        FROM batches
    """,
    "operations": """
        SELECT number, status, asked, wasted, prompts, lost_prompts, deleted_at IS NOT NULL
        FROM operations
    """,
    "values": """
        SELECT operation_number, array_agg(value ORDER BY position),
            array_agg(position ORDER BY position)
        FROM operation_values GROUP BY operation_number
    """,
}


def test_any_order_of_steps_leaves_what_the_model_says(database: Database) -> None:
    run_state_machine_as_test(
        lambda: LeaseMachine(database),
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
