"""How a prompt is put to a server of OpenAI's API, and what of it a server may not know. Pure.

OpenAI's API is spoken in many dialects. What a server refuses is left out from then on, as far as
a prompt can do without.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from worker.models.bearing import refused
from worker.models.prompt import Prompt, Sampling

#: Ollama always draws from these, and values are the better for it. Servers of this API draw from
#: all that there is, or as whoever made the model has said, so they are told.
TOP_K = 40
TOP_P = 0.9

#: What a prompt can do without, in the order in which it is given up, and what a refusal says that
#: means it. Templates that know nothing of thinking do not mind being told not to.
OPTIONAL = {
    option: re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for option, words in {
        "chat_template_kwargs": r"chat_template\w*|enable_thinking",
        "top_k": r"top_k",
        "min_p": r"min_p",
        "top_p": r"top_p",
        "seed": r"seed",
        "stream_options": r"stream_options|include_usage",
        "max_tokens": r"max_tokens",
        "response_format": r"response_format|json[_ ]schema|structured[_ ]outputs?|guided|grammar",
    }.items()
}

_IS_OF_THE_WINDOW = re.compile(r"context", re.IGNORECASE)


def put(
    prompt: Prompt, *, model: str, seed: int, sampling: Sampling, without: Collection[str] = ()
) -> dict[str, Any]:
    """The body of a request to ``/v1/chat/completions``.

    :param without: names of :data:`OPTIONAL` to leave out.
    """
    body = {
        "model": model,
        "messages": prompt.messages,
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": sampling.temperature * prompt.warmth,
        "min_p": sampling.min_p,
        "top_k": TOP_K,
        "top_p": TOP_P,
        "seed": seed,
        "max_tokens": prompt.num_predict,
        # A list at the top, which OpenAI itself would refuse as "strict" and those who serve models
        # in the house do not.
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "values", "schema": prompt.schema},
        },
        "chat_template_kwargs": {"enable_thinking": False},
    }
    return {name: value for name, value in body.items() if name not in without}


def refused_option(refusal: str, body: dict[str, Any]) -> str | None:
    """The part of a request that its refusal speaks of, and that the prompt can do without."""
    return refused(refusal, body, OPTIONAL, schema="response_format", items=_items)


def is_lasting(option: str, refusal: str) -> bool:
    """Whether the next prompt would be refused for it as well.

    Too many tokens for the window of this server may not be too many beside a shorter prompt.
    """
    return option != "max_tokens" or not _IS_OF_THE_WINDOW.search(refusal)


def _items(response_format: Any) -> Any:
    return response_format["json_schema"]["schema"].get("items", {})
