"""Connections: what a slow reader may take from others, and a database without room."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from sqlalchemy import text

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
