"""Migrations while the version before still works, and two of them at once.

What the version before says to the database is written out here, as that version said it: code
that has moved on would no longer show what older code meets.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, Row, text

from shared.db import migrate
from shared.db.engine import Database
from shared.errors import Unavailable
from tests.support.waiting import PATIENCE, wait_until

BEFORE = "0004"

SUBMIT = """
    INSERT INTO accounts (name) VALUES ('old') ON CONFLICT DO NOTHING;
    INSERT INTO gateways (url, max_concurrent_tasks, status, models)
        VALUES ('http://127.0.0.1:1', 4, 'UP', '{m}') ON CONFLICT DO NOTHING;
    WITH operation AS (
        INSERT INTO operations (
            id, account_id, name, data_type, attributes, max_value_length, requested_count,
            filter_characters, allow_duplicates, trim_values, multiline_values, error_tolerance,
            priority, open_count
        )
        SELECT gen_random_uuid(), id, 'n', 't', '[]', 255, 1000000, '', true, true, false, 100, 0,
            1000000
        FROM accounts
        RETURNING *
    ), cell AS (
        INSERT INTO cells (operation_number, ordinal, choice, quota, open_count)
        SELECT number, 0, '{}', requested_count, open_count FROM operation
    )
    INSERT INTO jobs (id, account_id, type, operation_id, target_name, trace_id)
    SELECT gen_random_uuid(), account_id, 'T', id, name, 't' FROM operation
"""

READ = """
    SELECT j.id, j.status, o.generated_count, o.requested_count, o.warning
    FROM jobs j LEFT JOIN operations o ON o.id = j.operation_id AND o.deleted_at IS NULL
"""

CLAIM = """
    WITH urgent AS MATERIALIZED (
        SELECT * FROM operations WHERE has_work ORDER BY priority DESC, number LIMIT 1
        FOR NO KEY UPDATE
    ), cell AS MATERIALIZED (
        SELECT c.operation_number, c.ordinal, least(c.open_count, 2) AS asked
        FROM cells c JOIN urgent u ON c.operation_number = u.number
        LIMIT 1
        FOR NO KEY UPDATE OF c
    ), taken AS (
        UPDATE cells SET open_count = cells.open_count - cell.asked FROM cell
        WHERE cells.operation_number = cell.operation_number
    ), counted AS (
        UPDATE operations SET open_count = operations.open_count - cell.asked FROM cell
        WHERE operations.number = cell.operation_number
    )
    INSERT INTO batches (operation_number, cell_ordinal, gateway_id, worker, asked, lease_until)
    SELECT operation_number, ordinal, (SELECT id FROM gateways), 'old', asked,
        clock_timestamp() + interval '10 seconds'
    FROM cell RETURNING id
"""

SETTLE = """
    SELECT * FROM operations FOR NO KEY UPDATE;
    DELETE FROM batches WHERE id = :batch;
    INSERT INTO operation_values (operation_number, position, cell_ordinal, value)
    SELECT number, generated_count + said, 0, 'v' FROM operations, generate_series(1, 2) said;
    WITH cell AS (
        UPDATE cells SET generated_count = generated_count + 2
    )
    UPDATE operations SET generated_count = generated_count + 2, prompts = prompts + 1
"""


class OldVersion:
    """Clients that poll and a worker that works, one after another, until told to stop."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stop = threading.Event()
        self.rounds = {"read": 0, "work": 0}

    def read(self) -> None:
        self._repeat("read", lambda: self._run(READ))

    def work(self) -> None:
        self._repeat("work", self._prompt)

    def stop(self) -> None:
        self._stop.set()

    def go_on(self, rounds: int = 8) -> None:
        """Wait until reading and working have each gone on for some more rounds.

        After a few, their statements are prepared, and know the columns of their tables.
        """
        start = dict(self.rounds)
        wait_until(
            lambda: all(self.rounds[name] >= start[name] + rounds for name in start),
            what=lambda: f"the old version to work on: {start} then, {self.rounds} now",
        )

    def _prompt(self) -> None:
        (batch,) = self._run(CLAIM)
        self._run(SETTLE, batch=batch.id)

    def _run(self, statements: str, **parameters: object) -> Sequence[Row[Any]]:
        """Execute statements in one transaction; return the rows of the last, if it has any."""

        def execute(connection: Connection) -> Sequence[Row[Any]]:
            for statement in statements.split(";"):
                result = connection.execute(text(statement), parameters)
            return result.all() if result.returns_rows else []

        return self._database.run(execute)

    def _repeat(self, name: str, act: Callable[[], object]) -> None:
        # An error ends the thread, and with it the test.
        while not self._stop.is_set():
            act()
            self.rounds[name] += 1


@pytest.fixture
def before(database: Database, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database of the version before."""
    migrate.migrate(database, revision="base")
    migrate.migrate(database, revision=getattr(request, "param", BEFORE))
    yield database
    migrate.migrate(database, revision="base")
    migrate.migrate(database)


@pytest.fixture
def old_version(before: Database) -> Iterator[OldVersion]:
    with before.engine.begin() as connection:
        for statement in SUBMIT.split(";"):
            connection.execute(text(statement))
    running = OldVersion(before)
    with ThreadPoolExecutor(2) as threads:
        working = [threads.submit(running.read), threads.submit(running.work)]
        try:
            yield running
        finally:
            running.stop()
        for each in working:
            each.result()


@pytest.mark.parametrize("before", [BEFORE, "0010"], indirect=True)
def test_the_version_before_works_on(before: Database, old_version: OldVersion) -> None:
    old_version.go_on()
    migrate.migrate(before)
    old_version.go_on()
    old_version.stop()
    assert migrate.is_current(before)
    with before.transaction() as connection:
        counted, stored = connection.execute(
            text("SELECT generated_count, (SELECT count(*) FROM operation_values) FROM operations")
        ).one()
    assert counted == stored > 0


def test_who_waits_for_a_long_reader_holds_nobody_up(
    before: Database, old_version: OldVersion
) -> None:
    with ThreadPoolExecutor(1) as threads, before.reading() as download:
        download.execute(text(READ))
        migration: Future[None] = threads.submit(migrate.migrate, before)
        wait_until(lambda: _waits_for_a_table(before), what="the migration to begin")
        # Longer than the old version would wait for a lock before it gives up.
        for _ in range(4):
            old_version.go_on()
        assert not migration.done()
        download.rollback()
        migration.result(timeout=PATIENCE)
    assert migrate.is_current(before)
    old_version.go_on()


def _waits_for_a_table(database: Database) -> bool:
    with database.transaction() as connection:
        return bool(
            connection.scalar(
                text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation IS NOT NULL")
            )
        )


def test_one_that_never_gets_its_turn_says_why(before: Database) -> None:
    with before.reading() as download:
        download.execute(text(READ))
        with pytest.raises(Unavailable, match="long transaction"):
            migrate.migrate(before, patience=0)
        assert migrate.revisions(before) == (BEFORE,)


def test_two_at_once_take_turns(database: Database) -> None:
    for _ in range(2):
        migrate.migrate(database, revision="base")
        together = threading.Barrier(3)

        def migrate_together(barrier: threading.Barrier = together) -> None:
            barrier.wait(PATIENCE)
            migrate.migrate(database)

        with ThreadPoolExecutor(3) as threads:
            for done in [threads.submit(migrate_together) for _ in range(3)]:
                done.result(timeout=PATIENCE)
        assert migrate.is_current(database)


def test_one_whose_predecessor_was_cut_off_goes_on(database: Database) -> None:
    """Its lock goes with its connection, and what it had begun is undone."""
    migrate.migrate(database, revision="base")
    lock = text("SELECT pg_backend_pid() FROM pg_advisory_lock(:key)")
    with database.engine.connect() as dying, ThreadPoolExecutor(1) as threads:
        pid = dying.scalar(lock, {"key": migrate.MIGRATION_LOCK})
        dying.execute(text("CREATE TABLE accounts (half int)"))
        waiting = threads.submit(migrate.migrate, database)
        with database.transaction() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        waiting.result(timeout=PATIENCE)
        dying.invalidate()
    assert migrate.is_current(database)
