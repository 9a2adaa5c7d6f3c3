"""How processes learn of the ways of asking from each other, and from those before them."""

from __future__ import annotations

import pytest
from sqlalchemy import event, text

from shared.db.engine import Database
from shared.db.troubles import DatabaseRefused
from shared.errors import Unavailable
from shared.generation import yields
from shared.settings import Settings
from tests.integration.test_lease_machine import Mill, numbered
from tests.integration.test_planning import Worker
from tests.integration.test_yields import add, shown, stored
from tests.unit.worker.mill.test_books import claim_of
from worker.mill.arms import Arm
from worker.mill.book import MEMORY_VALUES, Record
from worker.mill.books import Books
from worker.mill.planner import Planner
from worker.mill.sharing import Sharing


class Process:
    """The books of one process, and how it shares them."""

    def __init__(self, database: Database) -> None:
        self.books = Books()
        self.sharing = Sharing(database, self.books)

    def learn(self, kind: str = "city", *, said: int = 10, fit: int = 8) -> None:
        claim = claim_of(kind)
        self.books.learn(claim, Arm.PLAIN, said=said, fit=fit * ["v"], fresh=fit, tokens=4 * said)

    def knows(self, kind: str = "city") -> Record | None:
        return self.books.of(model="m", kind=kind).records.get(Arm.PLAIN)


def test_two_processes_learn_from_each_other(database: Database) -> None:
    one, other = Process(database), Process(database)
    one.learn(said=10, fit=8)
    one.sharing.share()
    other.learn(said=30, fit=3)
    other.sharing.share()
    one.sharing.share()
    assert one.knows() == other.knows() == Record(40, 11, 160)
    for _ in range(3):
        one.sharing.share()
        other.sharing.share()
    assert one.knows() == other.knows() == Record(40, 11, 160)
    assert stored(database) == [shown(40, 11)]


def test_what_was_added_before_a_look_and_committed_after_it_is_read(database: Database) -> None:
    process = Process(database)
    process.sharing.share()
    with database.transaction() as connection:
        yields.add(connection, [shown(10, 8)], memory=MEMORY_VALUES)
        process.sharing.share()
        assert process.knows() is None
    process.sharing.share()
    assert process.knows() == Record(10, 8, 40)


def test_a_process_begins_with_what_was_learned_before_it(database: Database) -> None:
    before = Process(database)
    before.learn()
    before.sharing.share()
    after = Process(database)
    after.sharing.share()
    assert after.books.unread() == []
    assert after.knows() == Record(10, 8, 40)


def test_a_book_that_is_begun_is_read_when_it_is_looked_for(database: Database) -> None:
    one = Process(database)
    one.sharing.share()
    add(database, shown(50, 40), shown(7, 7, kind="river"))
    assert one.knows() is None
    one.sharing.look()
    assert one.knows() == Record(50, 40, 200)
    assert one.books.unread() == []
    # What nobody knows of is not asked for again.
    assert one.knows("lake") is None
    one.sharing.look()
    assert one.books.unread() == []


def test_nothing_is_lost_or_counted_twice_when_a_transaction_fails(database: Database) -> None:
    process = Process(database)
    process.learn(said=10, fit=8)
    with database.transaction() as connection:
        connection.execute(text("ALTER TABLE yields RENAME TO elsewhere"))
    try:
        for _ in range(2):
            with pytest.raises(DatabaseRefused, match="yields"):
                process.sharing.share()
            process.learn(said=1, fit=1)
    finally:
        with database.transaction() as connection:
            connection.execute(text("ALTER TABLE elsewhere RENAME TO yields"))
    assert process.knows() == Record(12, 10, 48)
    for _ in range(2):
        process.sharing.share()
        assert stored(database) == [shown(12, 10)]
        assert process.knows() == Record(12, 10, 48)


def test_what_fails_after_it_was_added_is_added_once(database: Database) -> None:
    process = Process(database)
    process.learn(said=10, fit=8)

    def fail(*arguments: object) -> None:
        if "infinity" in str(arguments[2]):
            raise KeyError("between what is added and its commit")

    event.listen(database.pooled, "before_cursor_execute", fail)
    try:
        with pytest.raises(KeyError):
            process.sharing.share()
    finally:
        event.remove(database.pooled, "before_cursor_execute", fail)
    assert stored(database) == []
    process.sharing.share()
    assert stored(database) == [shown(10, 8)]


def test_a_database_that_is_away_takes_nothing_from_a_process(
    database: Database, settings: Settings
) -> None:
    with Database("postgresql://nobody@127.0.0.1:9/none") as away:
        planner = Planner(settings, away, worker="w")
        planner.books.learn(claim_of("city"), Arm.PLAIN, said=10, fit=8 * ["v"], fresh=8, tokens=40)
        with pytest.raises(Unavailable):
            planner.share()
        # Before a claim nothing is raised.
        planner.look(1)
    assert planner.books.unread() == [("m", "city")]
    Sharing(database, planner.books).share()
    assert stored(database) == [shown(10, 8)]


def test_the_next_operation_begins_with_what_was_learned(
    database: Database, settings: Settings
) -> None:
    mill = Mill(database)
    mill.submit(50)
    before = Worker(database, settings, name="before")
    claim, _ = before.claim()
    for arm, fit in ((Arm.PLAIN, 5), (Arm.REWORDED, 490)):
        before.planner.books.learn(claim, arm, said=500, fit=fit * ["v"], fresh=fit, tokens=2_000)
    before.planner.share()
    mill.settle(claim, numbered("v", claim.asked))
    mill.submit(50)
    after = Worker(database, settings, name="after")
    after.planner.share()
    let_go = None
    for _ in range(3):
        claim, planned = after.claim(let_go)
        assert planned.plan.arm is Arm.REWORDED
        mill.settle(claim, numbered(str(claim.batch_id), claim.asked))


def test_nothing_is_read_while_claims_are_locked(database: Database, settings: Settings) -> None:
    mill = Mill(database)
    mill.submit(100)
    worker = Worker(database, settings)
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(database.pooled, "before_cursor_execute", note)
    try:
        for _ in range(3):
            worker.claim()
    finally:
        event.remove(database.pooled, "before_cursor_execute", note)
    reads = [index for index, each in enumerate(statements) if "yields" in each]
    # After the claim that met the kind first, and before the next: once.
    assert len(reads) == 1
    assert statements[reads[0] + 1] == "BEGIN"
