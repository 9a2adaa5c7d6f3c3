"""Which models a stack asks: named gateways, Ollama on this machine, or the sample model."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from shared.models.tags import PATH, NotOllama, read_tags
from shared.models.waiting import without_password

OLLAMA_URL = "http://127.0.0.1:11434"


@dataclass(frozen=True)
class ModelChoice:
    """``hosts`` as the workers are told (None: the sample model), and ``story`` for people."""

    hosts: str | None
    story: str


SAMPLE = (
    "sample-faker: made-up values from Faker, not a language model. "
    "Set VALUEMILL_OLLAMA_HOSTS or start Ollama to use a real one"
)


def choose_model(wanted: str | None) -> ModelChoice:
    """Decide as ``LocalOptions.ollama_hosts`` says; looks at Ollama's own port if told to."""
    if wanted:
        return ModelChoice(wanted, f"Ollama at {without_password(wanted)} (VALUEMILL_OLLAMA_HOSTS)")
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


def _list_models() -> list[str] | None:
    """Names of the models that Ollama has here; None when it does not answer."""
    try:
        # Straight to it, whatever proxy the environment names.
        answer = httpx.get(f"{OLLAMA_URL}{PATH}", timeout=1, trust_env=False)
        return [model.name for model in read_tags(answer.content)]
    except (httpx.HTTPError, NotOllama):
        return None
