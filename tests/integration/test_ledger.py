"""The ledger of a worker, on a real database: what was said is stored, whenever the answer ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from shared.generation.reports import Ended, Report
from tests.integration.test_lease_machine import URL, Mill
from tests.support.waiting import PATIENCE, wait_until
from worker.mill.ledger import MOST_OPERATIONS, Entry, Ledger
from worker.mill.planner import Planned
from worker.mill.strategy import Plan
from worker.models.inflight import InFlightPrompts


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger]:
    ledger = Ledger(
        database,
        InFlightPrompts(),
        repeats=lambda _: False,
        on_open=lambda _: None,
    )
    ledger.start()
    yield ledger
    ledger.stop()


@pytest.mark.parametrize("said", [["a", "b", "c"], ["a", "b", "c", "d", "e"]])
def test_nothing_is_lost_of_an_answer_that_takes_its_time_to_end(
    database: Database, ledger: Ledger, said: list[str]
) -> None:
    mill = Mill(database)
    operation = mill.submit(10)
    claim = mill.must_claim(size=3)
    entry = Entry(claim, Planned(plan=Plan(asked=3)))
    ledger.add(entry, Report(batch_id=claim.batch_id, values=list(said)))
    wait_until(lambda: entry.stored == 2, what="all but the last to be stored")
    ledger.add(entry, Report(batch_id=claim.batch_id, ended=Ended(said=len(said))))
    assert entry.done.wait(PATIENCE)
    assert mill.stored(operation) == ["a", "b", "c"]
    assert mill.operation(operation)["wasted"] == 0
    mill.check_the_books()


def test_an_answer_that_cannot_be_settled_takes_no_other_with_it(database: Database) -> None:
    ledger = Ledger(database, InFlightPrompts(), repeats=lambda _: False, on_open=lambda _: None)
    mill = Mill(database)
    operations = [mill.submit(1, error_tolerance=0) for _ in range(2)]
    entries = []
    for said in ("\ud800", "a"):  # the first cannot be written in UTF-8
        claim = mill.must_claim(size=1)
        entries.append(Entry(claim, Planned(plan=Plan(asked=1))))
        ledger.add(entries[-1], Report(batch_id=claim.batch_id, values=[said], ended=Ended(said=1)))
    # Only now, so that they are settled together.
    ledger.start()
    assert all(entry.done.wait(PATIENCE) for entry in entries)
    ledger.stop()
    assert [mill.operation(each)["status"] for each in operations] == ["FAILED", "COMPLETED"]
    mill.check_the_books()


def test_field_e2_reports_of_many_operations_share_a_transaction(database: Database) -> None:
    ledger = Ledger(database, InFlightPrompts(), repeats=lambda _: False, on_open=lambda _: None)
    mill = Mill(database)
    mill.open_gateway(URL, MOST_OPERATIONS)
    entries = []
    for _ in range(MOST_OPERATIONS):
        mill.submit(1)
        claim = mill.must_claim(size=1)
        entries.append(Entry(claim, Planned(plan=Plan(asked=1))))
        ledger.add(entries[-1], Report(batch_id=claim.batch_id, values=["a"], ended=Ended(said=1)))
    ledger.start()
    assert all(entry.done.wait(PATIENCE) for entry in entries)
    ledger.stop()
    with database.transaction() as connection:
        written = connection.execute(
            text("SELECT count(*), count(DISTINCT CAST(xmin AS text)), min(status) FROM operations")
        ).one()
    assert tuple(written) == (MOST_OPERATIONS, 1, "COMPLETED")
    mill.check_the_books()


def test_the_ledger_goes_on_when_nobody_can_be_told(database: Database) -> None:
    def fail(_: int) -> None:
        raise RuntimeError("can't start new thread")

    ledger = Ledger(database, InFlightPrompts(), repeats=lambda _: False, on_open=fail)
    ledger.start()
    mill = Mill(database)
    operation = mill.submit(1)
    for said in ([], ["a"]):
        claim = mill.must_claim(size=1)
        entry = Entry(claim, Planned(plan=Plan(asked=1)))
        ledger.add(entry, Report(batch_id=claim.batch_id, values=said, ended=Ended(said=len(said))))
        assert entry.done.wait(20)
    ledger.stop()
    assert mill.stored(operation) == ["a"]
