"""A prompt, as the client of a model server takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """One call to ``/api/chat``: messages, schema, and the tokens that it needs."""

    messages: list[dict[str, str]]
    schema: dict[str, Any]
    #: Tokens that the answer may have.
    num_predict: int
    #: The context window that it needs; the setting, unless even its smallest answer needs more.
    num_ctx: int
