"""Connections: what a slow reader may take from others."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

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
