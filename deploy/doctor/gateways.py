"""The model servers, as this host reaches them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import httpx

from deploy.doctor.findings import Finding, ok, problem, warning
from shared.models.catalogue import Catalogue, Server
from shared.models.waiting import without_password
from shared.settings import Settings
from shared.tls import ssl_context

CHECK = "gateway"
TIMEOUT = 3.0
LATEST = ":latest"


def check(settings: Settings) -> Iterator[Finding]:
    """Each gateway of the settings, and whether the default model is to be had."""
    servers = Catalogue(ca=settings.ollama_ca).look(gateway.url for gateway in settings.gateways)
    well = [server for server in servers if not server.problem]
    with httpx.Client(
        timeout=TIMEOUT, trust_env=False, verify=ssl_context(settings.ollama_ca)
    ) as http:
        for server in servers:
            yield _server(http, server, alone=not well)
    if settings.model and well:
        yield _default_model(settings.model, well)


def _server(http: httpx.Client, server: Server, *, alone: bool) -> Finding:
    address = without_password(server.url)
    if server.problem:
        say = problem if alone else warning
        return say(
            CHECK,
            f"{address}: {server.problem}",
            "start Ollama there, let this host through to it, or mend VALUEMILL_OLLAMA_HOSTS",
        )
    version = _ask(http, f"{server.url}/api/version").get("version", "of unknown version")
    names = sorted(model.name for model in server.models)
    if not names:
        return problem(
            CHECK, f"{address}: Ollama {version} has no model", "run `ollama pull` there"
        )
    running = _ask(http, f"{server.url}/api/ps").get("models")
    loaded = {str(each.get("name")) for each in running or () if isinstance(each, dict)}
    listed = ", ".join(f"{name} (loaded)" if name in loaded else name for name in names)
    return ok(CHECK, f"{address}: Ollama {version} has {listed}")


def _default_model(model: str, servers: Sequence[Server]) -> Finding:
    wanted = {model, f"{model}{LATEST}"}
    having = [
        without_password(server.url)
        for server in servers
        if wanted & {each.name for each in server.models}
    ]
    if not having:
        return problem(
            CHECK,
            f"no server has the default model {model}: requests that name none will wait",
            f"run `ollama pull {model}` on one of them, or mend VALUEMILL_MODEL",
        )
    return ok(CHECK, f"the default model {model} is on {', '.join(having)}")


def _ask(http: httpx.Client, url: str) -> dict[str, Any]:
    """What a server says of itself; empty when it says nothing of use."""
    try:
        answer = http.get(url).json()
    except (httpx.HTTPError, ValueError):
        return {}
    return answer if isinstance(answer, dict) else {}
