"""The models that a server lists: Ollama's ``/api/tags``, read in one place for all who ask it.

See https://docs.ollama.com/api/tags.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors import ValuemillError

PATH = "/api/tags"


class NotOllama(ValuemillError, ValueError):
    """What answers is not Ollama's API."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model as a server describes it; what the server does not say is None."""

    name: str
    #: SHA-256 of its manifest.
    digest: str | None
    #: The family of its network, such as ``llama``.
    architecture: str | None = None
    base_name: str | None = None
    #: Its size in words, such as ``1.2B``.
    parameters: str | None = None
    #: Tokens that it was made for.
    context_length: int | None = None
    #: Numbers that it makes of a token.
    embedding_length: int | None = None
    quantization: str | None = None
    #: Whether it is in the server's memory.
    is_loaded: bool | None = None


def read_tags(answer: str | bytes) -> list[Model]:
    """The models of an answer to ``/api/tags``, in its order; entries without a name are left out.

    :raises NotOllama: for what is no such answer, or has nothing but entries without a name.
    """
    try:
        entries = json.loads(answer)["models"] or []
        models = list(_named(entries))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise NotOllama("no list of models") from error
    if entries and not models:
        raise NotOllama("no entry of the list names a model")
    return models


def _named(entries: list[Any]) -> Iterator[Model]:
    for entry in entries:
        if not isinstance(entry, Mapping):
            continue
        details = entry.get("details")
        details = details if isinstance(details, Mapping) else {}
        if name := text(entry.get("name")) or text(entry.get("model")):
            yield Model(
                name=name,
                digest=text(entry.get("digest")),
                architecture=text(details.get("family")),
                parameters=text(details.get("parameter_size")),
                quantization=text(details.get("quantization_level")),
            )


def text(value: Any) -> str | None:
    """A text that says something; None for anything else."""
    return value if isinstance(value, str) and value else None
