"""Claims made by hand, of operations of which much is known, with a planner or without."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection

import psycopg

from shared.db.engine import Database
from shared.generation import operations
from shared.generation.claim import Claim
from shared.generation.leases import give_back
from shared.generation.reports import Ended, Report
from shared.generation.requests import Attribute, GenerateRequest
from shared.generation.settle import settle
from shared.models import gateways
from shared.settings import GatewaySettings, Settings
from tests.bench.simulation.values import invent
from worker.mill.claimer import Claimer
from worker.mill.planner import Planned, Planner
from worker.mill.strategy import Plan
from worker.models.servers import Servers

#: Nothing is ever too much waste.
TOLERANCE = 1_000_000_000
SLOTS = 4

#: Between the claims of a process that others claim beside.
PAUSE_SECONDS = 0.02


@dataclass(frozen=True, kw_only=True)
class Work:
    """An operation of its own, on a model server of its own that nobody asks."""

    database_url: str
    number: int
    server: str


class Constant:
    """A planner that knows nothing, and says the same to all."""

    def look(self, wanted: int, **_: object) -> None:
        """Nothing to look at."""

    def plan(self, *_: object, **__: object) -> Planned:
        """One value."""
        return Planned(plan=Plan(asked=1))


def submit_known(database_url: str, *, name: str, cells: int, known: int) -> Work:
    """Submit an operation with so many values known of each cell, of which it repeats some."""
    server = f"http://{name}.invalid:1"
    labels = tuple(f"cell {ordinal}" for ordinal in range(cells))
    request = GenerateRequest(
        name=name,
        data_type="name",
        multiline_values=False,
        requested_count=cells * known * 10,
        attributes=(Attribute(label=None, values=labels),) if cells > 1 else (),
        error_tolerance=TOLERANCE,
        llm_model_name=name,
    )
    with Database(database_url, pool_size=1) as database, database.transaction() as connection:
        gateways.register(connection, [GatewaySettings(url=server, max_concurrent_tasks=SLOTS)])
        gateways.report(connection, url=server, status="UP", models=[name])
        operations.submit(connection, request, account_id=1, trace_id="bench")
    with psycopg.connect(database_url) as raw:
        number = _fill(raw, name, cells=cells, known=known)
    return Work(database_url=database_url, number=number, server=server)


def _fill(raw: psycopg.Connection, name: str, *, cells: int, known: int) -> int:
    rng = random.Random(1)
    values: dict[str, None] = {}
    while len(values) < cells * known:
        values[invent("person", rng)] = None
    row = raw.execute("SELECT number FROM operations WHERE name = %s", [name]).fetchone()
    assert row
    columns = "(operation_number, position, cell_ordinal, digest, value)"
    with raw.cursor().copy(f"COPY operation_values {columns} FROM STDIN") as copy:
        for position, value in enumerate(values, start=1):
            digest = f"{position:032x}"
            copy.write_row((row[0], position, (position - 1) % cells, digest, value))
    raw.execute(
        """
        UPDATE cells SET generated_count = %(known)s, open_count = open_count - %(known)s,
            said = 2 * %(known)s, said_again = %(known)s / 2
        WHERE operation_number = %(number)s
        """,
        {"known": known, "number": row[0]},
    )
    raw.execute(
        """
        UPDATE operations SET generated_count = %(all)s, open_count = open_count - %(all)s
        WHERE number = %(number)s
        """,
        {"all": cells * known, "number": row[0]},
    )
    return int(row[0])


class Claimant:
    """A process that claims of one operation."""

    def __init__(self, work: Work, database: Database, *, constant: bool = False) -> None:
        self._work = work
        self._database = database
        self._constant = constant
        self._settings = Settings(
            database_url=work.database_url,
            broker_url="redis://127.0.0.1:9/0",
            secret_key="not needed to claim",
            gateways=(GatewaySettings(url=work.server, max_concurrent_tasks=SLOTS),),
        )
        self.forget()

    def forget(self) -> None:
        """As if the process had just begun."""
        planner = Planner(self._settings, self._database, worker="bench")
        self._claimer = Claimer(
            worker="bench",
            settings=self._settings,
            database=self._database,
            planner=Constant() if self._constant else planner,  # type: ignore[arg-type]
            servers=Servers.of(self._settings, self._database),
        )

    def claim(self) -> tuple[Claim, Planned, float]:
        """Claim; return also the seconds that it took."""
        began = time.perf_counter()
        found = self._claimer.claim(let_go=None)
        seconds = time.perf_counter() - began
        if found is None:
            raise RuntimeError("the bench's own work cannot be claimed")
        return *found, seconds

    def give_back(self, claim: Claim) -> None:
        """As if it had never been claimed."""
        self._database.run(
            lambda connection: give_back(
                connection, batches=[claim.batch_id], operation_number=claim.operation_number
            )
        )

    def settle(self, claim: Claim) -> None:
        """Let one value come of it, so that another cell comes next."""
        report = Report(
            batch_id=claim.batch_id, values=[f"value {claim.batch_id}"], ended=Ended(said=1)
        )
        self._database.run(
            lambda connection: settle(connection, {claim.operation_number: [report]})
        )


def claim_without_end(work: Work, ready: Connection, *, constant: bool) -> None:
    """Claim and give back, each time as a process that has just begun; until it is killed."""
    with Database(work.database_url, pool_size=2) as database:
        claimant = Claimant(work, database, constant=constant)
        while True:
            claim, planned, _ = claimant.claim()
            if not constant and planned.plan.focus is None:
                raise RuntimeError("the planner that is new to its cell did not plan by it")
            claimant.give_back(claim)
            claimant.forget()
            ready.send(None)
            time.sleep(PAUSE_SECONDS)


def claim_for(claimant: Claimant, seconds: float) -> Iterator[float]:
    """Claim and give back for so long; yield how long each claim took."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        claim, _, took = claimant.claim()
        claimant.give_back(claim)
        yield took
