"""A gateway is spoken to as its address says."""

from __future__ import annotations

from contextlib import closing

from shared.addresses import Access
from shared.settings import GatewaySettings, Settings
from tests.unit.worker.conftest import Scripted
from worker.models.kinds import open_gateway
from worker.models.ollama import OllamaGateway
from worker.models.openai import OpenAIGateway

SETTINGS = Settings(database_url="", broker_url="", secret_key="", temperature=0.3, seed=9)


def test_the_scheme_says_the_kind(server: Scripted) -> None:
    server.says("/api/tags", {"models": [{"name": "o:1b"}]})
    server.says("/v1/models", {"data": [{"id": "v"}]})
    for url, key, kind, models in (
        (server.url, "", OllamaGateway, ["o:1b"]),
        (f"openai+{server.url}/v1", "sk-x", OpenAIGateway, ["v"]),
    ):
        known = GatewaySettings(url=url, max_concurrent_tasks=1, access=Access(token=key))
        with closing(open_gateway(known, SETTINGS)) as gateway:
            assert type(gateway) is kind
            assert gateway.url == url
            assert gateway.models() == models
            assert (gateway.sampling.temperature, gateway.sampling.base_seed) == (0.3, 9)
    assert server.authorizations == {None, "Bearer sk-x"}
