"""One worker process: its database, its gateways, and the threads that watch over them."""

from __future__ import annotations

import structlog
from celery import Celery

from shared.db import gateways, sweep
from shared.db.engine import Database
from shared.settings import Settings
from shared.wakeups import WakeUps
from worker.heart import Heart, Patience, Verdict
from worker.mill.gateway import Gateway
from worker.shift import Server, ShiftReport, Shifts
from worker.sweeper import Sweeper

log = structlog.get_logger(__name__)

#: How long a worker that has just started waits for its database.
START_PATIENCE = 60.0


class Host:
    """Everything that a worker process holds, from :meth:`start` to :meth:`stop`."""

    def __init__(self, settings: Settings, app: Celery, *, name: str) -> None:
        self._settings = settings
        self._name = name
        self._database = Database(
            settings.database_url,
            pool_size=min(settings.worker_concurrency, 16) + 2,
            application=f"valuemill-{name}",
        )
        servers = {each.url: self._server(each.url) for each in settings.gateways}
        wakeups = WakeUps(app)
        self._heart = Heart(
            self._database,
            lease_seconds=settings.lease_seconds,
            heartbeat_seconds=settings.heartbeat_seconds,
        )
        self._sweeper = Sweeper(
            settings=settings, database=self._database, wakeups=wakeups, servers=servers
        )
        self._shifts = Shifts(
            worker=name,
            settings=settings,
            database=self._database,
            heart=self._heart,
            wakeups=wakeups,
            servers=servers,
        )

    def start(self) -> None:
        """Make the gateways known, return what a killed predecessor left, start the timers."""
        self._database.run(
            lambda connection: gateways.register(connection, self._settings.gateways),
            patience=START_PATIENCE,
        )
        returned = sweep.return_leases_of(self._database, worker=self._name)
        if returned:
            log.warning("returned the leases of a predecessor", batches=returned)
        self._heart.start()
        self._sweeper.start()

    def run_shift(self) -> ShiftReport:
        """Work for a while; see ``worker.shift``."""
        return self._shifts.run()

    def wind_down(self) -> None:
        """Take no more work, and end the prompts under way; they keep what they have so far."""
        self._shifts.stopping.set()
        self._heart.end_all(Verdict.STOPPING)

    def stop(self) -> None:
        """Stop the timers, give back what is still claimed, close the connections."""
        self._sweeper.stop()
        self._heart.stop()
        sweep.return_leases_of(self._database, worker=self._name, lost=False)
        self._database.close()

    def _server(self, url: str) -> Server:
        return Server(
            gateway=Gateway(
                url,
                connect_timeout=self._settings.connect_timeout,
                context_tokens=self._settings.context_tokens,
            ),
            patience=Patience(self._settings.first_token_timeout),
        )
