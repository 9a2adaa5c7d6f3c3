"""The heartbeat: what keeps the leases of a worker process and ends prompts and steps in time.

Once a second it renews the leases of all prompts in flight, in one statement, and learns which
of them are no longer ours (cancelled, or swept); those of steps under way likewise. Four times a
second it looks for model servers that have gone silent. A prompt that must not go on has its
connection shut, a step its process ended: also when nothing was heard of our database for as long
as a lease, for then others may have it by now.
"""

from __future__ import annotations

from time import monotonic

from shared.db.engine import Database
from shared.generation.product import BATCHES
from shared.guard import guarded
from shared.queue import leases
from shared.synthesis.product import STEPS
from worker.models.inflight import InFlightPrompts, Verdict
from worker.synthesis.under_way import StepsUnderWay
from worker.timers import Timers

TICK_SECONDS = 0.25

#: How long a renewal under way is waited for at the end, in seconds.
STOP_PATIENCE = 5.0


class Heartbeat:
    """Watches over the prompts of one process; see the module."""

    def __init__(
        self,
        database: Database,
        prompts: InFlightPrompts,
        steps: StepsUnderWay | None = None,
        *,
        lease_seconds: float,
        heartbeat_seconds: float,
    ) -> None:
        self._database = database
        self._prompts = prompts
        self._steps = StepsUnderWay() if steps is None else steps
        self._lease_seconds = lease_seconds
        self._timers = Timers()
        # Apart, so that a database that hangs keeps nobody from noticing a server that does.
        self._timers.every(TICK_SECONDS, self._watch, name="watch for silent servers")
        self._timers.every(heartbeat_seconds, self._renew, name="renew leases")
        self._timers.every(heartbeat_seconds, self._renew_steps, name="renew leases of steps")

    def start(self) -> None:
        """Begin to beat."""
        self._timers.start()

    def stop(self) -> None:
        """Beat no more; the leases of prompts still under way run out."""
        self._timers.stop(patience=STOP_PATIENCE)

    def _watch(self) -> None:
        now = monotonic()
        for in_flight in self._prompts.all():
            # Each for itself: one that cannot be looked at hides no other.
            with guarded("watch for a silent server", batch=in_flight.batch_id):
                in_flight.check(now)
        for step in self._steps.all():
            if now - step.renewed > self._lease_seconds:
                step.end()

    def _renew(self) -> None:
        prompts = self._prompts.all()
        if not prompts:
            return
        batches = [prompt.batch_id for prompt in prompts]
        ours = self._database.run(
            lambda connection: leases.heartbeat(
                connection, BATCHES, ids=batches, lease_seconds=self._lease_seconds
            )
        )
        for prompt in prompts:
            if prompt.batch_id not in ours:
                prompt.end(Verdict.LOST)
        self._database.run(
            lambda connection: leases.renew_overdue(
                connection, BATCHES, ids=batches, lease_seconds=self._lease_seconds
            )
        )

    def _renew_steps(self) -> None:
        steps = self._steps.all()
        if not steps:
            return
        began = monotonic()
        ids = [step.claim_id for step in steps]
        ours = self._database.run(
            lambda connection: leases.heartbeat(
                connection, STEPS, ids=ids, lease_seconds=self._lease_seconds
            )
        )
        for step in steps:
            if step.claim_id in ours:
                step.renewed = began
            else:
                step.end()
        self._database.run(
            lambda connection: leases.renew_overdue(
                connection, STEPS, ids=ids, lease_seconds=self._lease_seconds
            )
        )
