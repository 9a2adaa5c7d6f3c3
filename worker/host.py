"""One worker process: its database, its gateways, and the threads that watch over them."""

from __future__ import annotations

import os

import structlog
from celery import Celery

from shared.db import readiness
from shared.db.engine import Database
from shared.generation.product import ValueGeneration
from shared.generation.service import Orders
from shared.guard import guarded
from shared.models import gateways
from shared.queue import leases, sweep
from shared.queue.products import Product
from shared.queue.wakeups import BackgroundWakeUps, WakeUps
from shared.settings import Settings
from shared.synthesis.product import Synthesis
from worker.leases import Heartbeat
from worker.lookout import Lookout
from worker.mill.claimer import Claimer
from worker.mill.ledger import Ledger
from worker.mill.planner import Planner
from worker.mill.sharing import SHARE_SECONDS
from worker.models.inflight import InFlightPrompts, Verdict
from worker.models.servers import Servers
from worker.shift import SETTLE_PATIENCE, ShiftReport, Shifts
from worker.sweeper import Sweeper
from worker.synthesis.doer import StepDoer
from worker.synthesis.lists import ListSteps
from worker.synthesis.runner import Processes
from worker.synthesis.under_way import StepsUnderWay
from worker.timers import Timers

log = structlog.get_logger(__name__)

#: How long a worker that has just started waits for its database.
START_PATIENCE = 60.0

#: How often processes of steps are looked for that have nothing to do.
TIDY_SECONDS = 2.0


def connections_of(concurrency: int) -> int:
    """Connections to the database that a process keeps; as many again may be opened for a burst.

    A thread holds one for a moment, between prompts; the ledger, the heartbeat and the timers
    one each at most.
    """
    return min(concurrency, 16) + 2


class Host:
    """Everything that a worker process holds, from :meth:`start` to :meth:`stop`."""

    def __init__(self, settings: Settings, app: Celery, *, name: str) -> None:
        self._settings = settings
        self._name = name
        self._connections = connections_of(settings.worker_concurrency)
        self._database = Database(
            settings.database_url,
            pool_size=self._connections,
            application=f"valuemill-{name}",
        )
        servers = Servers.of(settings, self._database)
        wakeups = WakeUps(app)
        self._wakeups = BackgroundWakeUps(wakeups)
        self._prompts = InFlightPrompts()
        self._steps = StepsUnderWay()
        self._processes = Processes(settings.synthesis_processes or os.cpu_count() or 1)
        self._heartbeat = Heartbeat(
            self._database,
            self._prompts,
            self._steps,
            lease_seconds=settings.lease_seconds,
            heartbeat_seconds=settings.heartbeat_seconds,
        )
        lists = ValueGeneration(default_model=settings.model)
        self._products: list[Product] = [lists, Synthesis()]
        self._sweeper = Sweeper(
            settings=settings,
            database=self._database,
            products=self._products,
            wakeups=wakeups,
            servers=servers,
        )
        self._planner = planner = Planner(
            settings, self._database, worker=name, size_of=servers.size
        )
        self._timers = Timers()
        self._timers.every(SHARE_SECONDS, planner.share, name="share yields")
        self._ledger = Ledger(
            self._database,
            self._prompts,
            repeats=planner.repeats,
            on_open=lambda count: self._shifts.wake_others(count),
        )
        claimer = Claimer(
            worker=name,
            settings=settings,
            database=self._database,
            planner=planner,
            servers=servers,
            processes=self._processes,
        )
        self._doer = StepDoer(
            settings=settings,
            database=self._database,
            processes=self._processes,
            under_way=self._steps,
            lists=ListSteps(
                database=self._database,
                orders=Orders(database=self._database, product=lists, limits=settings.limits),
            ),
            wake=self._wakeups.send,
        )
        self._timers.every(TIDY_SECONDS, self._doer.tidy, name="end idle processes")
        self._shifts = Shifts(
            settings=settings,
            database=self._database,
            prompts=self._prompts,
            wakeups=self._wakeups,
            servers=servers,
            planner=planner,
            claimer=claimer,
            ledger=self._ledger,
            steps=self._doer,
        )
        self._lookout = Lookout(
            wanted=lambda: sweep.wanted_wakeups(self._database, self._products),
            run_shift=self._shifts.run,
            idle=lambda: self._shifts.idle,
        )

    def start(self) -> None:
        """Make the gateways known, return what a killed predecessor left, start the timers.

        :raises ConfigurationError: when the database is none that this version can work on.
        :raises Unavailable: when it does not answer for all of ``START_PATIENCE``.
        """
        self._database.run(lambda _: None, patience=START_PATIENCE)
        readiness.check(self._database)
        self._database.run(
            lambda connection: gateways.register(connection, self._settings.gateways),
            patience=START_PATIENCE,
        )
        self._database.warm_up(self._connections)
        returned = leases.return_all_of(self._database, self._products, worker=self._name)
        if returned:
            log.warning("returned the leases of a predecessor", batches=returned)
        self._heartbeat.start()
        self._ledger.start()
        self._sweeper.start()
        self._timers.start()
        self._lookout.start()

    def look(self) -> None:
        """Have one thread look for work, which also prepares what the first claims need."""
        self._wakeups.send(1)

    def run_shift(self) -> ShiftReport:
        """Work for a while, as a wake-up wants it; see ``worker.shift``."""
        self._lookout.note_wake_up()
        return self._shifts.run()

    def wind_down(self) -> None:
        """Take no more work, and end the prompts under way; they keep what they have so far."""
        self._shifts.stopping.set()
        self._lookout.wind_down()
        self._prompts.end_all(Verdict.STOPPING)
        self._steps.end_all()

    def stop(self) -> None:
        """Stop the timers, give back what is still claimed, close the connections."""
        self.wind_down()
        self._lookout.stop(patience=SETTLE_PATIENCE)
        self._sweeper.stop()
        self._timers.stop(patience=self._settings.connect_timeout + 1)
        self._ledger.stop()
        self._doer.stop(patience=SETTLE_PATIENCE)
        self._heartbeat.stop()
        leases.return_all_of(self._database, self._products, worker=self._name, lost=False)
        with guarded("share yields"):
            self._planner.share()
        self._database.close()
