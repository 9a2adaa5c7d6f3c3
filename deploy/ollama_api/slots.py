"""Who may generate: slots, and the queue before them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Busy(Exception):
    """No slot is free and the queue is full."""


class Slots:
    """A first come, first served gate that can be widened or narrowed while in use."""

    def __init__(self, size: int, queue: int) -> None:
        self.active = 0
        self.peak = 0
        self._size = size
        self._queue = queue
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def queued(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def resize(self, size: int, queue: int) -> None:
        """Change the limits; whoever now fits is let in, nobody is thrown out."""
        self._size, self._queue = size, queue
        self._admit()

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[None]:
        """Wait for a slot and hold it. Raises `Busy` when the queue is full."""
        if self.active >= self._size or self._waiting:
            if len(self._waiting) >= self._queue:
                raise Busy
            await self._wait()
        else:
            self._take()
        try:
            yield
        finally:
            self.active -= 1
            self._admit()

    async def _wait(self) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # let in and cancelled in the same turn
                self.active -= 1
                self._admit()
            else:
                self._waiting.remove(turn)
            raise

    def _admit(self) -> None:
        while self._waiting and self.active < self._size:
            self._take()
            self._waiting.popleft().set_result(None)

    def _take(self) -> None:
        self.active += 1
        self.peak = max(self.peak, self.active)
