"""The heartbeat: what keeps the leases of a worker process and ends prompts in time.

Once a second it renews the leases of all prompts in flight, in one statement, and learns which
of them are no longer ours (cancelled, or swept). Four times a second it looks for model servers
that have gone silent. A prompt that must not go on has its connection shut.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

import structlog

from shared.db.engine import Database
from shared.errors import Unavailable
from shared.generation.product import BATCHES
from shared.queue import leases
from worker.models.inflight import InFlightPrompts, Verdict

log = structlog.get_logger(__name__)

TICK_SECONDS = 0.25


class Heartbeat:
    """Watches over the prompts of one process; see the module."""

    def __init__(
        self,
        database: Database,
        prompts: InFlightPrompts,
        *,
        lease_seconds: float,
        heartbeat_seconds: float,
    ) -> None:
        self._database = database
        self._prompts = prompts
        self._lease_seconds = lease_seconds
        self._stop = threading.Event()
        # Apart, so that a database that hangs keeps nobody from noticing a server that does.
        self._threads = [
            threading.Thread(target=self._every, args=(TICK_SECONDS, self._check), daemon=True),
            threading.Thread(
                target=self._every, args=(heartbeat_seconds, self._renew), daemon=True
            ),
        ]

    def start(self) -> None:
        """Begin to beat."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Beat no more; the leases of prompts still under way run out."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=5)

    def _every(self, seconds: float, act: Callable[[], None]) -> None:
        while not self._stop.wait(seconds):
            act()

    def _check(self) -> None:
        now = monotonic()
        for in_flight in self._prompts.all():
            in_flight.check(now)

    def _renew(self) -> None:
        prompts = self._prompts.all()
        if not prompts:
            return
        try:
            with self._database.transaction() as connection:
                ours = leases.heartbeat(
                    connection,
                    BATCHES,
                    ids=[prompt.batch_id for prompt in prompts],
                    lease_seconds=self._lease_seconds,
                )
        except Unavailable as error:
            log.warning("leases not renewed; will try again", error=str(error))
        except Exception:
            # The thread keeps every lease of the process: nothing may end it.
            log.exception("leases not renewed; will try again")
        else:
            for prompt in prompts:
                if prompt.batch_id not in ours:
                    prompt.end(Verdict.LOST)
