"""One run: a world, its load, its faults, and what came of it."""

from __future__ import annotations

import random
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from time import monotonic

from sqlalchemy import text

from shared.errors import Unavailable
from tests.chaos.checks import Checker, Judge, Violation, check_in_the_end
from tests.chaos.faults import mend_all, strike
from tests.chaos.load import Client
from tests.chaos.schedule import WORKERS, Event, plan
from tests.chaos.world import World

CLIENTS = 3

#: For everything to end once nothing is broken any more.
REST_SECONDS = 150.0

#: A pause that begins later after a fault is thought to have another cause.
AFTERMATH_SECONDS = 0.5


@dataclass(kw_only=True)
class Recovery:
    """What one fault cost, in seconds; None where there is nothing to tell."""

    kind: str
    lasted: float
    #: The longest pause that it had part in: between two moments in which values were stored,
    #: and between two good answers of the API.
    values: float | None
    answers: float | None
    #: Until the prompts that the worker had were given back.
    returned: float | None = None


@dataclass(kw_only=True)
class Result:
    """What came of a run."""

    seed: int
    violations: Sequence[Violation]
    recoveries: list[Recovery] = field(default_factory=list)
    totals: Counter[str] = field(default_factory=Counter)


@dataclass(kw_only=True)
class _Struck:
    event: Event
    #: By the clock of the wall, which is the database's too: when it began and was over.
    began: float
    over: float


def run(*, seed: int, seconds: float, var: Path, report: Callable[[str], None]) -> Result:
    """Let a service live through the faults of a seed.

    :param var: a folder for its data and logs, which stay there.
    """
    began = monotonic()
    skew = random.Random(f"skew {seed}").choice([-86_400, -3_600, 3_600, 86_400])
    with World(var, skew=skew) as world:
        judge = Judge()
        report(f"seed {seed}: up after {monotonic() - began:.1f} s; worker-3 is {skew:+d} s wrong")
        clients = [
            Client(world.info, seed=f"{seed}-{number}", complain=judge.complain)
            for number in range(CLIENTS)
        ]
        checker = Checker(world, judge)
        for thread in (checker, *clients):
            thread.start()
        struck = _strike_all(world, judge, plan(seed=seed, seconds=seconds), report)
        _come_to_rest(world, judge, clients)
        checker.stop()
        if not judge.violations:
            known = [each for client in clients for each in client.known]
            unsure = [each for client in clients for each in client.unsure]
            check_in_the_end(world, judge, known=known, unsure=unsure)
        result = Result(seed=seed, violations=judge.violations)
        result.totals = _total(world, clients, checker)
        result.totals["seconds"] = round(monotonic() - began)
        result.recoveries = _recoveries(world, clients, struck)
        return result


def _strike_all(
    world: World, judge: Judge, events: Sequence[Event], report: Callable[[str], None]
) -> list[_Struck]:
    """Do the faults when they are due, each in a thread of its own; stop when something is wrong.

    Two faults of one kind and target do not overlap: the end of one would be that of both.
    """
    struck: list[_Struck] = []
    locks = {(event.kind, event.target): threading.Lock() for event in events}

    def act(event: Event) -> None:
        with locks[event.kind, event.target]:
            began = time.time()
            try:
                strike(world, event)
            except Exception as error:
                judge.complain("the harness can do what it says", (event, error))
            struck.append(_Struck(event=event, began=began, over=time.time()))

    judge.began = monotonic()
    threads = []
    for event in events:
        while (left := judge.began + event.at - monotonic()) > 0 and not judge.violations:
            time.sleep(min(left, 0.2))
        if judge.violations:
            break
        lasts = f" for {event.lasts:.1f} s" if event.lasts else ""
        report(f"{event.at:7.2f}  {event.kind} {event.target}{lasts}".rstrip())
        threads.append(threading.Thread(target=act, args=(event,), daemon=True))
        threads[-1].start()
    for thread in threads:
        thread.join(timeout=90)
    return struck


def _come_to_rest(world: World, judge: Judge, clients: Sequence[Client]) -> None:
    for client in clients:
        client.stop()
    mend_all(world)
    deadline = monotonic() + REST_SECONDS
    settling = [
        threading.Thread(
            target=client.settle,
            kwargs={"deadline": deadline, "needless": lambda: bool(judge.violations)},
            daemon=True,
        )
        for client in clients
    ]
    if judge.violations:
        return
    for thread in settling:
        thread.start()
    for thread in settling:
        thread.join()
    # Those that no client knows of, because the answer to it was lost, end too.
    while monotonic() < deadline and not judge.violations and _working(world):
        time.sleep(0.2)


def _working(world: World) -> int:
    try:
        with world.database() as database, database.transaction() as connection:
            query = "SELECT count(*) FROM operations WHERE end_time IS NULL"
            return int(connection.scalar(text(query)) or 0)
    except Unavailable:
        return 1


def _total(world: World, clients: Sequence[Client], checker: Checker) -> Counter[str]:
    totals = Counter(world.done)
    for client in clients:
        totals.update(client.counts)
    totals["looks"] = checker.looks
    with world.database() as database, database.transaction() as connection:
        row = connection.execute(text(_TOTALS)).mappings().one()
    return totals + Counter({name: int(count or 0) for name, count in row.items()})


_TOTALS = """
    SELECT (SELECT count(*) FROM jobs) AS operations,
        (SELECT sum(generated) FROM chaos.operation_log) AS values,
        (SELECT sum(wasted) FROM chaos.operation_log) AS wasted,
        (SELECT sum(lost) FROM chaos.operation_log) AS "lost prompts",
        (SELECT count(*) FROM chaos.batch_log WHERE deed = 'claimed') AS prompts
"""


def _recoveries(
    world: World, clients: Sequence[Client], struck: Sequence[_Struck]
) -> list[Recovery]:
    with world.database() as database, database.transaction() as connection:
        stored = list(
            connection.execute(
                text(
                    """
                    SELECT extract(epoch FROM at)::float FROM chaos.operation_log
                    WHERE generated > 0 ORDER BY at
                    """
                )
            ).scalars()
        )
        ends = connection.execute(text(_ENDS)).all()
    answered = sorted(moment for client in clients for moment in client.answered)
    found = []
    for one in struck:
        workers = {"kill worker": [one.event.target], "kill all workers": list(WORKERS)}
        names = workers.get(one.event.kind, [])
        late = [
            row.gone - one.began
            for row in ends
            if row.worker.partition("@")[0] in names and row.claimed < one.began < row.gone
        ]
        found.append(
            Recovery(
                kind=one.event.kind,
                lasted=one.over - one.began,
                values=_pause(stored, one),
                answers=_pause(answered, one),
                returned=max(late, default=None),
            )
        )
    return found


_ENDS = """
    SELECT c.worker, extract(epoch FROM c.at)::float AS claimed,
        extract(epoch FROM g.at)::float AS gone
    FROM chaos.batch_log c JOIN chaos.batch_log g ON g.batch = c.batch AND g.deed = 'gone'
    WHERE c.deed = 'claimed'
"""


def _pause(moments: Sequence[float], struck: _Struck) -> float | None:
    first = max(0, bisect_left(moments, struck.began) - 1)
    last = bisect_left(moments, struck.over + AFTERMATH_SECONDS) + 1
    return max((after - before for before, after in pairwise(moments[first:last])), default=None)
