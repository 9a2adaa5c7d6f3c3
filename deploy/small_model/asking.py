"""What a request asks of llama.cpp: Ollama's options in its words, with Ollama's defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy.ollama_api.bodies import (
    BadRequest,
    read_messages,
    read_option,
    read_options,
    read_prompt,
)
from deploy.small_model.grammar import make_grammar

DEFAULT_CONTEXT = 4096
#: An answer without a limit ends after so many contexts all the same.
_LONGEST = 10
#: Option, what llama.cpp calls it, its kind, Ollama's default.
_OPTIONS: tuple[tuple[str, str, type, Any], ...] = (
    ("temperature", "temperature", float, 0.8),
    ("top_k", "top_k", int, 40),
    ("top_p", "top_p", float, 0.9),
    ("min_p", "min_p", float, 0.0),
    ("typical_p", "typical_p", float, 1.0),
    ("repeat_penalty", "repeat_penalty", float, 1.0),
    ("repeat_last_n", "repeat_last_n", int, 64),
    ("presence_penalty", "presence_penalty", float, 0.0),
    ("frequency_penalty", "frequency_penalty", float, 0.0),
    ("seed", "seed", int, -1),
    ("num_keep", "n_keep", int, 4),
)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One request to the model: messages or, for `chat` False, a prompt as it is."""

    messages: tuple[tuple[str, str], ...]
    chat: bool
    context: int
    settings: Mapping[str, Any]

    def request(self) -> dict[str, Any]:
        """As llama.cpp reads it."""
        if not self.chat:
            return {**self.settings, "prompt": self.messages[-1][1]}
        turns = [{"role": role, "content": content} for role, content in self.messages]
        return {**self.settings, "messages": turns}

    def shortened(self, excess: float) -> Ask | None:
        """The same with less of a prompt that is so many times too long, as Ollama cuts it.

        The first messages go, the system's before all others, then the beginning of the last.
        """
        if len(self.messages) > 1:
            return self._with(self.messages[1:])
        ((role, content),) = self.messages
        kept = int(len(content) / max(excess, 1) * 0.9)
        return self._with(((role, content[-kept:]),)) if kept else None

    def _with(self, messages: tuple[tuple[str, str], ...]) -> Ask:
        return Ask(messages=messages, chat=self.chat, context=self.context, settings=self.settings)


def read_ask(body: Mapping[str, Any], *, chat: bool, longest_context: int) -> Ask | None:
    """What a body asks; None asks only to load. Raises `BadRequest` and `BadFormat`."""
    messages = _messages(body, chat=chat)
    if not any(content for _, content in messages):
        return None
    options = read_options(body)
    context = read_option(options, "num_ctx", int, DEFAULT_CONTEXT)
    context = min(max(context, 4), longest_context)
    limit = read_option(options, "num_predict", int, -1)
    settings = {name: read_option(options, key, kind, d) for key, name, kind, d in _OPTIONS}
    settings["max_tokens"] = limit if limit > 0 else _LONGEST * context
    settings["stop"] = _stops(options)
    settings["stream_options"] = {"include_usage": True}
    if grammar := make_grammar(body.get("format")):
        settings["grammar"] = grammar
    if body.get("logprobs"):
        # At least one, or llama.cpp tells nothing.
        alternatives = max(read_option(body, "top_logprobs", int, 0), 1)
        settings |= {"logprobs": True, "top_logprobs": alternatives}
    raw = not chat and body.get("raw") is True
    return Ask(messages=tuple(messages), chat=not raw, context=context, settings=settings)


def _messages(body: Mapping[str, Any], *, chat: bool) -> list[tuple[str, str]]:
    if chat:
        return read_messages(body)
    system, prompt = read_prompt(body)
    if not prompt:
        return []
    return [("system", system), ("user", prompt)] if system else [("user", prompt)]


def _stops(options: Mapping[str, Any]) -> list[str]:
    stops = options.get("stop") or []
    if isinstance(stops, str):
        return [stops]
    if not isinstance(stops, list) or not all(isinstance(each, str) for each in stops):
        raise BadRequest('option "stop" must be of type array')
    return stops
