"""What must hold, all the while and in the end."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from shared.errors import Unavailable
from tests.chaos import audit
from tests.chaos.load import Known
from tests.chaos.world import LEASE_SECONDS, SLOTS, World
from tests.integration.test_lease_machine import BOOKS

LOOK_SECONDS = 0.5

#: A batch whose lease has run out is gone after a sweep, which happens every second; with all
#: workers killed it waits until one of them is up again.
SWEPT_WITHIN = 15.0

#: A model server may see a moment later than the database that a stream was closed.
OVERLAP_SECONDS = 3.0

#: Each has to find nothing, in one snapshot of the database.
RULES = {
    "counts equal rows": f"""
        SELECT * FROM ({BOOKS}) AS wrong JOIN operations o USING (number)
        WHERE o.deleted_at IS NULL
    """,
    "no duplicates where none are allowed": """
        SELECT v.operation_number, v.value FROM operation_values v
        JOIN operations o ON o.number = v.operation_number
        WHERE NOT o.allow_duplicates OR o.data_type = 'UUIDs'
        GROUP BY 1, 2 HAVING count(*) > 1
    """,
    "never more than requested": """
        SELECT number, requested_count, count(*) FROM operations o
        JOIN operation_values v ON v.operation_number = o.number
        GROUP BY 1, 2 HAVING count(*) > requested_count
    """,
    "no gateway has more prompts than slots": """
        SELECT g.url, count(*) FROM gateways g JOIN batches b ON b.gateway_id = g.id
        WHERE NOT b.let_go GROUP BY g.id HAVING count(*) > g.max_concurrent_tasks
    """,
    "what has ended has a job that says so": """
        SELECT o.number, o.status, j.status FROM operations o JOIN jobs j ON j.operation_id = o.id
        WHERE (o.end_time IS NULL) <> (j.status IN ('PENDING', 'STARTED'))
            OR (o.end_time IS NULL) <> (o.status IN ('PENDING', 'STARTED'))
            OR (o.status = 'COMPLETED') <> (o.generated_count = o.requested_count)
    """,
    "accounts know what they have in use": """
        SELECT a.id, a.open_operations, a.held_values FROM accounts a
        LEFT JOIN operations o ON o.account_id = a.id
        GROUP BY a.id
        HAVING a.open_operations <> count(*) FILTER (WHERE o.number > 0 AND o.end_time IS NULL)
            OR a.held_values <> coalesce(sum(CASE
                WHEN o.deleted_at IS NOT NULL THEN 0
                WHEN o.end_time IS NULL THEN o.requested_count
                ELSE o.generated_count END), 0)
    """,
}

OVERDUE = "SELECT id, worker FROM batches WHERE lease_until < clock_timestamp()"


@dataclass(kw_only=True)
class Violation:
    """Something that must not be."""

    after: float
    rule: str
    found: str


@dataclass
class Judge:
    """Collects what is wrong, from any thread."""

    began: float = field(default_factory=monotonic)
    violations: list[Violation] = field(default_factory=list)

    def complain(self, rule: str, found: object) -> None:
        after = round(monotonic() - self.began, 2)
        self.violations.append(Violation(after=after, rule=rule, found=repr(found)[:4000]))


class Checker(threading.Thread):
    """Looks all the while."""

    def __init__(self, world: World, judge: Judge) -> None:
        super().__init__(name="checker", daemon=True)
        self.looks = 0
        self._world = world
        self._judge = judge
        self._over = threading.Event()
        self._overdue: dict[int, float] = {}
        self._crowded: dict[str, float] = {}

    def run(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            try:
                self.look()
            except Unavailable:
                continue
            except Exception as error:
                # Connections are cut under our hands, too.
                if not isinstance(error, DBAPIError):
                    self._judge.complain("the checker itself works", error)
            if self._judge.violations:
                return

    def stop(self) -> None:
        """Look no more."""
        self._over.set()
        self.join(timeout=30)

    def look(self) -> None:
        """Look once."""
        with self._world.database() as database, database.reading() as connection:
            for rule, query in {**RULES, **audit.WRONG}.items():
                self._find(rule, connection, query)
            overdue = {row.id: row.worker for row in connection.execute(text(OVERDUE))}
        self._check_leases(overdue)
        self._check_slots()
        self.looks += 1

    def _find(self, rule: str, connection: Connection, query: str) -> None:
        rows = connection.execute(text(query)).all()
        if rows:
            self._judge.complain(rule, rows)

    def _check_leases(self, overdue: dict[int, str]) -> None:
        now = monotonic()
        self._overdue = {batch: self._overdue.get(batch, now) for batch in overdue}
        for batch, since in self._overdue.items():
            if now - max(since, self._world.calm.since()) > SWEPT_WITHIN:
                self._judge.complain("no lease without an owner", (batch, overdue[batch]))

    def _check_slots(self) -> None:
        now = monotonic()
        for name, slots in SLOTS.items():
            active = self._world.active(name) or 0
            if active <= slots:
                self._crowded.pop(name, None)
                continue
            since = max(
                self._crowded.setdefault(name, now), self._world.calm.since() + LEASE_SECONDS
            )
            if now - since > OVERLAP_SECONDS:
                self._judge.complain("no model server has more prompts than slots", (name, active))


def check_in_the_end(
    world: World, judge: Judge, *, known: Sequence[Known], unsure: Iterable[Known]
) -> None:
    """What must hold when everything has come to rest."""
    with world.database() as database, database.reading() as connection:
        for rule, query in {**RULES, **audit.WRONG}.items():
            rows: Sequence[Any] = connection.execute(text(query)).all()
            if rows:
                judge.complain(rule, rows)
        made: dict[str, int] = {}
        for row in connection.execute(text("SELECT target_name FROM jobs")):
            made[row.target_name] = made.get(row.target_name, 0) + 1
        left = connection.execute(
            text("SELECT number, status FROM operations WHERE end_time IS NULL")
        ).all()
    names = [each.name for each in known]
    if wrong := [name for name in names if made.get(name) != 1]:
        judge.complain("an accepted request exists, once", wrong)
    if wrong := [each.name for each in unsure if made.get(each.name, 0) > 1]:
        judge.complain("a request is done once", wrong)
    # Those that no client knows of were sent without a key, and their answer was lost.
    if left:
        judge.complain("everything ends", left)
