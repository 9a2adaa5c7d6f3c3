"""All paths of the server, and those that answer at once."""

from __future__ import annotations

import dataclasses

from tornado.web import Application

from deploy.sample_model import ollama
from deploy.sample_model.base import Base
from deploy.sample_model.speaking import Chat, Generate
from deploy.sample_model.state import Refusal, Server

BODY_LIMIT = 16 * 1024 * 1024


class Missing(Base):
    """Any path that is not there."""

    def prepare(self) -> None:
        self.set_status(404)
        self.finish("404 page not found")


class Root(Base):
    """``/``: the sign of life."""

    def get(self) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("Ollama is running")

    head = get


class Version(Base):
    """``/api/version``"""

    def get(self) -> None:
        self.reply({"version": ollama.VERSION})

    head = get


class Tags(Base):
    """``/api/tags``: the models that are here."""

    def get(self) -> None:
        models = [ollama.tag_entry(model, self.server.started) for model in self.server.knobs.model]
        self.reply({"models": models})

    head = get


class Running(Base):
    """``/api/ps``: the models in memory."""

    def get(self) -> None:
        loaded = self.server.memory.loaded().items()
        self.reply({"models": [ollama.running_entry(model, expiry) for model, expiry in loaded]})


class Show(Base):
    """``/api/show``: one model, and the kinds of values that it makes."""

    def post(self) -> None:
        model = self.server.find_model(ollama.read_model(self.body()))
        self.reply(ollama.show(model, self.server.started))


class Pull(Base):
    """``/api/pull``: done at once for a model that is here, else the registry's error."""

    def post(self) -> None:
        body = self.body()
        try:
            self.server.find_model(ollama.read_model(body))
            told = {"status": "success"}
        except Refusal:
            told = {"error": "pull model manifest: file does not exist"}
        if "error" in told and not ollama.read_stream(body):
            self.fail(500, told["error"])
            return
        self.set_header("Content-Type", "application/x-ndjson")
        self.finish(ollama.line(told))


class Stats(Base):
    """``/_sample/stats``: ours, for tests and benchmarks."""

    def get(self) -> None:
        self.reply(self.server.stats())


class Turn(Base):
    """``/_sample/knobs``: ours; GET shows the knobs, POST changes some."""

    def get(self) -> None:
        self.reply(dataclasses.asdict(self.server.knobs))

    def post(self) -> None:
        self.server.turn(self.body())
        self.get()


def create_application(server: Server) -> Application:
    """All paths, over one shared state."""
    state = {"server": server}
    paths: list[tuple[str, type[Base]]] = [
        ("/", Root),
        ("/api/version", Version),
        ("/api/tags", Tags),
        ("/api/ps", Running),
        ("/api/show", Show),
        ("/api/pull", Pull),
        ("/api/chat", Chat),
        ("/api/generate", Generate),
        ("/_sample/stats", Stats),
        ("/_sample/knobs", Turn),
    ]
    return Application(
        [(path, handler, state) for path, handler in paths],
        default_handler_class=Missing,
        default_handler_args=state,
        log_function=lambda _: None,
    )
