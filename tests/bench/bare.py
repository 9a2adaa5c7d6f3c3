"""A Flask application of one route that does nothing: what the server and the framework cost.

Served by the same command as the API: ``gunicorn ... 'tests.bench.bare:create_app()'``.
"""

from __future__ import annotations

from types import SimpleNamespace

from flask import Flask

from api.parts import KEY

#: About as long as the answer for a job.
ANSWER = {"id": "0" * 32, "text": "x" * 600}


def create_app() -> Flask:
    """Make the WSGI application."""
    app = Flask("bare")
    # The server sends a wake-up when it starts.
    app.extensions[KEY] = SimpleNamespace(wake_ups=SimpleNamespace(send=lambda _: None))

    @app.get("/bare")
    def bare() -> dict[str, str]:
        return ANSWER

    return app
