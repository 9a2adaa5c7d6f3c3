"""What Ollama's answers are without what is odd about them: what its client library can read. Pure.

Of each only what is used here, in the types that the library insists on. See
https://docs.ollama.com/api for what they are when nothing is odd.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from shared.models.tags import Model, text
from worker.models.records import count, part_of, words


def listed(models: Iterable[Model]) -> Mapping[str, Any]:
    """A list of models, of what was read of one."""
    return {
        "models": [
            {
                "model": model.name,
                "digest": model.digest,
                "details": {"parameter_size": model.parameters},
            }
            for model in models
        ]
    }


def shown(said: bytes) -> Mapping[str, Any]:
    """What a model can do; None where that is not told.

    What else is told of it is left out. The library takes no answer without ``model_info``, which
    servers leave out for models that they do not run themselves.
    """
    can = object_of(said).get("capabilities")
    known = [each for each in can if text(each)] if isinstance(can, list) else None
    return {"model_info": {}, "capabilities": known or None}


def loaded(said: bytes) -> Mapping[str, Any]:
    """The models in a server's memory that it has a usable name for."""
    entries = object_of(said).get("models")
    found = (
        [part_of({"entry": each}, "entry") for each in entries if each]
        if isinstance(entries, list)
        else []
    )
    names = [text(each.get("model")) or text(each.get("name")) for each in found]
    return {"models": [{"model": name} for name in names if name]}


def ended(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """An answer without words: that of a chat without any."""
    return {
        "message": {"role": "assistant", "content": ""},
        "done": True,
        "done_reason": words(record.get("done_reason")),
    }


def progress(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """How far a pull is."""
    return {
        "digest": text(record.get("digest")),
        "total": count(record.get("total")),
        "completed": count(record.get("completed")),
    }


def object_of(said: bytes) -> dict[str, Any]:
    """An answer that is one object; empty for anything else."""
    with suppress(ValueError, RecursionError):
        return part_of({"answer": json.loads(said)}, "answer")
    return {}
