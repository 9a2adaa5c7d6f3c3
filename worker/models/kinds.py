"""The client that a model server is spoken to by, as its address says."""

from __future__ import annotations

from shared.addresses import GatewayKind, endpoint_of, kind_of
from shared.settings import GatewaySettings, Settings
from shared.tls import ssl_context
from worker.models.gateway import Gateway, Sampling
from worker.models.ollama import OllamaGateway
from worker.models.openai import OpenAIGateway


def open_gateway(gateway: GatewaySettings, settings: Settings) -> Gateway:
    """The client of a gateway, as the settings have it; nothing is sent yet."""
    sampling, tls = Sampling.of(settings), ssl_context(settings.ollama_ca)
    if kind_of(gateway.url) == GatewayKind.OPENAI:
        return OpenAIGateway(
            gateway.url,
            endpoint=endpoint_of(gateway.url),
            access=gateway.access,
            connect_timeout=settings.connect_timeout,
            sampling=sampling,
            load_timeout=settings.load_timeout,
            tls=tls,
        )
    return OllamaGateway(
        gateway.url,
        access=gateway.access,
        connect_timeout=settings.connect_timeout,
        sampling=sampling,
        load_timeout=settings.load_timeout,
        tls=tls,
    )
