"""The model servers, as this host reaches them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import httpx

from deploy.doctor.findings import Finding, ok, problem, warning
from shared.addresses import Access, GatewayKind, kind_of, without_password
from shared.models.catalogue import Catalogue, Server
from shared.models.client import open_client
from shared.models.names import is_among
from shared.models.transport import read_whole
from shared.settings import Settings
from shared.tls import ssl_context

CHECK = "gateway"
TIMEOUT = 3.0
MEND_LIST = "the models that it names properly are used all the same; see what answers there"


def check(settings: Settings) -> Iterator[Finding]:
    """Each gateway of the settings, and whether the default model is to be had."""
    catalogue = Catalogue(ca=settings.ollama_ca, access_of=settings.access_of)
    servers = catalogue.look(gateway.url for gateway in settings.gateways)
    well = [server for server in servers if not server.problem]
    with open_client(httpx.Timeout(TIMEOUT), tls=ssl_context(settings.ollama_ca)) as http:
        for server in servers:
            yield _server(http, server, settings.access_of(server.url), alone=not well)
            yield from _windows(server, settings.context_tokens)
            for doubt in server.doubts:
                yield warning(CHECK, f"{without_password(server.url)}: {doubt}", MEND_LIST)
    if settings.model and well:
        yield _default_model(settings.model, well)


def _server(http: httpx.Client, server: Server, access: Access, *, alone: bool) -> Finding:
    address = without_password(server.url)
    if server.problem:
        say = problem if alone else warning
        return say(
            CHECK,
            f"{address}: {server.problem}",
            _MEND[kind_of(server.url)],
        )
    if kind_of(server.url) == GatewayKind.OPENAI:
        return _openai(server, address)
    version = _ask(http, f"{server.url}/api/version", access).get("version", "of unknown version")
    names = sorted(model.name for model in server.models)
    if not names:
        return problem(
            CHECK, f"{address}: Ollama {version} has no model", "run `ollama pull` there"
        )
    running = _ask(http, f"{server.url}/api/ps", access).get("models")
    loaded = {str(each.get("name")) for each in running or () if isinstance(each, dict)}
    listed = ", ".join(f"{name} (loaded)" if name in loaded else name for name in names)
    return ok(CHECK, f"{address}: Ollama {version} has {listed}")


#: What may be wrong with a server that could not be read.
_MEND = {
    GatewayKind.OLLAMA: (
        "start Ollama there, let this host through to it, or mend VALUEMILL_OLLAMA_HOSTS (what "
        "lets us in, too)"
    ),
    GatewayKind.OPENAI: (
        "start the model server there, let this host through to it, mend VALUEMILL_OLLAMA_HOSTS "
        "(the address mostly ends in /v1), or give its key in VALUEMILL_OPENAI_API_KEY_FILE"
    ),
}


def _openai(server: Server, address: str) -> Finding:
    if not server.models:
        return problem(CHECK, f"{address}: it serves no model", "start it with one")
    listed = ", ".join(
        f"{model.name} (loaded)" if model.is_loaded else model.name for model in server.models
    )
    return ok(CHECK, f"{address}: a server of OpenAI's API has {listed}")


def _windows(server: Server, wanted: int) -> Iterator[Finding]:
    """Such a server was started with a window for each prompt, which prompts do not change."""
    if kind_of(server.url) != GatewayKind.OPENAI:
        return
    for model in server.models:
        if model.context_length is not None and model.context_length < wanted:
            yield warning(
                CHECK,
                f"{without_password(server.url)}: {model.name} has a context window of "
                f"{model.context_length} tokens, and prompts may need {wanted}",
                "start the server with a larger one, or lower VALUEMILL_CONTEXT_TOKENS",
            )


def _default_model(model: str, servers: Sequence[Server]) -> Finding:
    having = [
        without_password(server.url)
        for server in servers
        if is_among(model, [each.name for each in server.models], url=server.url)
    ]
    if not having:
        can_pull = any(kind_of(server.url) == GatewayKind.OLLAMA for server in servers)
        bring = f"run `ollama pull {model}` on one of them" if can_pull else "start one with it"
        return problem(
            CHECK,
            f"no server has the default model {model}: requests that name none will wait",
            f"{bring}, or mend VALUEMILL_MODEL",
        )
    return ok(CHECK, f"the default model {model} is on {', '.join(having)}")


def _ask(http: httpx.Client, url: str, access: Access) -> dict[str, Any]:
    """What a server says of itself; empty when it says nothing of use."""
    try:
        with http.stream("GET", url, headers=access.headers) as answer:
            said = json.loads(read_whole(answer))
    except (httpx.HTTPError, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
