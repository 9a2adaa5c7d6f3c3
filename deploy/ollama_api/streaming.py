"""Paths whose answers take their time: streamed line by line, stopped when the client leaves."""

from __future__ import annotations

import asyncio
from abc import abstractmethod

from tornado.iostream import StreamClosedError

from deploy.ollama_api.base import Base


class Streaming(Base):
    """A POST that streams newline-delimited JSON; `respond` does the work.

    When the client closes, the work is cancelled wherever it waits.
    """

    _work: asyncio.Future[None] | None = None

    @abstractmethod
    async def respond(self) -> None:
        """Send the whole answer."""

    async def post(self) -> None:
        work = self._work = asyncio.ensure_future(self.respond())
        try:
            await work
        except (asyncio.CancelledError, StreamClosedError):
            self.server.counts["closed_by_client"] += 1

    def on_connection_close(self) -> None:
        """The client has gone: the model falls silent and its slot is free."""
        if self._work:
            self._work.cancel()

    async def send(self, line: str) -> None:
        """Send a line at once. Raises `StreamClosedError` when nobody is there any more."""
        connection = self.request.connection
        if not self._headers_written or connection is None:
            self.set_header("Content-Type", "application/x-ndjson")
            self.write(line)
            await self.flush()
            return
        # Past the headers there is nothing left for the handler to transform.
        sent = connection.write(line.encode())
        if sent.done():
            sent.result()
        else:
            await sent

    def cut(self) -> None:
        """Close the connection in the middle of the answer."""
        self._work = None  # it is not the client who closes
        self.request.connection.stream.close()  # type: ignore[union-attr]
