"""The sweeper: timers in every worker process that put right what nobody else does.

It returns expired leases, removes what is past its retention, tops up wake-ups, and looks after
the gateways. Any number of sweepers may run; each step is harmless when doubled.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import structlog

from shared.db.engine import Database
from shared.queue import leases, sweep
from shared.queue.products import Product
from shared.queue.wakeups import MOST_WAITING, WakeUps
from shared.settings import Settings
from worker.models.prober import Prober
from worker.models.servers import Servers
from worker.timers import Timers

log = structlog.get_logger(__name__)

#: How often a server that does not answer is asked again.
DOWN_PROBE_SECONDS = 1.0

#: How often it is looked whether a gateway lacks a model that work needs.
TEND_SECONDS = 1.0


class Sweeper:
    """Runs in threads of its own, from :meth:`start` to :meth:`stop`."""

    def __init__(
        self,
        *,
        settings: Settings,
        database: Database,
        products: Sequence[Product],
        wakeups: WakeUps,
        servers: Servers,
    ) -> None:
        self._settings = settings
        self._products = products
        self._database = database
        self._wakeups = wakeups
        self._prober = Prober(settings, servers)
        self._timers = Timers()
        # Each apart, so that a large removal, or a broker or a server that hangs, delays
        # nobody's lease, and no other server's probe.
        for name, action in {
            "return leases": self.return_leases,
            "remove": self.remove,
            "wake up": self.wake_up,
            "tell of trouble": self.tell_of_trouble,
        }.items():
            self._timers.every(settings.sweep_seconds, action, name=name)
        look_seconds = min(settings.probe_seconds, DOWN_PROBE_SECONDS)
        for server in servers.by_url.values():
            look = partial(self._prober.look_when_due, server)
            tend = partial(self._prober.tend, server)
            self._timers.every(look_seconds, look, name=f"look at {server.address}")
            self._timers.every(TEND_SECONDS, tend, name=f"tend {server.address}")

    def start(self) -> None:
        """Begin; the first round runs at once."""
        self._timers.start()

    def stop(self) -> None:
        """End after the rounds under way."""
        self._prober.stop()
        self._timers.stop(patience=self._settings.connect_timeout + 1)

    def return_leases(self) -> None:
        """Return the batches of workers that have gone silent."""
        returned = leases.return_expired(
            self._database, self._products, lease_seconds=self._settings.lease_seconds
        )
        if returned:
            log.warning("leases ran out; their batches were returned", batches=returned)

    def remove(self) -> None:
        """Remove what was deleted, or is past its retention."""
        sweep.remove(self._database, self._products)

    def wake_up(self) -> None:
        """See to it that a wake-up waits for each free slot that has work waiting."""
        wanted = min(sweep.wanted_wakeups(self._database, self._products), MOST_WAITING)
        if wanted:
            self._wakeups.send(wanted - self._wakeups.waiting())

    def tell_of_trouble(self) -> None:
        """Let the API know what keeps the work from being stored."""
        if (trouble := self._database.trouble) is not None:
            self._wakeups.tell(trouble)
