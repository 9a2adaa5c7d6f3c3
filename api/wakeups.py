"""Wake-ups that no request waits for."""

from __future__ import annotations

import queue
import threading

import structlog

from shared.wakeups import WakeUps

log = structlog.get_logger(__name__)

#: Submits whose wake-ups may wait for Redis. More are dropped: the sweeper sends its own.
MAX_PENDING = 4


class BackgroundWakeUps:
    """Sends wake-ups from a thread of its own.

    A Redis that is gone, or that hangs, holds a publisher for seconds; the thread takes that
    on itself. It starts with the first wake-up, so after a server has forked.
    """

    def __init__(self, wake_ups: WakeUps) -> None:
        self._wake_ups = wake_ups
        self._pending: queue.Queue[int] = queue.Queue(MAX_PENDING)
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def send(self, count: int) -> None:
        """Have ``count`` wake-ups sent soon; never waits, never raises."""
        try:
            self._pending.put_nowait(count)
        except queue.Full:
            log.warning("wake-up dropped; the sweeper will send others")
            return
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="wake-ups", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            count = self._pending.get()
            try:
                self._wake_ups.send(count)
            except Exception:  # the thread must outlive whatever a broken broker comes up with
                log.exception("wake-up failed")
