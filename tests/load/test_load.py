"""A short run of the load, and that it would notice what it looks for."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from deploy.local.stack import LocalStack
from shared.db.engine import Database
from tests.load import checks, page, rush, site, soak
from tests.load.client import Memory
from tests.load.sampling import Sample, Table
from tests.load.tally import Tally, percentile
from tests.support.stack import Api

CLIENTS = 50
QUEUED = 200


def test_under_load_nothing_is_lost_and_nobody_is_sent_away(stack: LocalStack, api: Api) -> None:
    running = site.of_stack(stack.info, concurrency=8, names="crowd")
    result = asyncio.run(
        rush.run(
            running,
            clients=CLIENTS,
            seconds=5,
            queued=QUEUED,
            think=1.0,
            large_model=site.SMALL_MODEL,
            report=print,
        )
    )
    assert not result.tally.violations
    assert result.tally.statuses.keys() <= {200, 204, 304, 409}
    # The large one, the queue, and each client's first.
    assert result.tally.counts["accepted"] > QUEUED + CLIENTS
    assert result.tally.counts["found"] == result.tally.counts["accepted"]
    # How many depends on how fast the machine is.
    assert result.tally.seconds["poll job"]
    assert result.samples[-1].memory.keys() >= {"api", "worker-1"}
    assert "Every promise was kept." in page.load_figures(result)


def test_a_request_that_was_lost_is_noticed(database: Database, database_url: str) -> None:
    memory = Memory(accepted={"client 1": "0" * 32})
    tally = Tally()
    checks.check(database_url, memory=memory, tally=tally, kept=True)
    assert list(tally.violations) == ["an accepted request exists, once"]


def samples(*, memory: float, table: float, rows: int) -> list[Sample]:
    """Of half an hour in which each look finds so much more than the one before."""
    return [
        Sample(
            after=15.0 * number,
            memory={"api": 100 + memory * number},
            connections={},
            queued=10,
            redis=1.5,
            wakeups=0,
            tables={
                "operations": _table(10 + table * number, rows=100),
                "jobs": _table(1 + 0.01 * number, rows=1_000 + rows * number),
            },
        )
        for number in range(120)
    ]


def _table(size: float, *, rows: int) -> Table:
    return Table(whole=size, indexes=size / 3, rows=rows, dead=0)


def test_what_grows_is_told_from_what_is_steady() -> None:
    steady = samples(memory=0, table=0, rows=10)
    assert [each.name for each in soak.compare(steady) if each.grows] == []
    leaking = samples(memory=0.5, table=0.1, rows=2)
    assert [each.name for each in soak.compare(leaking) if each.grows] == [
        "memory of api",
        "table operations",
        "indexes of operations",
        "a row of jobs",
    ]


def test_what_was_large_once_and_is_not_any_more_is_no_growth() -> None:
    found = samples(memory=0, table=0, rows=10)
    found[5] = replace(found[5], memory={"api": 900.0})
    found[119] = replace(found[119], memory={"api": 900.0})
    assert [each.name for each in soak.compare(found) if each.grows] == []


def test_percentiles_are_of_the_nearest_rank() -> None:
    hundred = [float(number) for number in range(1, 101)]
    assert [percentile(hundred, share) for share in (0.5, 0.95, 0.99, 1)] == [50, 95, 99, 100]
    assert percentile([7.0], 0.5) == 7
