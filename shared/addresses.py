"""The addresses of model servers, and what API each says that its server speaks. Pure.

``http://gpu1:11434`` is an Ollama. ``openai+http://gpu1:8000/v1`` speaks OpenAI's chat API below
that path, as vLLM, SGLang, llama.cpp's own server and LM Studio do.
"""

from __future__ import annotations

import re
from enum import StrEnum

#: Begins the address of a server of OpenAI's API; so what lists gateways by address knows them too.
OPENAI_PREFIX = "openai+"

SCHEMES = ("http", "https", "openai+http", "openai+https")


class GatewayKind(StrEnum):
    """What API a gateway speaks."""

    OLLAMA = "OLLAMA_API"
    OPENAI = "OPENAI_API"


def kind_of(url: str) -> GatewayKind:
    """What API the server at an address speaks."""
    return GatewayKind.OPENAI if url.startswith(OPENAI_PREFIX) else GatewayKind.OLLAMA


def endpoint_of(url: str) -> str:
    """Where its API is, for HTTP clients."""
    return url.removeprefix(OPENAI_PREFIX)


def without_password(url: str) -> str:
    """An address, or several, to be shown: without the user and password that it may hold."""
    return re.sub(r"//[^/,]*@", "//", url)
