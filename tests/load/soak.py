"""A steady load for an hour, from which nothing may be left but what is kept on purpose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import psycopg

from tests.load import checks, crowd
from tests.load.client import Habits, Memory
from tests.load.crowd import Crowd
from tests.load.sampling import Sample, Sampler
from tests.load.site import Site
from tests.load.tally import Tally

WEIGHTS = {
    "poll job": 55,
    "submit": 20,
    "read operation": 8,
    "values": 8,
    "list jobs": 3,
    "download": 4,
    "cancel": 2,
}
PRIORITIES = (-2, -1, 0, 1, 2)
SIZES = (1, 5, 20, 100)

#: Seconds for which operations are kept after their end; the contract counts in seconds too.
RETENTION = 30

SAMPLE_SECONDS = 15.0

#: Tables are as large as they get once they have been vacuumed a few times, and processes once
#: they have done everything a few times.
ENOUGH_SECONDS = 600.0

#: Kept for ever, as the contract has it: what may not grow is what a row takes.
FOR_EVER = frozenset({"jobs"})

#: How much more the last third may take than the second: a share of it, and MB beside.
MEMORY_SHARE, MEMORY_SLACK = 0.10, 2.0
TABLE_SHARE, TABLE_SLACK = 0.10, 0.25
ROW_SHARE = 0.10

#: Keys are remembered for a day, by the time that they came: a day passes in a minute.
AGE_KEYS = """
    UPDATE idempotency_keys SET created_at = created_at - interval '24 hours'
    WHERE created_at BETWEEN now() - interval '1 hour' AND now() - interval '1 minute'
"""


@dataclass(frozen=True, kw_only=True)
class Series:
    """One size over time: at first, and the medians of the second and of the last third."""

    name: str
    unit: str
    first: float
    second: float
    last: float
    #: What the last may be, at most.
    limit: float

    @property
    def grows(self) -> bool:
        return self.last > self.limit


@dataclass(kw_only=True)
class Result(crowd.Result):
    """And what else is looked at."""

    series: Sequence[Series]


async def run(
    site: Site,
    *,
    clients: int,
    seconds: float,
    think: float,
    sample_seconds: float = SAMPLE_SECONDS,
) -> Result:
    """Let a few clients at it for long, then look what has grown."""
    tally, memory = Tally(), Memory()
    habits = Habits(
        think=think, weights=WEIGHTS, priorities=PRIORITIES, sizes=SIZES, retention=RETENTION
    )
    few = Crowd(site, count=clients, habits=habits, tally=tally, memory=memory)
    sampler = Sampler(site, tally, seconds=sample_seconds, tables=True, act=_age_keys)
    sampler.start()
    strain = await few.live(seconds=seconds)
    samples = sampler.stop()
    checks.check(site.info.database_url, memory=memory, tally=tally, kept=False)
    series = list(compare(samples))
    if seconds >= ENOUGH_SECONDS:
        for each in series:
            if each.grows:
                tally.complain("what is steady does not grow", each)
    return Result(
        clients=clients,
        seconds=seconds,
        habits=habits,
        tally=tally,
        strain=strain,
        samples=samples,
        series=series,
    )


def _age_keys(database: psycopg.Connection[Any]) -> None:
    database.execute(AGE_KEYS)


def compare(samples: Sequence[Sample]) -> Iterator[Series]:
    """Each size in the last third beside that in the second."""
    if len(samples) < 3:
        return
    last = samples[-1]
    for part in last.memory:
        found = [sample.memory.get(part, 0.0) for sample in samples]
        yield _series(f"memory of {part}", "MB", found, MEMORY_SHARE, MEMORY_SLACK)
    yield _series("memory of Redis's data", "MB", [s.redis for s in samples], MEMORY_SHARE, 1.0)
    yield _series("wake-ups waiting", "", [s.wakeups for s in samples], 0.0, 64.0)
    yield _series("operations waiting or running", "", [s.queued for s in samples], 0.5, 20.0)
    for name in last.tables:
        found = [sample.tables[name] for sample in samples]
        if name in FOR_EVER:
            per_row = [table.whole * 1024 / max(1, table.rows) for table in found]
            yield _series(f"a row of {name}", "kB", per_row, ROW_SHARE, 0.0)
            continue
        whole = [table.whole for table in found]
        if max(whole) < TABLE_SLACK:
            continue
        yield _series(f"table {name}", "MB", whole, TABLE_SHARE, TABLE_SLACK)
        indexes = [table.indexes for table in found]
        yield _series(f"indexes of {name}", "MB", indexes, TABLE_SHARE, TABLE_SLACK)


def _series(name: str, unit: str, found: Sequence[float], share: float, slack: float) -> Series:
    third = len(found) // 3
    second, last = median(found[third : 2 * third]), median(found[2 * third :])
    return Series(
        name=name,
        unit=unit,
        first=found[0],
        second=second,
        last=last,
        limit=second * (1 + share) + slack,
    )
