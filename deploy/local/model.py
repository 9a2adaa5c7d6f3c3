"""Which models a stack asks: named gateways, Ollama on this machine, or one of its own."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from deploy.local.errors import LocalStackError
from deploy.local.site import SAMPLE_PART, SMALL_PART
from deploy.small_model.wheels import are_installed
from shared.addresses import without_password
from shared.models.client import open_client
from shared.models.tags import PATH, NotOllama, read_tags
from shared.models.transport import read_whole

OLLAMA_URL = "http://127.0.0.1:11434"


@dataclass(frozen=True)
class ModelChoice:
    """``hosts`` as the workers are told, and ``story`` for people.

    ``hosts`` is None for a model of the stack's own, which runs as the part ``part``.
    """

    hosts: str | None
    story: str
    part: str = SAMPLE_PART


SAMPLE = (
    "sample-faker: made-up values from Faker, not a language model. "
    "Set VALUEMILL_OLLAMA_HOSTS or start Ollama to use a real one"
)
SMALL = (
    "smollm2:135m: a real language model, but a very small one. It shows how a real one behaves; "
    "expect poor values"
)
#: Models of the stack's own, by the names that people ask for them with.
OWN = {
    "sample-faker": ModelChoice(None, SAMPLE),
    "smollm2": ModelChoice(None, SMALL, SMALL_PART),
}


def choose_model(wanted: str | None, own: str | None = None) -> ModelChoice:
    """Decide as ``ollama_hosts`` and ``model`` of ``LocalOptions`` say.

    Looks at Ollama's own port if told to.

    :raises LocalStackError: when both name one, or the named one is not installed.
    """
    if own is not None:
        return _own(own, wanted)
    if wanted:
        return ModelChoice(wanted, f"{without_password(wanted)} (VALUEMILL_OLLAMA_HOSTS)")
    if wanted == "":
        return ModelChoice(None, SAMPLE)
    models = _list_models()
    if models:
        return ModelChoice(OLLAMA_URL, f"Ollama at {OLLAMA_URL}, which has {', '.join(models)}")
    if models is not None:
        return ModelChoice(
            None, f"{SAMPLE}. (Ollama answers but has no model yet: `ollama pull llama3.2`)"
        )
    return ModelChoice(None, SAMPLE)


def _own(name: str, wanted: str | None) -> ModelChoice:
    if wanted:
        raise LocalStackError(
            f"MODEL={name} and VALUEMILL_OLLAMA_HOSTS both say where values come from. Unset one."
        )
    choice = OWN[name]
    if choice.part == SMALL_PART and not are_installed():
        raise LocalStackError(f"{name} is not installed. Run `make small-model`.")
    return choice


def _list_models() -> list[str] | None:
    """Names of the models that Ollama has here; None when it does not answer."""
    try:
        with (
            open_client(httpx.Timeout(1)) as http,
            http.stream("GET", f"{OLLAMA_URL}{PATH}") as answer,
        ):
            return [model.name for model in read_tags(read_whole(answer))]
    except (httpx.HTTPError, NotOllama):
        return None
