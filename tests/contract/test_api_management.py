"""Model servers and models, read from real servers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from flask import Flask

from api.app import create_app
from api.parts import KEY
from shared.db.engine import Database
from shared.models import gateways
from shared.models.catalogue import Catalogue
from shared.settings import GatewaySettings, Settings
from tests.support.contract import BASE, Client, assert_error
from tests.support.odd_server import OLLAMA, OPENAI, odd_server

MODELS = f"{BASE}/ai/management/model"
GATEWAYS = f"{BASE}/ai/management/gateway"
#: Nobody listens there.
DEAD = "http://someone:hunter2@127.0.0.1:9"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A sample model with three models."""
    names = ("sample-faker", "second:7b", "hf.co/someone/third:latest")
    options = [word for name in names for word in ("--model", name)]
    with subprocess.Popen(
        [sys.executable, "-m", "deploy.sample_model", "--port", "0", *options],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        yield found.group()
        process.terminate()


@pytest.fixture(scope="module")
def openai_url() -> Iterator[str]:
    """A server of OpenAI's API with one model, for whoever has the key."""

    class Models(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            knows = self.headers["Authorization"] == "Bearer sk-swordfish"
            self.send_response(200 if knows and self.path == "/v1/models" else 401)
            self.end_headers()
            meta = {"n_ctx": 2048, "n_embd": 576, "ftype": "Q4_1"}
            body = {"object": "list", "data": [{"id": "m.gguf", "meta": meta}]}
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Models) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"openai+http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


@pytest.fixture
def known(database: Database) -> Any:
    """Say which servers the workers use, and how they found them."""

    def know(*servers: tuple[str, str, list[str]]) -> None:
        with database.transaction() as connection:
            for address, status, models in servers:
                settings = GatewaySettings(url=address, max_concurrent_tasks=3)
                gateways.register(connection, [settings])
                gateways.report(connection, url=address, status=status, reason="why", models=models)

    return know


@pytest.fixture
def fresh(app: Flask) -> Iterator[None]:
    """An application that has not looked yet."""
    parts = app.extensions[KEY]
    app.extensions[KEY] = replace(parts, catalogue=Catalogue())
    yield
    app.extensions[KEY] = parts


@pytest.mark.usefixtures("fresh")
def test_models_are_read_live(client: Client, known: Any, url: str) -> None:
    known((url, "UP", ["second:7b"]), (DEAD, "UP", []))
    page = client.get(MODELS).json
    assert page["response_metadata"] == {"total": 3}
    names = [model["name"] for model in page["items"]]
    assert names == ["hf.co/someone/third:latest", "sample-faker:latest", "second:7b"] or names == [
        "hf.co/someone/third:latest", "sample-faker", "second:7b",
    ]  # fmt: skip
    listed = httpx.get(f"{url}/api/tags", trust_env=False).json()["models"]
    for model in page["items"]:
        (truth,) = [each for each in listed if each["name"] == model["name"]]
        assert model["file_checksum"] == truth["digest"]
        assert model["architecture"] == model["base_name"] == "sample-faker"
        assert model["ai_parameters"] == truth["details"]["parameter_size"]
        assert model["context_length"] == 32768
        assert model["embedding_length"] == 1024
        assert model["quantization"] == truth["details"]["quantization_level"]
        assert client.get(f"{MODELS}/{model['id']}").json == model
    # Work that names no model gets what the workers think is the server's first.
    assert [m["name"] for m in page["items"] if m["is_data_generate_default"]] == ["second:7b"]


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("odd", ["\ud800x", "a\x00b", "x" * 100_000, 7, None])
def test_field_e4_an_odd_name_of_a_server_hides_no_model(
    client: Client, known: Any, odd: Any
) -> None:
    with odd_server() as first, odd_server() as second:
        first.says(OLLAMA.list, OLLAMA.models(odd, "good:1b"))
        second.says(OPENAI.list, OPENAI.models(odd, "fine"))
        known((first.url, "UP", []), (OPENAI.gateway(second.url), "UP", []))
        page = client.get(MODELS)
        assert page.status_code == 200
        assert [model["name"] for model in page.json["items"]] == ["fine", "good:1b"]
        assert {each["status"] for each in client.get(GATEWAYS).json["items"]} == {"UP"}


@pytest.mark.usefixtures("fresh")
def test_gateways_are_listed_as_they_are(client: Client, known: Any, url: str) -> None:
    known((url, "DOWN", []), (DEAD, "UP", []), (f"{url}/elsewhere", "BUSY", []))
    port = int(url.rsplit(":", 1)[1])
    page = client.get(GATEWAYS).json
    assert page["response_metadata"] == {"total": 3}
    up, down, strange = page["items"]
    assert (
        up.items()
        >= {
            "status": "UP",
            "type": "OLLAMA_API",
            "hostname": "127.0.0.1",
            "port": port,
            "max_concurrent_tasks": 3,
        }.items()
    )
    assert "status_reason" not in up
    assert (down["status"], down["port"]) == ("DOWN", 9)
    assert "nobody answers" in down["status_reason"]
    assert (strange["status"], strange["port"]) == ("DOWN", port)
    assert "404" in strange["status_reason"]
    for gateway in page["items"]:
        assert client.get(f"{GATEWAYS}/{gateway['id']}").json == gateway
        assert gateway["ai_orchestrator_id"]
        assert re.fullmatch(r"[0-9T:-]+\.\d{3}Z", gateway["last_status_change_time"])


@pytest.mark.usefixtures("fresh")
def test_a_busy_gateway_says_so(client: Client, known: Any, url: str) -> None:
    known((url, "BUSY", []))
    (gateway,) = client.get(GATEWAYS).json["items"]
    assert (gateway["status"], gateway["status_reason"]) == ("BUSY", "why")


def test_a_server_of_openais_api_is_looked_at_with_its_key(
    settings: Settings, client: Client, known: Any, openai_url: str
) -> None:
    known((openai_url, "UP", []))
    app = create_app(replace(settings, openai_api_key="sk-swordfish"))
    with_key = Client(app.test_client(), key=client.key)
    (gateway,) = with_key.get(GATEWAYS).json["items"]
    assert gateway["status"] == "UP"
    assert with_key.get(f"{GATEWAYS}/{gateway['id']}").json == {**gateway, "type": "OPENAI_API"}
    assert gateway["port"] == urlsplit(openai_url).port
    (model,) = with_key.get(MODELS).json["items"]
    assert (model["name"], model["context_length"], model["quantization"]) == (
        "m.gguf", 2048, "Q4_1",
    )  # fmt: skip
    app.extensions[KEY].close()


@pytest.mark.usefixtures("fresh")
def test_a_server_that_lets_nobody_in_without_a_key_says_so(
    client: Client, known: Any, openai_url: str
) -> None:
    known((openai_url, "UP", []))
    (gateway,) = client.get(GATEWAYS).json["items"]
    assert gateway["status"] == "DOWN"
    assert "wants an API key" in gateway["status_reason"]


@pytest.mark.usefixtures("fresh")
def test_no_password_is_shown(client: Client, known: Any) -> None:
    known((DEAD, "DOWN", []))
    for path in (GATEWAYS, MODELS, f"{GATEWAYS}?limit=1"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "hunter2" not in answer.text
        assert "someone" not in answer.text


def test_without_workers_there_are_none(client: Client) -> None:
    empty = {"items": [], "response_metadata": {"total": 0}}
    assert client.get(MODELS).json == client.get(GATEWAYS).json == empty


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("path", [MODELS, GATEWAYS])
def test_they_come_in_pages(client: Client, known: Any, url: str, path: str) -> None:
    known((url, "UP", []), (DEAD, "UP", []), ("http://127.0.0.1:10", "UP", []))
    whole = client.get(path).json["items"]
    assert len(whole) == 3
    first = client.get(path, query_string={"limit": 2}).json
    assert first["items"] == whole[:2]
    assert "prev_cursor" not in first["response_metadata"]
    cursor = first["response_metadata"]["next_cursor"]
    second = client.get(path, query_string={"limit": 2, "cursor": cursor}).json
    assert second["items"] == whole[2:]
    assert second["response_metadata"].keys() == {"prev_cursor", "total"}
    cursor = second["response_metadata"]["prev_cursor"]
    assert client.get(path, query_string={"limit": 2, "cursor": cursor}).json == first
    other = GATEWAYS if path == MODELS else MODELS
    assert_error(client.get(f"{other}?cursor={cursor}"), 400, "invalid_request", "cursor: ")


@pytest.mark.parametrize("path", [MODELS, GATEWAYS])
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    for wrong in ("0", "x", "%00", "5" * 3000):
        assert_error(client.get(f"{path}/{wrong}"), 404, "not_found")


def test_the_default_model_can_be_set(
    settings: Settings, client: Client, known: Any, url: str
) -> None:
    app = create_app(replace(settings, model="second:7b"))
    known((url, "UP", ["sample-faker"]))
    items = Client(app.test_client(), key=client.key).get(MODELS).json["items"]
    assert [m["name"] for m in items if m["is_data_generate_default"]] == ["second:7b"]
    app.extensions[KEY].close()


def test_it_looks_at_most_every_few_seconds(url: str) -> None:
    catalogue = Catalogue(lifetime=60)
    (first,) = catalogue.look([url])
    other, again = catalogue.look([DEAD, url])
    assert again is first
    assert other.problem
    (anew,) = Catalogue(lifetime=0).look([url])
    assert (anew.models, anew.problem) == (first.models, None)
