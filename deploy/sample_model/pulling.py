"""``/api/pull``."""

from __future__ import annotations

import asyncio

from deploy.sample_model import ollama
from deploy.sample_model.state import Refusal
from deploy.sample_model.streaming import Streaming

STEP_SECONDS = 0.1
MISSING = "pull model manifest: file does not exist"


class Pull(Streaming):
    """Done at once for what is here, in time for what is pullable, else the registry's error."""

    async def respond(self) -> None:
        body = self.body()
        stream = ollama.read_stream(body)
        name = ollama.read_model(body)
        if stream:
            await self.send(ollama.line({"status": "pulling manifest"}))
        try:
            model, seconds = self.server.find_model(name), 0.0
        except Refusal:
            pullable = self.server.pullable(name)
            if pullable is None:
                await self._fail(stream=stream)
                return
            model, seconds = pullable, self.server.knobs.pull_seconds
        await self._fetch(model, seconds=seconds, stream=stream)
        self.server.add_model(model)
        self.server.counts["pulls"] += 1
        if not stream:
            self.reply({"status": "success"})
            return
        for status in ("verifying sha256 digest", "writing manifest", "success"):
            await self.send(ollama.line({"status": status}))
        self.finish()

    async def _fail(self, *, stream: bool) -> None:
        if not stream:
            self.fail(500, MISSING)
            return
        await self.send(ollama.line({"error": MISSING}))
        self.finish()

    async def _fetch(self, model: str, *, seconds: float, stream: bool) -> None:
        clock = asyncio.get_running_loop().time
        start = clock()
        share = 0.0
        while share < 1:
            if stream:
                await self.send(ollama.line(ollama.pull_progress(model, share)))
            left = start + seconds - clock()
            await asyncio.sleep(min(STEP_SECONDS, max(left, 0)))
            share = 1 if left <= STEP_SECONDS else (clock() - start) / seconds
        if stream:
            await self.send(ollama.line(ollama.pull_progress(model, 1)))
