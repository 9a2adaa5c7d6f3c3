"""All paths of a server, and those that answer at once."""

from __future__ import annotations

from collections.abc import Sequence

from tornado.web import Application

from deploy.ollama_api import replies
from deploy.ollama_api.base import Base
from deploy.ollama_api.bodies import read_model, read_stream
from deploy.ollama_api.host import Host, Refusal

Path = tuple[str, type[Base]]


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
        self.reply({"version": replies.VERSION})

    head = get


class Tags(Base):
    """``/api/tags``: the models that are here."""

    def get(self) -> None:
        server = self.server
        entries = [
            replies.tag_entry(model, server.card(model), server.started) for model in server.models
        ]
        self.reply({"models": entries})

    head = get


class Running(Base):
    """``/api/ps``: the models in memory."""

    def get(self) -> None:
        entries = [
            replies.running_entry(model, self.server.card(model), expiry)
            for model, expiry in self.server.memory.loaded().items()
        ]
        self.reply({"models": entries})


class Show(Base):
    """``/api/show``: all about one model."""

    def post(self) -> None:
        self.reply(self.server.show(self.server.find_model(read_model(self.body()))))


class Pull(Base):
    """``/api/pull``: done at once for a model that is here, else the registry's error."""

    def post(self) -> None:
        body = self.body()
        try:
            self.server.find_model(read_model(body))
            told = {"status": "success"}
        except Refusal:
            told = {"error": "pull model manifest: file does not exist"}
        if "error" in told and not read_stream(body):
            self.fail(500, told["error"])
            return
        self.set_header("Content-Type", "application/x-ndjson")
        self.finish(replies.line(told))


def create_application(
    server: Host, *, chat: type[Base], generate: type[Base], more: Sequence[Path] = ()
) -> Application:
    """All paths, over one shared state; `more` are paths that Ollama does not have."""
    state = {"server": server}
    paths: list[Path] = [
        ("/", Root),
        ("/api/version", Version),
        ("/api/tags", Tags),
        ("/api/ps", Running),
        ("/api/show", Show),
        ("/api/pull", Pull),
        ("/api/chat", chat),
        ("/api/generate", generate),
        *more,
    ]
    return Application(
        [(path, handler, state) for path, handler in paths],
        default_handler_class=Missing,
        default_handler_args=state,
        log_function=lambda _: None,
    )
