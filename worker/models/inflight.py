"""The prompts of one worker process that are in flight, and what ends them from outside."""

from __future__ import annotations

import threading
from enum import Enum
from time import monotonic

from worker.models.gateway import Call, GatewayError
from worker.models.learning import Patience
from worker.models.prompt import Timing


class Verdict(Enum):
    """Why a prompt was ended from outside; the value is what people read."""

    LOST = "the batch is no longer ours: cancelled, or taken back"
    STOPPING = "the worker is shutting down"
    REPEATING = "it says what others have said; its values are asked for elsewhere"
    NO_ANSWER = "the model server took the prompt and did not begin to answer"
    STALLED = "the model server went silent in the middle of its answer"


#: Verdicts that say nothing of the server.
FOR_OUR_SAKE = frozenset({Verdict.LOST, Verdict.STOPPING, Verdict.REPEATING})


class InFlight:
    """One prompt, from its claim until its batch is settled or given back."""

    def __init__(
        self,
        batch_id: int,
        *,
        operation_number: int,
        patience: Patience,
        blind_in_cell: int | None = None,
    ) -> None:
        """See to a batch of an operation.

        :param blind_in_cell: its cell, where it knows nothing of what others say in it.
        """
        self.batch_id = batch_id
        self.operation_number = operation_number
        self.blind_in_cell = blind_in_cell
        self.call = Call()
        self.verdict: Verdict | None = None
        self._patience = patience
        #: When the prompt was sent; until then nothing is waited for.
        self.began: float | None = None
        self.timing: Timing | None = None
        #: What kept the answer from coming to its end, if anything did.
        self.error: GatewayError | None = None
        #: Tokens of its answer that were no values, such as those of its thinking.
        self.overhead: int | None = None
        self._last_heard: float | None = None
        self._over = False

    @property
    def for_our_sake(self) -> bool:
        """Whether the prompt was ended for a reason that is not the model's."""
        return self.verdict in FOR_OUR_SAKE

    def begin(self) -> float:
        """Note that the prompt is sent now; return when that is."""
        self.began = monotonic()
        return self.began

    def ask_again(self) -> None:
        """Note that the prompt is sent once more, since the answer to it was none."""
        self.began = monotonic()
        self._last_heard = None

    def heard(self) -> None:
        """Note that a piece of the answer came."""
        now = monotonic()
        if self._last_heard is not None:
            self._patience.learn_silence(now - self._last_heard)
        elif self.began is not None:
            self._patience.learn(now - self.began)
        self._last_heard = now

    def answered(self) -> None:
        """The answer is over: from now on only the lease is kept."""
        self._over = True

    def end(self, verdict: Verdict) -> None:
        """End the prompt; the first verdict stands."""
        if self.verdict is None:
            self.verdict = verdict
            self.call.interrupt(verdict.value)

    def check(self, now: float) -> None:
        """End the prompt when its server has been silent for too long."""
        if self.began is None or self._over:
            return
        if self._last_heard is None:
            if now - self.began > self._patience.first_token():
                self.end(Verdict.NO_ANSWER)
        elif now - self._last_heard > self._patience.stall():
            self.end(Verdict.STALLED)


class InFlightPrompts:
    """All prompts of one process whose leases are to be kept; used by many threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._prompts: dict[int, InFlight] = {}

    def all(self) -> list[InFlight]:
        """Those that there are now."""
        with self._lock:
            return list(self._prompts.values())

    def watch(self, prompt: InFlight) -> None:
        """Keep the lease of a prompt from now on."""
        with self._lock:
            self._prompts[prompt.batch_id] = prompt

    def release(self, batch_id: int) -> None:
        """Let go of a prompt: its batch is settled, or given back."""
        with self._lock:
            self._prompts.pop(batch_id, None)

    def end_all(self, verdict: Verdict) -> None:
        """End every prompt under way."""
        for prompt in self.all():
            prompt.end(verdict)

    def end_operation(self, number: int) -> None:
        """End the prompts of an operation that has come to its end."""
        for prompt in self.all():
            if prompt.operation_number == number:
                prompt.end(Verdict.LOST)

    def end_blind(self, number: int, cell: int) -> None:
        """End the prompts of a cell that were sent before anything was known of it."""
        for prompt in self.all():
            if (prompt.operation_number, prompt.blind_in_cell) == (number, cell):
                prompt.end(Verdict.REPEATING)
