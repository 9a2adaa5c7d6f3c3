"""The models that a server lists by OpenAI's API: ``/v1/models``, read in one place for all.

vLLM, SGLang, llama.cpp's own server and LM Studio answer it, each with more than OpenAI itself.
See https://platform.openai.com/docs/api-reference/models/list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shared.errors import ValuemillError
from shared.models.tags import Doubt, Model, ignore, number, read_entries, text, with_names

#: Below the address of the API, which ends in ``/v1``.
MODELS_PATH = "/models"
CHAT_PATH = "/chat/completions"

#: How llama.cpp's server says, where it serves several models, that one is in its memory.
IN_MEMORY = "loaded"

#: More weights than any model has.
MOST_WEIGHTS = 10**15


class NotOpenAI(ValuemillError, ValueError):
    """What answers is not OpenAI's API."""


def read_models(answer: str | bytes, doubt: Doubt = ignore) -> list[Model]:
    """The models of an answer to ``/v1/models``, in its order.

    :param doubt: told of entries that are left out, and why.
    :raises NotOpenAI: for what is no such answer, or has nothing but entries without a name.
    """
    try:
        entries = read_entries(answer, "data", doubt)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise NotOpenAI("no list of models") from error
    models = list(_named(entries, doubt))
    if entries and not models:
        raise NotOpenAI("no entry of the list names a model")
    return models


def _named(entries: list[Any], doubt: Doubt) -> Iterator[Model]:
    for entry in with_names(entries, ("id",), doubt):
        # llama.cpp's server tells of the model's file.
        meta = entry.get("meta")
        meta = meta if isinstance(meta, Mapping) else {}
        # vLLM and SGLang tell the window that they were started with.
        window = entry.get("max_model_len") or meta.get("n_ctx")
        yield Model(
            name=entry["name"],
            digest=None,
            parameters=_size(meta.get("n_params")),
            context_length=number(window),
            embedding_length=number(meta.get("n_embd")),
            quantization=text(meta.get("ftype")),
            is_loaded=_is_loaded(entry.get("status")),
        )


def _is_loaded(status: Any) -> bool:
    """Servers with one model have it in memory; those with several say which, or load on demand."""
    value = status.get("value") if isinstance(status, Mapping) else None
    return value in (None, IN_MEMORY)


def _size(weights: Any) -> str | None:
    """A number of weights, as Ollama writes it; None for one that no model has."""
    count = number(weights) or 0
    if count >= MOST_WEIGHTS:
        return None
    for unit, name in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        if count >= unit:
            return f"{count / unit:.2f}{name}"
    return None
