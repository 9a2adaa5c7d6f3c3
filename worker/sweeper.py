"""The sweeper: a timer in every worker process that puts right what nobody else does.

It returns expired leases, removes what is past its retention, tops up wake-ups, and asks the
gateways how they are. Any number of sweepers may run; each step is harmless when doubled.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from time import monotonic

import structlog

from shared.db import gateways, idempotency, sweep
from shared.db.engine import Database
from shared.errors import Unavailable
from shared.settings import Settings
from shared.waiting import without_password
from shared.wakeups import WakeUps
from worker.mill.gateway import GatewayBusy, GatewayError
from worker.shift import Server

log = structlog.get_logger(__name__)

#: How often a server that does not answer is asked again.
DOWN_PROBE_SECONDS = 1.0

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
        # Each apart, so that a large removal, or a broker or a server that hangs, delays
        # nobody's lease, and no other server's probe.
        rounds: list[tuple[str, float, Callable[[], None]]] = [
            ("return leases", settings.sweep_seconds, self.return_leases),
            ("remove", settings.sweep_seconds, self.remove),
            ("wake up", settings.sweep_seconds, self.wake_up),
        ]
        for server in servers.values():
            seconds = min(settings.probe_seconds, DOWN_PROBE_SECONDS)
            rounds.append(("probe", seconds, partial(self._probe_when_due, server)))
        self._threads = [
            threading.Thread(target=self._every, args=task, name=task[0], daemon=True)
            for task in rounds
        ]

    def start(self) -> None:
        """Begin; the first round runs at once."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the round under way."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=self._settings.connect_timeout + 1)

    def return_leases(self) -> None:
        """Return the batches of workers that have gone silent."""
        returned = sweep.return_expired_leases(self._database)
        if returned:
            log.warning("leases ran out; their batches were returned", batches=returned)

    def remove(self) -> None:
        """Remove what was deleted, or is past its retention."""
        sweep.expire(self._database)
        sweep.remove_deleted(self._database)
        self._database.run(idempotency.forget_old)

    def wake_up(self) -> None:
        """See to it that a wake-up waits for each free slot that has work waiting."""
        wanted = min(sweep.wanted_wakeups(self._database), MOST_WAKEUPS)
        if wanted:
            self._wakeups.send(wanted - self._wakeups.waiting())

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
            address = without_password(server.gateway.url)
            log.info("gateway", url=address, status=status, reason=reason)
        server.status = status
        with self._database.transaction() as connection:
            gateways.report(
                connection, url=server.gateway.url, status=status, reason=reason, models=models
            )

    def _probe_when_due(self, server: Server) -> None:
        # One that does not answer is asked at every turn: work waits for it.
        if server.status in ("", "DOWN") or monotonic() >= server.next_probe:
            server.next_probe = monotonic() + self._settings.probe_seconds
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
