"""A look at processes, connections and tables, every few seconds, from a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import psycopg
from psycopg.rows import dict_row
from redis import Redis

from shared.queue.wakeups import QUEUE
from tests.bench.memory import megabytes
from tests.load.site import Site
from tests.load.tally import Tally


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One look; sizes in MB."""

    after: float
    #: Memory (PSS) of each part with its children.
    memory: Mapping[str, float]
    #: Connections to the database, by role.
    connections: Mapping[str, int]
    #: Operations that have not ended.
    queued: int
    #: Redis's data, and the wake-ups that wait in it.
    redis: float
    wakeups: int
    #: Of each table, and of its indexes.
    tables: Mapping[str, Table] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Table:
    """How large a table is; sizes in MB, the whole with its indexes and what is kept apart."""

    whole: float
    indexes: float
    rows: int
    dead: int


class Sampler(threading.Thread):
    """Looks from :meth:`start` to :meth:`stop`; what it cannot see is a violation.

    :param tables: also count their rows, which takes its time where there are many.
    :param act: called before each look.
    """

    def __init__(
        self,
        site: Site,
        tally: Tally,
        *,
        seconds: float,
        tables: bool = False,
        act: Callable[[psycopg.Connection[Any]], None] = lambda _: None,
    ) -> None:
        super().__init__(name="sampler", daemon=True)
        self.samples: list[Sample] = []
        self._site = site
        self._tally = tally
        self._seconds = seconds
        self._tables = tables
        self._act = act
        self._over = threading.Event()
        self._began = monotonic()

    def run(self) -> None:
        try:
            url = self._site.info.database_url
            with (
                psycopg.connect(
                    url, autocommit=True, row_factory=dict_row, application_name="load"
                ) as database,
                Redis.from_url(self._site.info.broker_url) as broker,
            ):
                while True:
                    self._act(database)
                    self.samples.append(self._look(database, broker))
                    if self._over.wait(self._seconds):
                        return
        except Exception as error:
            self._tally.complain("the service can be looked at all the while", repr(error))

    def stop(self) -> Sequence[Sample]:
        """Look no more; return what was seen."""
        self._over.set()
        self.join(timeout=60)
        for part in self._site.bounds:
            if not any(sample.connections.get(part) for sample in self.samples):
                self._tally.complain("connections can be counted", part)
        return self.samples

    def _look(self, database: psycopg.Connection[Any], broker: Any) -> Sample:
        connections = {row["part"]: row["count"] for row in database.execute(CONNECTIONS)}
        for part, bound in self._site.bounds.items():
            found = connections.get(part, 0)
            if found > bound:
                self._tally.complain("connections stay within the pools", (part, found, bound))
        wakeups = broker.llen(QUEUE)
        if wakeups > MOST_WAKEUPS:
            self._tally.complain("wake-ups do not pile up", wakeups)
        counted = database.execute(QUEUED).fetchone()
        assert counted
        return Sample(
            after=monotonic() - self._began,
            memory={
                name: megabytes(pid)
                for name, pid in sorted(self._site.info.pids.items())
                if name == "api" or name.startswith("worker") or self._tables
            },
            connections=connections,
            queued=counted["count"],
            redis=broker.info("memory")["used_memory"] / MEGABYTE,
            wakeups=wakeups,
            tables=self._look_at_tables(database) if self._tables else {},
        )

    def _look_at_tables(self, database: psycopg.Connection[Any]) -> dict[str, Table]:
        found = {}
        for row in database.execute(TABLES).fetchall():
            rows = database.execute(f'SELECT count(*) FROM "{row["name"]}"').fetchone()
            assert rows
            found[row["name"]] = Table(
                whole=row["whole"] / MEGABYTE,
                indexes=row["indexes"] / MEGABYTE,
                rows=rows["count"],
                dead=row["dead"],
            )
        return found


#: Each of a few senders looks how many wait before it adds, at most, 64; more than a few times
#: that is a heap that grows.
MOST_WAKEUPS = 512

MEGABYTE = 1024 * 1024

#: By role, which is all that one role is told of another's; all workers have the same.
CONNECTIONS = """
    SELECT usename AS part, count(*)::int FROM pg_stat_activity
    WHERE usename IS NOT NULL GROUP BY 1
"""

QUEUED = "SELECT count(*)::int FROM operations WHERE end_time IS NULL"

TABLES = """
    SELECT relname AS name, pg_total_relation_size(relid) AS whole,
        pg_indexes_size(relid) AS indexes, n_dead_tup AS dead
    FROM pg_stat_user_tables ORDER BY relname
"""
