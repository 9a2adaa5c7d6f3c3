"""Who may generate: slots, the queue before them, and the model's place in memory."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

DEFAULT_KEEP_ALIVE = 300.0


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


class Memory:
    """Which models are loaded, until when (Unix time; None is for ever)."""

    def __init__(self) -> None:
        self._expiry: dict[str, float | None] = {}
        self._loading: dict[str, asyncio.Task[None]] = {}

    def loaded(self) -> dict[str, float | None]:
        """The loaded models with their expiry."""
        now = time.time()
        self._expiry = {m: t for m, t in self._expiry.items() if t is None or t > now}
        return dict(self._expiry)

    async def load(self, model: str, *, seconds: float) -> None:
        """Come back when the model is loaded; all who ask meanwhile share one load."""
        if model in self.loaded():
            return
        if model not in self._loading:
            self._loading[model] = asyncio.ensure_future(self._load(model, seconds))
        await asyncio.shield(self._loading[model])

    def touch(self, model: str, keep_alive: float | None) -> None:
        """The model was used: it stays that many seconds more (None: for ever; 0: it goes)."""
        if keep_alive is not None and keep_alive <= 0:
            self._expiry.pop(model, None)
        else:
            self._expiry[model] = None if keep_alive is None else time.time() + keep_alive

    async def _load(self, model: str, seconds: float) -> None:
        try:
            if seconds > 0:
                await asyncio.sleep(seconds)
            self._expiry[model] = time.time() + DEFAULT_KEEP_ALIVE
        finally:
            del self._loading[model]
