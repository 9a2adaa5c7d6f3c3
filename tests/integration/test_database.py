"""Connections: slow readers, a database without room, and transactions that meet others."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from sqlalchemy import Connection, text

from shared.db import engine
from shared.db.engine import Database
from shared.errors import Unavailable


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
def test_a_transaction_that_met_others_is_run_again(database: Database, sqlstate: str) -> None:
    work = Transaction(sqlstate, times=1)
    assert database.run(work) == 1
    assert work.run == 2


@pytest.mark.parametrize("sqlstate", [SERIALIZATION_FAILURE, DEADLOCK])
def test_a_transaction_that_always_meets_others_is_given_up(
    database: Database, sqlstate: str
) -> None:
    work = Transaction(sqlstate, times=1000)
    with pytest.raises(Unavailable, match="try again"):
        database.run(work)
    assert work.run == engine.TRIES


def test_patience_outlasts_the_tries(database: Database) -> None:
    work = Transaction(SERIALIZATION_FAILURE, times=engine.TRIES)
    assert database.run(work, patience=60) == 1


def test_patience_ends(database: Database) -> None:
    work = Transaction(SERIALIZATION_FAILURE, times=1000)
    with pytest.raises(Unavailable, match="try again"):
        database.run(work, patience=0.5)
    assert engine.TRIES <= work.run < 1000


def test_what_the_database_objects_to_is_not_said_again(database: Database) -> None:
    work = Transaction(DIVISION, times=1000)
    with pytest.raises(engine.DatabaseRefused):
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
