"""Looking at model servers, and bringing them the models that work needs."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlalchemy import text

from shared.addresses import Access
from shared.db.engine import Database
from shared.models import gateways
from shared.models.gateway import Gateway
from shared.models.waiting import waiting_reason
from shared.settings import GatewaySettings, Settings
from tests.integration.test_gateways import ModelServer
from tests.integration.test_lease_machine import Mill
from tests.support.waiting import PATIENCE, wait_until
from worker.models.errors import ServerFailed
from worker.models.gateway import Call
from worker.models.prober import Prober
from worker.models.servers import Server, Servers


@pytest.fixture(scope="module")
def sample() -> Iterator[ModelServer]:
    server = ModelServer("one", "two")
    yield server
    server.kill()


@pytest.fixture
def mill(database: Database) -> Mill:
    mill = Mill(database)
    with database.transaction() as connection:
        connection.execute(text("DELETE FROM gateways"))
    return mill


@pytest.fixture
def prober(mill: Mill, settings: Settings, sample: ModelServer) -> Prober:
    """Of a worker that has looked at its one server, which has nothing in its memory."""
    for model in ("one", "two"):
        sample.unload(model)
    gateway = GatewaySettings(url=sample.url, max_concurrent_tasks=4)
    settings = replace(settings, gateways=(gateway,), pull_models=True)
    with mill.database.transaction() as connection:
        gateways.register(connection, settings.gateways)
    prober = Prober(settings, Servers.of(settings, mill.database))
    prober.look(server_of(prober))
    return prober


def server_of(prober: Prober) -> Server:
    (server,) = prober.servers.by_url.values()
    return server


def row(prober: Prober) -> Gateway:
    with prober.servers.database.transaction() as connection:
        rows = gateways.read_live(connection)
    return next(row for row in rows if row.url == server_of(prober).gateway.url)


def seen(prober: Prober) -> list[str]:
    """What the server has in its memory, as a look at it finds."""
    prober.look(server_of(prober))
    return [name for name in row(prober).loaded if ":" not in name]


def test_a_look_finds_what_is_there(prober: Prober) -> None:
    found = row(prober)
    assert (found.status, found.models, found.loaded) == ("UP", ["one", "two"], [])


def test_the_default_model_is_loaded_ahead_once(prober: Prober, sample: ModelServer) -> None:
    prober.settings = replace(prober.settings, model="two")
    prober.tend(server_of(prober))
    assert seen(prober) == ["two"]
    sample.unload("two")
    assert seen(prober) == []
    prober.tend(server_of(prober))
    assert seen(prober) == []


def test_the_model_of_the_most_urgent_work_is_loaded_ahead(prober: Prober, mill: Mill) -> None:
    prober.tend(server_of(prober))
    assert seen(prober) == []
    mill.submit(10, llm_model_name="one")
    mill.submit(10, llm_model_name="two", priority=1)
    prober.tend(server_of(prober))
    assert seen(prober) == ["two"]


def test_work_that_takes_any_model_has_the_first_loaded(prober: Prober, mill: Mill) -> None:
    mill.submit(10)
    prober.tend(server_of(prober))
    assert seen(prober) == ["one"]


class Fetching:
    """Makes a server's pulls go on when the test says so, and end as it says."""

    def __init__(self, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go_on = threading.Event()
        self.fails: Exception | None = None
        self.pulled: list[str] = []
        self._models = server.gateway.models
        monkeypatch.setattr(server.gateway, "pull", self.pull)
        monkeypatch.setattr(server.gateway, "models", lambda: [*self._models(), *self.pulled])

    def pull(self, model: str, *, call: Call) -> Iterator[int]:
        percent = 0
        while not self.go_on.wait(0.01):
            call.check()
            yield (percent := min(percent + 1, 99))
        if self.fails:
            raise self.fails
        self.pulled.append(model)


@pytest.fixture
def fetching(prober: Prober, mill: Mill, monkeypatch: pytest.MonkeyPatch) -> Fetching:
    mill.submit(10, llm_model_name="new")
    return Fetching(server_of(prober), monkeypatch)


def warning(prober: Prober) -> str:
    return waiting_reason([row(prober)], model="new") or ""


def test_a_missing_model_is_pulled_with_progress(prober: Prober, fetching: Fetching) -> None:
    tending = threading.Thread(target=prober.tend, args=(server_of(prober),))
    tending.start()
    wait_until(
        lambda: bool(re.search("the model new is being pulled to .*: [1-9]", warning(prober))),
        what=lambda: f"progress in {warning(prober)!r}",
    )
    fetching.go_on.set()
    tending.join(PATIENCE)
    found = row(prober)
    assert "new" in found.models
    assert (found.pulling, found.pull_progress, warning(prober)) == (None, None, "")


def test_nothing_is_pulled_unless_the_settings_allow_it(prober: Prober, fetching: Fetching) -> None:
    fetching.go_on.set()
    prober.settings = replace(prober.settings, pull_models=False)
    prober.tend(server_of(prober))
    assert fetching.pulled == []
    assert 'run "ollama pull new"' in warning(prober)


def test_a_pull_that_fails_says_why_and_is_tried_again_later(
    prober: Prober, fetching: Fetching, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetching.go_on.set()
    fetching.fails = ServerFailed("no space left on device")
    prober.tend(server_of(prober))
    assert "cannot be pulled" in warning(prober)
    assert "no space left on device" in warning(prober)
    fetching.fails = None
    prober.tend(server_of(prober))
    assert fetching.pulled == [], "it is too soon"
    monkeypatch.setattr("worker.models.prober.monotonic", lambda: float("inf"))
    prober.tend(server_of(prober))
    assert (fetching.pulled, warning(prober)) == (["new"], "")


def test_a_worker_that_stops_leaves_the_pull_to_others(prober: Prober, fetching: Fetching) -> None:
    tending = threading.Thread(target=prober.tend, args=(server_of(prober),))
    tending.start()
    wait_until(lambda: row(prober).pulling == "new", what="a pull")
    prober.stop()
    tending.join(PATIENCE)
    assert not tending.is_alive()
    assert (row(prober).pulling, fetching.pulled) == (None, [])


class OpenAIServer:
    """A server of OpenAI's API with one model, in its memory or not, for whoever has its key."""

    KEY = "sk-swordfish"

    def __init__(self) -> None:
        self.is_loaded = True
        self.asked: list[dict[str, Any]] = []
        script = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status = {"value": "loaded" if script.is_loaded else "unloaded"}
                self._answer({"data": [{"id": "m", "status": status}]})

            def do_POST(self) -> None:
                script.asked.append(
                    json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                )
                script.is_loaded = True
                self._answer({"choices": [{"message": {"content": "H"}}]})

            def _answer(self, body: dict[str, Any]) -> None:
                knows = self.headers["Authorization"] == f"Bearer {script.KEY}"
                self.send_response(200 if knows else 401)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"openai+http://127.0.0.1:{self.http.server_port}/v1"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def openai() -> Iterator[OpenAIServer]:
    server = OpenAIServer()
    yield server
    server.http.shutdown()
    server.http.server_close()


def openai_prober(mill: Mill, settings: Settings, openai: OpenAIServer, *, key: str) -> Prober:
    gateway = GatewaySettings(url=openai.url, max_concurrent_tasks=4, access=Access(token=key))
    settings = replace(settings, gateways=(gateway,), pull_models=True)
    with mill.database.transaction() as connection:
        gateways.register(connection, settings.gateways)
    prober = Prober(settings, Servers.of(settings, mill.database))
    prober.look(server_of(prober))
    return prober


def test_a_server_of_openais_api_is_looked_at_and_has_what_it_lists(
    mill: Mill, settings: Settings, openai: OpenAIServer
) -> None:
    prober = openai_prober(mill, settings, openai, key=openai.KEY)
    found = row(prober)
    assert (found.status, found.models, found.loaded) == ("UP", ["m"], ["m"])
    mill.submit(10, llm_model_name="m", priority=1)
    mill.submit(10, llm_model_name="other")
    prober.tend(server_of(prober))
    assert openai.asked == [], "neither loaded nor pulled"


def test_a_model_that_its_server_has_yet_to_load_is_asked_for_a_token(
    mill: Mill, settings: Settings, openai: OpenAIServer
) -> None:
    openai.is_loaded = False
    prober = openai_prober(mill, settings, openai, key=openai.KEY)
    assert row(prober).loaded == []
    mill.submit(10, llm_model_name="m")
    prober.tend(server_of(prober))
    assert [body["max_tokens"] for body in openai.asked] == [1]
    assert seen(prober) == ["m"]


def test_a_server_that_refuses_our_key_is_down_with_the_reason_and_without_the_key(
    mill: Mill, settings: Settings, openai: OpenAIServer
) -> None:
    prober = openai_prober(mill, settings, openai, key="sk-wrong")
    found = row(prober)
    assert found.status == "DOWN"
    reason = waiting_reason([found], model="m") or ""
    assert "refuses our API key (401)" in reason
    with mill.database.transaction() as connection:
        everything = connection.scalar(text("SELECT json_agg(g)::text FROM gateways g"))
    assert "sk-" not in f"{everything} {reason}"
