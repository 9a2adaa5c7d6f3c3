"""What the ways of asking have shown, in the database: added up, forgotten, removed."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from sqlalchemy import text

from shared.db.engine import Database
from shared.generation import yields
from shared.generation.product import ValueGeneration
from shared.generation.yields import Yield
from tests.support.waiting import PATIENCE

#: As the worker has them.
ARMS = ("cool", "hot", "more", "named", "pattern", "plain", "reworded", "words")


def shown(said: float, fit: float, *, kind: str = "city", arm: str = "plain") -> Yield:
    return Yield(model="m", kind=kind, arm=arm, said=said, fit=fit, tokens=4 * said)


def add(database: Database, *learned: Yield, memory: float = 2_000) -> None:
    with database.transaction() as connection:
        yields.add(connection, learned, memory=memory)


def stored(database: Database, kind: str = "city") -> list[Yield]:
    return database.read(lambda connection: yields.read(connection, [("m", kind)]))


def test_a_row_remembers_so_many_values(database: Database) -> None:
    # Two of one way of asking count together.
    add(database, shown(64, 64), shown(192, 64), memory=128)
    assert stored(database) == [shown(128, 64)]
    add(database, shown(128, 0), memory=128)
    assert stored(database) == [shown(128, 32)]
    add(database, shown(0, 0), memory=128)
    assert stored(database) == [shown(128, 32)]


def test_those_who_add_at_once_do_not_wait_in_a_circle(database: Database) -> None:
    errors: list[Exception] = []

    def keep_adding(order: Sequence[str]) -> None:
        learned = [shown(1, 1, kind=kind, arm=arm) for kind in order for arm in ARMS]
        try:
            for _ in range(30):
                add(database, *learned)
        except Exception as error:
            errors.append(error)

    kinds = [f"kind {number}" for number in range(20)]
    threads = [
        threading.Thread(target=keep_adding, args=(order,)) for order in (kinds, kinds[::-1])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert errors == []
    assert {each.said for kind in kinds for each in stored(database, kind)} == {60.0}


def test_what_nobody_uses_is_removed_in_time(database: Database) -> None:
    add(database, *(shown(1, 1, kind=kind) for kind in ("old", "new", "used")))
    with database.transaction() as connection:
        connection.execute(
            text(
                """
                UPDATE yields SET update_time = now() - interval '1 day' * CASE kind
                    WHEN 'new' THEN :days - 1 ELSE :days + 1 END
                """
            ),
            {"days": yields.UNUSED_DAYS},
        )
    with database.transaction() as connection:
        yields.add(connection, [shown(1, 1, kind="used")], memory=100)
        # One that somebody adds to is not waited for.
        ValueGeneration().remove(database)
    assert [len(stored(database, kind)) for kind in ("old", "new", "used")] == [0, 1, 1]
