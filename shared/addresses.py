"""The addresses of model servers, what API each says that its server speaks, and what lets us in.

``http://gpu1:11434`` is an Ollama, and so is ``gpu1``: without a scheme, Ollama's own port goes
without saying, as for ``OLLAMA_HOST``. ``openai+http://gpu1:8000/v1`` speaks OpenAI's chat API
below that path, as vLLM, SGLang, llama.cpp's own server and LM Studio do. Pure.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv6Address
from typing import Self
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

#: Begins the address of a server of OpenAI's API; so what lists gateways by address knows them too.
OPENAI_PREFIX = "openai+"

SCHEMES = ("http", "https", "openai+http", "openai+https")

#: Of an Ollama that is named without a scheme: where it listens, and where it is thought to be.
OLLAMA_PORT = 11434
THIS_MACHINE = "127.0.0.1"

#: Stands for a secret in a text.
HIDDEN = "***"


class GatewayKind(StrEnum):
    """What API a gateway speaks."""

    OLLAMA = "OLLAMA_API"
    OPENAI = "OPENAI_API"


class NoAddress(ValueError):
    """A text that is no address of a model server."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """What a gateway is shown so that it lets us in: a token, a user with a password, or nothing.

    It is never part of an address that is stored or shown.
    """

    token: str = field(default="", repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def headers(self) -> Mapping[str, str]:
        """What goes with every request."""
        if self.token:
            return {"Authorization": f"Bearer {self.token}"}
        if self.user or self.password:
            return {"Authorization": f"Basic {self._basic}"}
        return {}

    @property
    def shown(self) -> str:
        """What is shown, in a word; empty: nothing."""
        return "API key" if self.token else "password" if self.headers else ""

    def hide(self, text: str) -> str:
        """A text of the server's, which may repeat what it was shown, without it."""
        for secret in (self.token, self.password, self._basic if self.password else ""):
            text = text.replace(secret, HIDDEN) if secret else text
        return text

    @property
    def _basic(self) -> str:
        return b64encode(f"{self.user}:{self.password}".encode()).decode()


#: Of whoever asks for nothing.
OPEN = Access()


@dataclass(frozen=True, kw_only=True)
class Address:
    """An address as it was written down, in its parts."""

    #: As it is stored and shown: without what lets us in.
    url: str
    access: Access
    #: What stands behind it: ``#max_concurrent_tasks=8``.
    options: Mapping[str, str]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address as people write it.

        :raises NoAddress: for what is none.
        """
        text = text.strip()
        has_scheme = "://" in text
        try:
            parts = urlsplit(text if has_scheme else f"http://{_bracketed(text)}")
            port = parts.port
        except ValueError as error:
            raise NoAddress(text) from error
        host = parts.hostname or ""
        if not has_scheme:
            host, port = host or (THIS_MACHINE if port else ""), port or OLLAMA_PORT
        if parts.scheme not in SCHEMES or not host or parts.port == 0 or parts.query:
            raise NoAddress(text)
        shown = f"[{host}]" if ":" in host else host
        return cls(
            url=f"{parts.scheme}://{shown}{'' if port is None else f':{port}'}{parts.path}".rstrip(
                "/"
            ),
            access=_access(parts),
            options=dict(parse_qsl(parts.fragment, keep_blank_values=True)),
        )


def kind_of(url: str) -> GatewayKind:
    """What API the server at an address speaks."""
    return GatewayKind.OPENAI if url.startswith(OPENAI_PREFIX) else GatewayKind.OLLAMA


def endpoint_of(url: str) -> str:
    """Where its API is, for HTTP clients."""
    return url.removeprefix(OPENAI_PREFIX)


def without_password(url: str) -> str:
    """An address, or several, to be shown: without the user and password that it may hold."""
    return re.sub(r"//[^/,]*@", "//", url)


def _access(parts: SplitResult) -> Access:
    if "@" not in parts.netloc:
        return OPEN
    return Access(user=unquote(parts.username or ""), password=unquote(parts.password or ""))


def _bracketed(text: str) -> str:
    """An IPv6 address without its brackets, in them; any other text as it is."""
    try:
        return f"[{IPv6Address(text)}]"
    except ValueError:
        return text
