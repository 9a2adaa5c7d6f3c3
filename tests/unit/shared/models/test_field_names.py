"""Names of models and addresses of servers, as Ollama understands them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from shared.addresses import Access, endpoint_of
from shared.errors import ConfigurationError
from shared.models.gateway import Gateway, GatewayState
from shared.models.names import is_among, plain_name
from shared.models.waiting import waiting_reason
from shared.settings import parse_gateway
from tests.support.odd_server import OLLAMA, OddServer, odd_server
from tests.support.waiting import PATIENCE
from worker.models.gateway import Call
from worker.models.ollama import OllamaGateway
from worker.models.prompt import Prompt

SAME = [
    "Plain",
    "plain:latest",
    "PLAIN:Latest",
    "library/plain",
    "Library/Plain:latest",
    "registry.ollama.ai/library/plain",
    "https://registry.ollama.ai/library/plain:latest",
]
OTHERS = ["plain:7b", "user/plain", "hf.co/library/plain", "plainer", "library/plain:7b"]


@pytest.mark.parametrize("name", SAME)
def test_field_b6_names_of_one_model_are_one(name: str) -> None:
    assert plain_name(name) == "plain"
    for url in ("http://gpu1:11434", "https://gpu1"):
        assert is_among(name, ["other:1b", "plain:latest"], url=url)
    # Servers of OpenAI's API know no such rules.
    assert not is_among(name, ["plain"], url="openai+http://gpu1/v1")


@pytest.mark.parametrize("name", OTHERS)
def test_field_b6_names_of_other_models_are_others(name: str) -> None:
    assert plain_name(name) != "plain"
    assert not is_among(name, ["plain:latest", "plain"], url="http://gpu1:11434")


@pytest.fixture
def server() -> Iterator[OddServer]:
    with odd_server() as server:
        server.says(OLLAMA.list, OLLAMA.models("other:1b", "Plain:latest"))
        server.answers[OLLAMA.chat] = OLLAMA.stream("[]")
        yield server


def test_field_b6_a_gateway_knows_its_model_by_the_name_that_is_wanted(server: OddServer) -> None:
    with closing(OllamaGateway(server.url, connect_timeout=PATIENCE)) as gateway:
        wanted = ["library/plain", "PLAIN", "nobody/plain", "other:1b"]
        assert gateway.models() == ["other:1b", "Plain:latest", "Plain"]
        assert gateway.also_named(wanted) == ["library/plain", "PLAIN"]
        server.says("/api/ps", {"models": [{"name": "Plain:latest"}]})
        assert {"library/plain", "PLAIN"} <= set(gateway.loaded() or ())
        prompt = Prompt(messages=[], schema={}, num_predict=9, num_ctx=9)
        list(gateway.chat(prompt, model="library/plain", seed=1, call=Call()))
        # The server is asked by the name that it goes by itself.
        assert plain_name(server.bodies(OLLAMA.chat)[0]["model"]) == "plain"
        assert server.bodies(OLLAMA.chat)[0]["model"] in ("Plain:latest", "Plain")


def test_field_b6_nobody_is_told_to_pull_what_is_there() -> None:
    gateway = Gateway(
        id=1,
        url="http://gpu1:11434",
        max_concurrent_tasks=1,
        status=GatewayState.UP,
        status_reason=None,
        models=["plain:latest", "plain"],
        loaded=[],
        pulling=None,
        pull_progress=None,
        last_status_change_time=datetime.now(UTC),
    )
    for name in SAME:
        assert waiting_reason([gateway], model=name) is None
    assert "ollama pull user/plain" in (waiting_reason([gateway], model="user/plain") or "")


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("gpu1", "http://gpu1:11434"),
        ("gpu1/", "http://gpu1:11434"),
        ("GPU1", "http://gpu1:11434"),
        ("gpu1:8080/ollama/", "http://gpu1:8080/ollama"),
        ("gpu1/ollama", "http://gpu1:11434/ollama"),
        ("10.0.0.7", "http://10.0.0.7:11434"),
        ("::1", "http://[::1]:11434"),
        ("[::1]", "http://[::1]:11434"),
        ("[fe80::1]:9", "http://[fe80::1]:9"),
        (":11500", "http://127.0.0.1:11500"),
        ("u:p@gpu1", "http://gpu1:11434"),
        # With a scheme, the port is that of the scheme.
        ("http://gpu1", "http://gpu1"),
        ("https://gpu1/", "https://gpu1"),
        ("HTTPS://Gpu1:443", "https://gpu1:443"),
        ("openai+http://Gpu1/v1", "openai+http://gpu1/v1"),
    ],
)
def test_field_b6_addresses_are_read_as_ollama_reads_them(text: str, url: str) -> None:
    assert parse_gateway(text, default_slots=1).url == url


@pytest.mark.parametrize("text", [":", "http://", "gpu1:x", "gpu1:99999", "gpu1:0", "gpu1?x=1"])
def test_field_b6_an_address_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="OLLAMA_HOSTS"):
        parse_gateway(text, default_slots=1)


@pytest.mark.parametrize("prefix", ["", "openai+"])
@pytest.mark.parametrize(
    ("text", "user", "password"),
    [
        ("user:p%40ss@gpu1", "user", "p@ss"),
        ("us%3Aer:p%2Fw%23%25@gpu1:8443/v1", "us:er", "p/w#%"),
        ("user@gpu1", "user", ""),
        (":p%C3%A4ss@gpu1", "", "päss"),
    ],
)
def test_field_b5_a_password_in_an_address_is_shown_and_not_kept_in_it(
    prefix: str, text: str, user: str, password: str
) -> None:
    gateway = parse_gateway(f"{prefix}https://{text}", default_slots=1)
    assert gateway.access == Access(user=user, password=password)
    assert gateway.access.headers["Authorization"].startswith("Basic ")
    assert "@" not in gateway.url
    assert endpoint_of(gateway.url).startswith("https://gpu1")
    assert "p" not in repr(gateway.access).removeprefix("Access")
