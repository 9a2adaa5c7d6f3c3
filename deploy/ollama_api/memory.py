"""Which models are loaded, and until when."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

DEFAULT_KEEP_ALIVE = 300.0


class Memory:
    """The models in memory, until when (Unix time; None is for ever)."""

    def __init__(self) -> None:
        self._expiry: dict[str, float | None] = {}
        self._loading: dict[str, asyncio.Task[None]] = {}

    def loaded(self) -> dict[str, float | None]:
        """The loaded models with their expiry."""
        now = time.time()
        self._expiry = {m: t for m, t in self._expiry.items() if t is None or t > now}
        return dict(self._expiry)

    async def load(self, model: str, loading: Callable[[], Awaitable[None]]) -> None:
        """Come back when the model is loaded; all who ask meanwhile share one `loading`."""
        if model in self.loaded():
            return
        if model not in self._loading:
            self._loading[model] = asyncio.ensure_future(self._load(model, loading))
        await asyncio.shield(self._loading[model])

    def touch(self, model: str, keep_alive: float | None) -> None:
        """The model was used: it stays that many seconds more (None: for ever; 0: it goes)."""
        if keep_alive is not None and keep_alive <= 0:
            self._expiry.pop(model, None)
        else:
            self._expiry[model] = None if keep_alive is None else time.time() + keep_alive

    async def _load(self, model: str, loading: Callable[[], Awaitable[None]]) -> None:
        try:
            await loading()
            self._expiry[model] = time.time() + DEFAULT_KEEP_ALIVE
        finally:
            del self._loading[model]
