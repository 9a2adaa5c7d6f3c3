"""Claims that go by what is remembered of a cell: it is read before, and never in a claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import event

from shared.db.engine import Database
from shared.generation.claim import Claim
from shared.generation.outlook import Outlook
from shared.generation.reports import Ended, Report
from shared.generation.requests import Attribute
from shared.settings import GatewaySettings, Settings
from tests.integration.test_lease_machine import URL, Mill, numbered
from tests.support.waiting import PATIENCE
from worker.mill.claimer import Claimer
from worker.mill.ledger import Entry, Ledger
from worker.mill.memory import Memory
from worker.mill.planner import Planned, Planner
from worker.models.inflight import InFlightPrompts
from worker.models.servers import Servers


class NoRooms:
    """No process of a step: no step is claimed."""

    room = 0

    def take(self, count: int) -> None:
        assert not count


class Worker:
    """A process that claims, and notes what SQL it sends."""

    def __init__(self, database: Database, settings: Settings, *, name: str = "w") -> None:
        settings = replace(
            settings, gateways=(GatewaySettings(url=URL, max_concurrent_tasks=4),), model="m"
        )
        servers = Servers.of(settings, database)
        servers[URL].status = "UP"
        self.planner = Planner(settings, database, worker=name)
        self.claimer = Claimer(
            worker=name,
            settings=settings,
            database=database,
            planner=self.planner,
            servers=servers,
            processes=NoRooms(),
        )

    def claim(self, let_go: int | None = None) -> tuple[Claim, Planned]:
        found = self.claimer.claim(let_go=let_go)
        assert found is not None
        return found


def submit_repeating(mill: Mill, *, cells: int = 1, values: int = 12) -> None:
    """An operation whose cells all have said some values twice."""
    names = tuple(f"c{index}" for index in range(cells))
    attributes = (Attribute(label=None, values=names),) if cells > 1 else ()
    mill.submit(100 * cells, attributes=attributes, error_tolerance=1_000_000)
    for turn in range(2 * cells):
        claim = mill.must_claim(size=50)
        said = numbered(f"{claim.cell_ordinal}-", values)
        # Something new, or the cell would lack most again.
        mill.settle(claim, [*said, f"new {turn}"])


def test_a_cell_that_is_not_known_is_read_outside_of_the_claim(
    database: Database, settings: Settings
) -> None:
    mill = Mill(database)
    submit_repeating(mill)
    worker = Worker(database, settings)
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(database.pooled, "before_cursor_execute", note)
    event.listen(database.pooled, "commit", lambda _: statements.append("COMMIT"))
    try:
        claim, planned = worker.claim()
    finally:
        event.remove(database.pooled, "before_cursor_execute", note)
    assert planned.plan.focus is not None
    assert claim.focus == planned.focus
    locked = _while_locked(statements)
    assert len(locked) == 2
    assert not any("operation_values" in each or "FROM outcomes" in each for each in locked[0])
    assert not any("operation_values" in each or "FROM outcomes" in each for each in locked[1])
    assert any("operation_values" in each for each in statements)


def _while_locked(statements: Sequence[str]) -> list[list[str]]:
    """The statements of each transaction that holds the lock of all claims."""
    transactions: list[list[str]] = [[]]
    for each in statements:
        if each == "COMMIT":
            transactions.append([])
        else:
            transactions[-1].append(each)
    return [each for each in transactions if any("pg_advisory_xact_lock" in one for one in each)]


def test_no_claim_is_made_again_where_cells_take_turns(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    mill = Mill(database)
    submit_repeating(mill, cells=40)
    worker = Worker(database, settings)
    plan = worker.planner.plan
    put_off: list[Outlook] = []

    def noting(outlook: Outlook, *arguments: object, **options: object) -> Planned | None:
        planned = plan(outlook, *arguments, **options)  # type: ignore[arg-type]
        put_off.extend([outlook] if planned is None else [])
        return planned

    monkeypatch.setattr(worker.planner, "plan", noting)
    met = set()
    let_go = None
    for turn in range(100):
        claim, planned = worker.claim(let_go)
        met.add(claim.cell_ordinal)
        assert planned.plan.focus is not None
        mill.settle(claim, [f"{turn}-{index}" for index in range(claim.asked)])
    assert len(met) == 40
    # The first shows that cells are to be remembered.
    assert len(put_off) == 1


def test_what_is_remembered_fits_into_its_room_however_many_cells_take_turns(
    database: Database,
) -> None:
    mill = Mill(database)
    submit_repeating(mill, cells=10, values=40)
    room = 30_000
    memory = Memory(database, worker="w", room=room)
    key = (1, 0)
    memory.look(1, met=[key])
    assert memory.is_fresh(key)
    for turn in range(60):
        memory.look(1)
        claim = mill.must_claim(size=5)
        key = (claim.operation_number, claim.cell_ordinal)
        mill.settle(claim, [f"{turn}-{index}" for index in range(claim.asked)])
        assert memory.size <= room
        assert memory.is_fresh(key)
        survey = memory.survey(key)
        assert survey is not None
        assert survey.lore.known


def test_what_others_have_found_is_known_after_a_look(database: Database) -> None:
    mill = Mill(database)
    submit_repeating(mill)
    memory = Memory(database, worker="w")
    memory.look(1, met=[(1, 0)])
    mill.settle(mill.must_claim(size=5, worker="another", focus='[["n"],[]]'), ["new1", "new2"])
    mill.settle(mill.must_claim(size=5, worker="w", focus='[["o"],[]]'), ["other"])
    memory.look(1)
    survey = memory.survey((1, 0))
    assert survey is not None
    assert {"new1", "new2", "other"} <= set(survey.lore.known)
    tried = [leaf for leaf in survey.partition.leaves if leaf.tried]
    # What came of its own prompts a process learns from their answers.
    assert {id(survey.partition.find("new1"))} == {id(leaf) for leaf in tried}


def test_field_c1_a_process_remembers_values_as_they_are_compared(
    database: Database, settings: Settings
) -> None:
    mill = Mill(database)
    submit_repeating(mill)
    mill.settle(mill.must_claim(size=3), ["No\u200bël", "Anna\xa0Maria"])
    worker = Worker(database, settings)
    claim, planned = worker.claim()
    account = Entry(claim, planned)
    ledger = Ledger(database, InFlightPrompts(), repeats=lambda _: False, on_open=lambda _: None)
    said = ["Noe\u0308l", "Anna Maria", "Bo\xa0Li"]
    ended = Ended(said=3, cut_by_us=True)
    ledger.add(account, Report(batch_id=claim.batch_id, values=said, ended=ended))
    worker.planner.learn(account, ended)
    ledger.start()
    assert account.done.wait(PATIENCE)
    ledger.stop()
    with worker.planner._memory.lock:
        lore = worker.planner._memory.lore((1, 0))
        assert lore is not None
        assert {value: lore.times(value) for value in ("Noël", "Anna Maria", "Bo Li")} == {
            "Noël": 2,
            "Anna Maria": 2,
            "Bo Li": 1,
        }
        assert set(said).isdisjoint(set(lore.known) - {"Anna Maria"})
    assert account.stored == 1


def test_operations_that_ended_are_forgotten(database: Database) -> None:
    mill = Mill(database)
    submit_repeating(mill)
    memory = Memory(database, worker="w")
    memory.look(1, met=[(1, 0)])
    assert memory.survey((1, 0)) is not None
    while (claim := mill.claim(size=100)) is not None:
        mill.settle(claim, numbered(f"{claim.batch_id}-", claim.asked))
    memory.look(1)
    assert memory.survey((1, 0)) is None
    assert memory.size == 0
