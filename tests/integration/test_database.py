"""Connections: those that died, slow readers, a database without room, and transactions."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from shared.db import engine
from shared.db.engine import Database
from shared.db.lookup import Lookup
from shared.db.troubles import DatabaseRefused
from shared.errors import Unavailable
from tests.support.waiting import PATIENCE

SEVERAL = 4
BACKEND = text("SELECT pg_backend_pid() AS pid, count(*) AS keys FROM api_keys WHERE id = :id")
LOOKUP = Lookup(BACKEND)


@pytest.fixture
def pool(database_url: str, database: Database) -> Iterator[Database]:
    """Several connections that wait in a pool to be used."""
    with Database(database_url, pool_size=SEVERAL) as made:
        made.warm_up(SEVERAL)
        yield made


def by_lookup(connection: Connection) -> int:
    """Read from the driver; the process that serves the connection."""
    row = LOOKUP.find(connection, id=7)
    assert row is not None
    return int(row["pid"])


def by_sqlalchemy(connection: Connection) -> int:
    """Read as anything else is."""
    return int(connection.execute(BACKEND, {"id": 7}).one().pid)


def cut(pool: Database, database: Database) -> set[int]:
    """End all connections of a pool, as a restart of PostgreSQL does; those that they were."""
    with ExitStack() as opened:
        pids = {by_sqlalchemy(opened.enter_context(pool.transaction())) for _ in range(SEVERAL)}
    end(database, pids)
    return pids


def end(database: Database, pids: set[int]) -> None:
    with database.transaction() as connection:
        for pid in pids:
            connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})


@pytest.mark.parametrize("read", [by_lookup, by_sqlalchemy])
def test_a_read_goes_on_when_its_connection_died_in_the_pool(
    pool: Database, database: Database, read: Callable[[Connection], int]
) -> None:
    dead = cut(pool, database)
    assert len(dead) == SEVERAL
    assert pool.read(read) not in dead
    # All others are gone as well: nobody has to find out about each of them.
    assert {pool.read(read) for _ in range(3 * SEVERAL)}.isdisjoint(dead)


def test_a_transaction_begins_on_a_connection_that_lives(
    pool: Database, database: Database
) -> None:
    dead = cut(pool, database)
    done = []
    with pool.transaction() as connection:
        connection.execute(text("INSERT INTO accounts (name) VALUES ('a')"))
        done.append(by_lookup(connection))
    assert done[0] not in dead
    assert pool.read(lambda connection: connection.scalar(text("SELECT count(*) FROM accounts")))


def test_a_transaction_is_all_or_nothing(pool: Database) -> None:
    """Though the pool's connections are such that each statement is one of its own."""

    def fail(name: str, statement: str) -> None:
        with pool.transaction() as connection:
            connection.execute(text("INSERT INTO accounts (name) VALUES (:name)"), {"name": name})
            connection.execute(text(statement))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail("a", "SELECT 1")
    with pytest.raises(DBAPIError):
        fail("b", "SELECT 1 / 0")
    seen = text("SELECT string_agg(name, '') FROM accounts")
    with pool.transaction() as connection:
        connection.execute(text("INSERT INTO accounts (name) VALUES ('c')"))
        assert pool.read(lambda other: other.scalar(seen)) is None
    assert pool.read(lambda other: other.scalar(seen)) == "c"


def test_what_a_migration_has_changed_is_read_again(pool: Database, database: Database) -> None:
    all_columns = Lookup(text("SELECT * FROM accounts WHERE id = :id"))
    with database.transaction() as connection:
        connection.execute(text("INSERT INTO accounts (name) VALUES ('a')"))

    def read(connection: Connection) -> int:
        for _ in range(10):  # until it is prepared
            row = all_columns.find(connection, id=1)
        assert row is not None
        return len(row)

    columns = pool.read(read)
    try:
        with database.transaction() as connection:
            connection.execute(text("ALTER TABLE accounts ADD COLUMN more int"))
        assert pool.read(read) == columns + 1
    finally:
        with database.transaction() as connection:
            connection.execute(text("ALTER TABLE accounts DROP COLUMN more"))


def look_up_together(pool: Database, readers: int) -> set[int]:
    """Have so many connections kept; the processes that serve them."""
    together = threading.Barrier(readers)

    def look_up(connection: Connection) -> int:
        together.wait(PATIENCE)
        return by_lookup(connection)

    with ThreadPoolExecutor(readers) as threads:
        return set(threads.map(lambda _: pool.read(look_up), range(readers)))


def test_what_is_kept_for_lookups_is_there_for_all(database_url: str) -> None:
    """Twice ``pool_size`` may be in use at a time, whoever had them before."""
    size = 2
    with Database(database_url, pool_size=size) as pool:
        looked = look_up_together(pool, 2 * size)
        with ExitStack() as opened:
            begun = [opened.enter_context(pool.transaction()) for _ in range(2 * size)]
            assert {by_sqlalchemy(connection) for connection in begun} == looked


@pytest.mark.parametrize("read", [by_lookup, by_sqlalchemy])
def test_a_read_goes_on_when_what_is_kept_has_died(
    pool: Database, database: Database, read: Callable[[Connection], int]
) -> None:
    for work in (pool.read, pool.run):
        dead = look_up_together(pool, SEVERAL)
        assert len(dead) == SEVERAL
        end(database, dead)
        assert {work(read) for _ in range(3 * SEVERAL)}.isdisjoint(dead)


def test_a_lookup_loads_what_sqlalchemy_does(pool: Database) -> None:
    statement = text(
        """
        SELECT 1 AS small, CAST(2 AS bigint) AS large, CAST('\u00e4"\\' AS text) AS words,
            CAST('' AS text) AS empty, CAST(NULL AS text) AS nothing,
            now() AS moment, timestamptz '2026-01-02 03:04:05Z' AS whole, true AS yes,
            false AS no, decode('00ff5c', 'hex') AS bytes,
            CAST('{"a": [1, null, "\u00e4"]}' AS jsonb) AS json, CAST(:id AS uuid) AS id,
            :number + 0 AS number, CAST(:words AS text) || '%' AS told
        """
    )
    lookup = Lookup(statement)
    given = {"id": uuid.uuid4(), "number": -7, "words": "50%s $1"}
    with pool.transaction() as connection:
        within, plain = lookup.find(connection, **given), connection.execute(statement, given).one()
    outside = pool.read(lambda connection: lookup.find(connection, **given))
    assert outside is not None
    assert within is not None
    assert outside["moment"] > within["moment"] == plain.moment
    for name, value in plain._mapping.items():
        assert within[name] == value, name
        assert type(within[name]) is type(value), name
        assert name == "moment" or outside[name] == value, name
    assert outside.texts(["words", "nothing", "empty"]) == ['\u00e4"\\'.encode(), None, b""]


def test_a_lookup_says_what_went_wrong_as_anything_else_does(pool: Database) -> None:
    slow = Lookup(text("SELECT pg_sleep(:seconds)"))

    def read(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("SET statement_timeout = 50")
        slow.find(connection, seconds=60)

    def read_in_a_transaction() -> None:
        with pool.transaction() as connection:
            connection.execute(text("SET LOCAL statement_timeout = 50"))
            slow.find(connection, seconds=60)

    with pytest.raises(Unavailable, match="busy"):
        pool.read(read)
    with pytest.raises(Unavailable, match="busy"):
        read_in_a_transaction()


def test_slow_readers_leave_room_for_others(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "READER_PATIENCE", 0.01)
    with ExitStack() as readers:
        for _ in range(engine.MAX_READERS):
            readers.enter_context(database.reading())
        with pytest.raises(Unavailable, match="too many downloads"), database.reading():
            pass
        database.ping()
    with database.reading():
        pass


@pytest.mark.parametrize("lacks", ["disk_full", "out_of_memory", "insufficient_resources"])
def test_a_database_without_room_is_away_and_refuses_nothing(
    database: Database, lacks: str
) -> None:
    with pytest.raises(Unavailable, match="no room left"), database.transaction() as connection:
        connection.execute(text(f"DO $$ BEGIN RAISE {lacks}; END $$"))


class Transaction:
    """Work that PostgreSQL refuses with a state, the first times that it is run."""

    def __init__(self, sqlstate: str, *, times: int) -> None:
        self.sqlstate = sqlstate
        self.left = times
        self.run = 0

    def __call__(self, connection: Connection) -> int:
        self.run += 1
        if self.left:
            self.left -= 1
            connection.execute(text(f"DO $$ BEGIN RAISE SQLSTATE '{self.sqlstate}'; END $$"))
        return int(connection.scalar(text("SELECT 1")) or 0)


SERIALIZATION_FAILURE, DEADLOCK, DIVISION = "40001", "40P01", "22012"


@pytest.mark.parametrize("sqlstate", [SERIALIZATION_FAILURE, DEADLOCK])
def test_field_d7_a_transaction_that_met_others_is_run_again(
    database: Database, sqlstate: str
) -> None:
    work = Transaction(sqlstate, times=1)
    assert database.run(work) == 1
    assert work.run == 2


@pytest.mark.parametrize("sqlstate", [SERIALIZATION_FAILURE, DEADLOCK])
def test_field_d7_a_transaction_that_always_meets_others_is_given_up(
    database: Database, sqlstate: str
) -> None:
    work = Transaction(sqlstate, times=1000)
    with pytest.raises(Unavailable, match="try again"):
        database.run(work)
    assert work.run == engine.TRIES


def test_patience_outlasts_the_tries(database: Database) -> None:
    work = Transaction(SERIALIZATION_FAILURE, times=engine.TRIES)
    assert database.run(work, patience=60) == 1


def test_field_d7_patience_ends(database: Database) -> None:
    work = Transaction(SERIALIZATION_FAILURE, times=1000)
    with pytest.raises(Unavailable, match="try again"):
        database.run(work, patience=0.5)
    assert engine.TRIES <= work.run < 1000


def test_what_the_database_objects_to_is_not_said_again(database: Database) -> None:
    work = Transaction(DIVISION, times=1000)
    with pytest.raises(DatabaseRefused):
        database.run(work)
    assert work.run == 1


def test_a_cursor_of_the_driver_that_met_others_is_run_again(database: Database) -> None:
    tries: list[str] = [DEADLOCK]

    def work(connection: Connection) -> int:
        cursor = connection.connection.cursor()
        if tries:
            cursor.execute(f"DO $$ BEGIN RAISE SQLSTATE '{tries.pop()}'; END $$")
        cursor.execute("SELECT 1")
        row = cursor.fetchone()
        return int(row[0])

    assert database.run(work) == 1
