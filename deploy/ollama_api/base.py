"""What every path has in common: JSON in and out, and errors as Ollama words them."""

from __future__ import annotations

import json
from typing import Any

from tornado.web import RequestHandler

from deploy.ollama_api.bodies import read_body
from deploy.ollama_api.host import Host, Refusal


class Base(RequestHandler):
    """Errors as JSON, and the common shapes."""

    def initialize(self, server: Host) -> None:
        self.server: Host = server
        self.set_default_headers()

    def set_default_headers(self) -> None:
        if hasattr(self, "server"):  # Tornado sets them before `initialize` too
            self.set_header("Server", self.server.sign)

    def reply(self, body: dict[str, Any], status: int = 200) -> None:
        """Finish with a JSON object."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(body, ensure_ascii=False))

    def fail(self, status: int, text: str) -> None:
        """Finish with an error as Ollama words it."""
        self.server.counts[f"error_{status}"] += 1
        self.reply({"error": text}, status)

    def body(self) -> dict[str, Any]:
        return read_body(self.request.body)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = (kwargs.get("exc_info") or (None, None))[1]
        if status_code == 405:
            self.finish("405 method not allowed")
            return
        if isinstance(error, Refusal):
            self.fail(error.status, error.text)
        elif isinstance(error, self.server.bad):
            self.fail(400, str(error.args[0]))
        else:
            self.fail(status_code, f"internal error: {error}" if error else "internal error")

    def log_exception(self, *error: Any) -> None:
        if not isinstance(error[1], (Refusal, *self.server.bad)):
            super().log_exception(*error)
