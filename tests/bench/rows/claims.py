"""Whether claims wait for what is planned, and for what is settled."""

from __future__ import annotations

import multiprocessing
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import mean
from typing import Any

import psycopg
from psycopg.rows import dict_row

from shared.db.engine import Database
from tests.bench.figures import Figure, Row, at_most, told
from tests.bench.rows.scheduling import EVENTS, TRIES
from tests.bench.service import Service, instant_model, service

KNOWN = 20_000
BESIDE_SECONDS = 5.0

ROUND_ROBIN_CLAIMS = 500
KNOWN_OF_EACH = 40


def planning(folder: Path) -> Iterator[Figure]:
    """What a claim costs where much is known, and others meanwhile."""
    from tests.bench.claiming import Claimant, submit_known

    with service(folder, workers=0) as running, Database(_url(running), pool_size=2) as database:
        crowded = submit_known(_url(running), name="known", cells=1, known=KNOWN)
        plain = submit_known(_url(running), name="plain", cells=1, known=1)
        claimant = Claimant(plain, database, constant=True)
        waits = {
            constant: _waits(crowded, claimant, constant=constant) for constant in (True, False)
        }
        yield at_most(
            f"beside a planner new to {KNOWN:,} values",
            waits[False] / waits[True],
            2.0,
            f"19 of 20 claims within {waits[False] * 1000:.1f} ms; beside a constant plan "
            f"{waits[True] * 1000:.1f} ms",
        )
        claimants = {
            cells: Claimant(
                submit_known(
                    _url(running), name=f"{cells} cells", cells=cells, known=KNOWN_OF_EACH
                ),
                database,
            )
            for cells in (500, 5)
        }
        seconds: dict[int, list[float]] = {500: [], 5: []}
        for turn in range(2 * ROUND_ROBIN_CLAIMS):
            for cells, each in claimants.items():
                claim, _, took = each.claim()
                each.settle(claim)
                if turn >= ROUND_ROBIN_CLAIMS:
                    seconds[cells].append(took)
    costs = {cells: mean(each) for cells, each in seconds.items()}
    yield at_most(
        "500 repeating cells",
        costs[500] / costs[5],
        1.2,
        f"a claim takes {costs[500] * 1000:.1f} ms, with 5 cells {costs[5] * 1000:.1f} ms",
    )


def _url(running: Service) -> str:
    return running.info.database_url


def _waits(work: object, claimant: object, *, constant: bool) -> float:
    """Seconds within which 19 of 20 claims are made, while another process claims all the time."""
    from tests.bench.claiming import claim_for

    with _claiming(work, constant=constant):
        waits = sorted(claim_for(claimant, BESIDE_SECONDS))  # type: ignore[arg-type]
    return waits[len(waits) * 19 // 20]


@contextmanager
def _claiming(work: object, *, constant: bool) -> Iterator[None]:
    from tests.bench.claiming import claim_without_end

    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(
        target=claim_without_end, args=(work, theirs), kwargs={"constant": constant}, daemon=True
    )
    process.start()
    try:
        if not ours.poll(60):
            raise RuntimeError("the other process claims nothing")
        yield
        if not process.is_alive():
            raise RuntimeError("the other process has ended")
    finally:
        process.kill()
        process.join()


OPERATIONS = 5_000
SLOTS = 8
URGENT = 10
DRAIN_SECONDS = 240.0

GAP = """
SELECT extract(epoch FROM max(gap))::float FROM (
    SELECT lead(at) OVER (ORDER BY at) - at AS gap
    FROM bench_events WHERE what = 'batches'
) AS gaps
"""


#: Claims of others that began when all could see an urgent operation, and came before its own.
JUDGE = """
SELECT (
        SELECT count(*) FROM bench_events passed
        WHERE passed.what = 'batches' AND passed.operation_number <> %(number)s
            AND passed.began > %(at)s AND passed.number < first.number
    ) AS passed_by,
    greatest(0, extract(epoch FROM first.at - %(at)s))::float AS waited
FROM bench_events first
WHERE first.operation_number = %(number)s AND first.what = 'batches'
ORDER BY first.number LIMIT 1
"""
SEE = """
SELECT number, clock_timestamp() AS at FROM operations
WHERE priority = %s ORDER BY number DESC LIMIT 1
"""


@contextmanager
def _watching(database_url: str) -> Iterator[dict[str, Any]]:
    """Look out for the next urgent operation; its number, and the time when it could be seen.

    By looking all the time: when a submit commits its transaction cannot tell, and there are
    claims at each moment.
    """
    found: dict[str, Any] = {}
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:

        def look() -> None:
            before = connection.execute(SEE, [URGENT]).fetchone()
            ready.set()
            while not found:
                row = connection.execute(SEE, [URGENT]).fetchone()
                if row and (before is None or row["number"] > before["number"]):
                    found.update(row)

        ready = threading.Event()
        watch = threading.Thread(target=look, daemon=True)
        watch.start()
        ready.wait()
        yield found
        watch.join()


def crowd(folder: Path) -> Iterator[Figure]:
    """Thousands of operations of one value each: whether claims pause, and who goes first."""
    with (
        instant_model(slots=SLOTS) as model,
        service(folder, model, durable=False) as running,
        psycopg.connect(_url(running), autocommit=True) as connection,
    ):
        connection.execute(EVENTS)
        _submit_crowd(_url(running))
        began = time.monotonic()
        # The sweepers would find it within seconds; a request sends wake-ups at once.
        running.generate(1, seconds=60, priority=URGENT)
        most = 0
        tries = []
        for _ in range(TRIES):
            with _watching(_url(running)) as seen:
                running.generate(1, seconds=60, priority=URGENT)
            tries.append(connection.execute(JUDGE, seen).fetchone() or (1, 0.0))
            most = max(most, _count(connection, "batches"))
            time.sleep(random.uniform(0, 0.2))
        left = _count(connection, "operations WHERE end_time IS NULL")
        while _count(connection, "operations WHERE end_time IS NULL"):
            most = max(most, _count(connection, "batches"))
            if time.monotonic() - began > DRAIN_SECONDS:
                raise RuntimeError(f"not done after {DRAIN_SECONDS:.0f} s")
            time.sleep(0.1)
        seconds = time.monotonic() - began
        gap = _number(connection, GAP)
        deadlocks = _number(
            connection,
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
        )
    first = sum(passed_by == 0 for passed_by, _ in tries)
    yield at_most("longest time without a claim (s)", gap, 1.0)
    yield at_most("deadlocks", deadlocks, 0)
    yield Figure(
        case="next free slot",
        value=f"{first} of {TRIES}" if left else "the crowd was gone before the tries were over",
        target="all",
        met=first == TRIES and left > 0,
    )
    yield told(
        "urgent seen to its prompt", f"at most {max(waited for _, waited in tries) * 1000:.0f} ms"
    )
    yield told(
        "in all",
        f"{OPERATIONS / seconds:.0f} operations/s; at most {most} prompts open or not settled yet",
    )


def _submit_crowd(database_url: str) -> None:
    """At once, or the first would be done before the last is there."""
    from tests.bench.settling import submit_many

    with Database(database_url, pool_size=1) as database:
        submit_many(database, OPERATIONS, priorities=range(-1, 2))


def _count(connection: psycopg.Connection, rows: str) -> int:
    return int(_number(connection, f"SELECT count(*) FROM {rows}"))


def _number(connection: psycopg.Connection, query: str) -> float:
    row = connection.execute(query).fetchone()
    assert row
    return float(row[0] or 0)


PLANNING = Row(
    name="planning",
    how="How long 19 of 20 claims take at most while another process claims again and again, each "
    "time with a planner that is new to a cell with 20,000 known values, over the same beside a "
    "constant plan; another operation, another server. And 500 claims of an operation of 500 cells "
    "with 40 known values each, which take turns and repeat, over one of 5 such cells, after 500 "
    "that do not count.",
    measure=planning,
)
CROWD = Row(
    name="crowd",
    how="5,000 operations of one value and three priorities, on 8 slots of a model that answers at "
    "once, two workers. The longest time between two claims until all are done, by a trigger in "
    "the database; deadlocks by its own count; and 20 requests of one value at a higher priority "
    "amid them: no claim of another may begin between the moment when all can see the request, and "
    "its claim.",
    measure=crowd,
)
