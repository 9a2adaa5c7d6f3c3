"""The sweeper: a timer in every worker process that puts right what nobody else does.

It returns expired leases, removes what is past its retention, tops up wake-ups, and asks the
gateways how they are. Any number of sweepers may run; each step is harmless when doubled.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

import structlog

from shared.db import gateways, idempotency, sweep
from shared.db.engine import Database
from shared.errors import Unavailable
from shared.settings import Settings
from shared.wakeups import WakeUps
from worker.mill.gateway import GatewayBusy, GatewayError
from worker.shift import Server

log = structlog.get_logger(__name__)

#: Wake-ups in one round; more follow in the next.
MOST_WAKEUPS = 64


class Sweeper:
    """Runs in a thread of its own, from :meth:`start` to :meth:`stop`."""

    def __init__(
        self,
        *,
        settings: Settings,
        database: Database,
        wakeups: WakeUps,
        servers: dict[str, Server],
    ) -> None:
        self._settings = settings
        self._database = database
        self._wakeups = wakeups
        self._servers = servers
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._every, args=task, name=task[0], daemon=True)
            for task in (
                ("sweep", settings.sweep_seconds, self.sweep),
                # Apart, so that a server or a broker that hangs delays nobody's lease.
                ("probe", min(settings.probe_seconds, 1.0), self._probe_due),
                ("wake up", settings.sweep_seconds, self.wake_up),
            )
        ]
        self._next_probe: dict[str, float] = {}

    def start(self) -> None:
        """Begin; the first round runs at once."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the round under way."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=self._settings.connect_timeout + 1)

    def sweep(self) -> None:
        """One round over the database."""
        returned = sweep.return_expired_leases(self._database)
        if returned:
            log.warning("leases ran out; their batches were returned", batches=returned)
        sweep.expire(self._database)
        sweep.remove_deleted(self._database)
        self._database.run(idempotency.forget_old)

    def wake_up(self) -> None:
        """Send as many wake-ups as there are free slots with work waiting."""
        self._wakeups.send(min(sweep.wanted_wakeups(self._database), MOST_WAKEUPS))

    def probe(self, server: Server) -> None:
        """Ask one gateway which models it has, and note the answer."""
        try:
            models = server.gateway.models()
        except GatewayError as error:
            status = "BUSY" if isinstance(error, GatewayBusy) else "DOWN"
            server.patience.forget()
            self._note(server, status, str(error), None)
        else:
            # A server that is up may still be too busy for prompts; a prompt will tell.
            busy = server.status == "BUSY" and server.refusals > 0
            if not busy:
                self._note(server, "UP", None, models)
            else:
                self._note(server, "BUSY", "its last answer was to come back later", models)

    def _note(
        self, server: Server, status: str, reason: str | None, models: list[str] | None
    ) -> None:
        if status != server.status:
            log.info("gateway", url=server.gateway.url, status=status, reason=reason)
        server.status = status
        with self._database.transaction() as connection:
            gateways.report(
                connection, url=server.gateway.url, status=status, reason=reason, models=models
            )

    def _probe_due(self) -> None:
        now = monotonic()
        for url, server in self._servers.items():
            if self._stop.is_set():
                return
            # One that does not answer is asked at every turn: work waits for it.
            if server.status in ("", "DOWN") or now >= self._next_probe.get(url, 0.0):
                self._next_probe[url] = now + self._settings.probe_seconds
                self.probe(server)

    def _every(self, name: str, seconds: float, task: Callable[[], None]) -> None:
        while True:
            try:
                task()
            except Unavailable as error:
                log.warning("round put off", timer=name, error=str(error))
            except Exception:
                # The timer must outlive whatever one round meets.
                log.exception("round failed", timer=name)
            if self._stop.wait(seconds):
                return
