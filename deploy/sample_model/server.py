"""All paths of the server: Ollama's, and two of ours for tests and benchmarks."""

from __future__ import annotations

import dataclasses

from tornado.web import Application

from deploy.ollama_api import paths
from deploy.ollama_api.base import Base
from deploy.sample_model.speaking import Chat, Generate
from deploy.sample_model.state import Server


class Stats(Base):
    """``/_sample/stats``: the counters."""

    server: Server

    def get(self) -> None:
        self.reply(self.server.stats())


class Turn(Base):
    """``/_sample/knobs``: GET shows the knobs, POST changes some."""

    server: Server

    def get(self) -> None:
        self.reply(dataclasses.asdict(self.server.knobs))

    def post(self) -> None:
        self.server.turn(self.body())
        self.get()


def create_application(server: Server) -> Application:
    """All paths, over one shared state."""
    ours: list[paths.Path] = [("/_sample/stats", Stats), ("/_sample/knobs", Turn)]
    return paths.create_application(server, chat=Chat, generate=Generate, more=ours)
