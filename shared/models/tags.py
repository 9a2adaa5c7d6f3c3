"""The models that a server lists: Ollama's ``/api/tags``, read in one place for all who ask it.

See https://docs.ollama.com/api/tags. What one entry says wrong is no reason to hide the others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors import ValuemillError

PATH = "/api/tags"

#: Entries of a list that are read; who has more does not mean to offer them all.
MOST_MODELS = 1_000

#: Characters of a name, of whatever registry.
LONGEST_NAME = 512

#: What JSON can say of a number that is one to everybody.
LARGEST_NUMBER = 2**53

#: Doubted entries that are told one by one.
MOST_DOUBTS = 3

_COMMA = re.compile(r"\s*,\s*")


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


#: Takes what is wrong with a list, in words.
Doubt = Callable[[str], object]


def ignore(_: str) -> None:
    """Take no notice of a doubt."""


def read_tags(answer: str | bytes, doubt: Doubt = ignore) -> list[Model]:
    """The models of an answer to ``/api/tags``, in its order.

    :param doubt: told of entries that are left out, and why.
    :raises NotOllama: for what is no such answer, or has nothing but entries without a name.
    """
    try:
        entries = read_entries(answer, "models", doubt)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise NotOllama("no list of models") from error
    models = list(_named(entries, doubt))
    if entries and not models:
        raise NotOllama("no entry of the list names a model")
    return models


def read_entries(answer: str | bytes, key: str, doubt: Doubt) -> list[Any]:
    """The list that stands under a key of an answer; none at all is an empty one.

    Of a very long one, or one that was cut because it was too long, its first entries.

    :raises ValueError, TypeError, KeyError, RecursionError: for what is no such answer.
    """
    said = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    try:
        found = json.loads(said, parse_int=_integer)
    except ValueError:
        entries = _read_beginning(said, key)
        if not entries:
            raise
        doubt("its list of models does not end")
    else:
        entries = found[key] or []
        if not isinstance(entries, list):
            raise TypeError("no list")
    if len(entries) > MOST_MODELS:
        doubt(f"it lists {len(entries)} models, of which the first {MOST_MODELS} are known")
    return entries[:MOST_MODELS]


def _read_beginning(said: str, key: str) -> list[Any]:
    """Whole entries of a list that breaks off; empty where there is none."""
    decoder = json.JSONDecoder(parse_int=_integer)
    next_one = re.compile(rf'\s*\{{\s*"{key}"\s*:\s*\[\s*').match(said)
    entries: list[Any] = []
    while next_one is not None and len(entries) <= MOST_MODELS:
        try:
            entry, end = decoder.raw_decode(said, next_one.end())
        except (ValueError, RecursionError):
            break
        entries.append(entry)
        next_one = _COMMA.match(said, end)
    return entries


def _integer(digits: str) -> int | None:
    """An integer that a number of anything can be."""
    return int(digits) if len(digits) < len(str(LARGEST_NUMBER)) else None


def _named(entries: list[Any], doubt: Doubt) -> Iterator[Model]:
    for entry in with_names(entries, ("name", "model"), doubt):
        details = entry.get("details")
        details = details if isinstance(details, Mapping) else {}
        yield Model(
            name=entry["name"],
            digest=text(entry.get("digest")),
            architecture=text(details.get("family")),
            parameters=text(details.get("parameter_size")),
            quantization=text(details.get("quantization_level")),
        )


def with_names(entries: list[Any], keys: tuple[str, ...], doubt: Doubt) -> Iterator[dict[str, Any]]:
    """The entries that name a model, each once, with its name as ``name``.

    :param keys: where an entry may have its name, the first that has one counts.
    """
    seen: set[str] = set()
    doubted = 0
    for entry in entries:
        found = dict(entry) if isinstance(entry, Mapping) else {}
        name = next((name for key in keys if (name := text(found.get(key)))), None)
        if name is None:
            doubted += 1
            if doubted <= MOST_DOUBTS:
                doubt(f"an entry of its list of models has no usable name: {ascii(entry)[:80]}")
        elif name not in seen:
            seen.add(name)
            yield {**found, "name": name}
    if doubted > MOST_DOUBTS:
        doubt(f"{doubted} entries of its list of models have no usable name")


def text(value: Any) -> str | None:
    """A text that says something and can be stored and sent; None for anything else."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_NAME:
        return None
    # Half a character is none, and neither is one that stands for bytes that were none.
    return value if value.isprintable() and "\ufffd" not in value else None


def number(value: Any) -> int | None:
    """A number of something; None for anything else."""
    is_one = isinstance(value, int) and not isinstance(value, bool)
    return value if is_one and 0 <= value <= LARGEST_NUMBER else None
