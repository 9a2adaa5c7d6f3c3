"""The model servers that the process of a step may ask, as its worker tells it of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.addresses import Access, GatewayKind, endpoint_of, kind_of
from shared.errors import Unavailable
from shared.settings import Settings
from shared.synthesis.setting_types import Recogniser, recogniser_of
from shared.tls import ssl_context
from worker.models.errors import GatewayError
from worker.models.gateway import Gateway
from worker.models.ollama import OllamaGateway
from worker.models.openai import OpenAIGateway
from worker.models.prompt import Sampling


def to_json(settings: Settings) -> dict[str, Any]:
    """What a process has to know of the servers; with what opens them, so for the pipe alone."""
    return {
        "servers": [
            {
                "url": each.url,
                "token": each.access.token,
                "user": each.access.user,
                "password": each.access.password,
            }
            for each in settings.gateways
        ],
        "model": settings.model,
        "ca": settings.ollama_ca,
        "connect_timeout": settings.connect_timeout,
        "load_timeout": settings.load_timeout,
        "context_tokens": settings.context_tokens,
        "keep_alive": settings.keep_alive,
    }


def are_asked(settings: Mapping[str, Any], plan: Mapping[str, Any] | None) -> bool:
    """Whether a run asks a model: about columns, or about texts of any of them.

    :param settings: of the run.
    :param plan: what :meth:`shared.synthesis.frozen.Frozen.to_json` wrote.
    """
    chosen = [settings.get("pii_model_settings")]
    for table in (plan or {}).get("tables", ()):
        for column in table["columns"]:
            chosen.append(column["settings"].get("text_processor_model_settings"))
    return any(recogniser_of(each or {}) is Recogniser.OLLAMA for each in chosen)


def open_server(read: Mapping[str, Any], model: str) -> tuple[Gateway, str]:
    """The first server that has a model, and what the model is called there.

    :param read: what :func:`to_json` wrote.
    :param model: empty: the operator's, else the first of the first server.
    :raises Unavailable: no server has it, or none answers.
    """
    wanted = model or read["model"]
    for each in read["servers"]:
        gateway = _open(read, each)
        try:
            names = gateway.models()
            if not wanted and names:
                return gateway, names[0]
            if wanted in names or gateway.also_named([wanted]):
                return gateway, wanted
        except GatewayError:
            pass
        gateway.close()
    raise Unavailable(
        f"no model server has the model {wanted}, which is to find personal data"
        if wanted
        else "no model server answers that could find personal data"
    )


def _open(read: Mapping[str, Any], server: Mapping[str, str]) -> Gateway:
    access = Access(token=server["token"], user=server["user"], password=server["password"])
    sampling = Sampling(context_tokens=read["context_tokens"], keep_alive=read["keep_alive"])
    tls = ssl_context(read["ca"])
    if kind_of(server["url"]) == GatewayKind.OPENAI:
        return OpenAIGateway(
            server["url"],
            endpoint=endpoint_of(server["url"]),
            access=access,
            connect_timeout=read["connect_timeout"],
            sampling=sampling,
            load_timeout=read["load_timeout"],
            tls=tls,
        )
    return OllamaGateway(
        server["url"],
        access=access,
        connect_timeout=read["connect_timeout"],
        sampling=sampling,
        load_timeout=read["load_timeout"],
        tls=tls,
    )
