"""The ledger of a worker, on a real database: what was said is stored, whenever the answer ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.db.engine import Database
from shared.generation.reports import Ended, Report
from tests.integration.test_lease_machine import Mill
from tests.support.waiting import PATIENCE, wait_until
from worker.mill.ledger import Entry, Ledger
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
