"""How a prompt is put to Ollama, what of it a model may not bear, and what a record tells. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from worker.models.bearing import refused
from worker.models.prompt import Prompt, Sampling, Timing, believable
from worker.models.records import amount, count

NANOSECONDS = 1e9

#: What a prompt can do without, and what a refusal says that means it.
OPTIONAL = {
    "think": re.compile(r"\bthink(?:ing)?\b", re.IGNORECASE),
    "format": re.compile(r"\b(?:format|grammar|schema|structured)\b", re.IGNORECASE),
}


def put(
    prompt: Prompt, *, model: str, seed: int, sampling: Sampling, without: Collection[str] = ()
) -> dict[str, Any]:
    """The body of a request to ``/api/chat``.

    :param without: names of :data:`OPTIONAL` to leave out.
    """
    body = {
        "model": model,
        "messages": prompt.messages,
        "format": prompt.schema,
        "stream": True,
        "think": False,
        "keep_alive": sampling.keep_alive,
        "options": {
            "seed": seed,
            "temperature": sampling.temperature * prompt.warmth,
            "min_p": sampling.min_p,
            "num_ctx": prompt.num_ctx,
            "num_predict": prompt.num_predict,
        },
    }
    return {name: value for name, value in body.items() if name not in without}


def refused_option(refusal: str, body: dict[str, Any]) -> str | None:
    """The part of a request that its refusal speaks of, and that the prompt can do without."""
    return refused(refusal, body, OPTIONAL, schema="format", items=_items)


def _items(schema: Any) -> Any:
    return schema.get("items", {})


def timing_of(record: dict[str, Any], first_token: float, whole: float) -> Timing:
    """How long an answer took, by its last record and by our clock."""
    return Timing(
        first_token=first_token,
        whole=whole,
        output_tokens=believable(count(record.get("eval_count"))),
        prompt_seconds=_seconds(record.get("prompt_eval_duration")),
        output_seconds=_seconds(record.get("eval_duration")),
        is_cut=record.get("done_reason") == "length",
    )


def _seconds(said: Any) -> float | None:
    nanoseconds = amount(said)
    return None if nanoseconds is None else nanoseconds / NANOSECONDS
