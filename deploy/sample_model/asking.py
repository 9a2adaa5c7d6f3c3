"""What a request asks of the model: the text that matters, and how to answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy.ollama_api.bodies import read_messages, read_option, read_options, read_prompt
from deploy.sample_model.answer import Question


def read_question(body: Mapping[str, Any], *, chat: bool) -> tuple[Question, str] | None:
    """What is asked, and the whole text that the model reads; None asks only to load."""
    asked, whole = _chat_texts(body) if chat else _generate_texts(body)
    if not whole:
        return None
    options = read_options(body)
    seed = read_option(options, "seed", int)
    return (
        Question(
            text=asked,
            form=body.get("format"),
            seed=None if seed is None or seed < 0 else seed,
            temperature=read_option(options, "temperature", float, 0.8),
            num_predict=read_option(options, "num_predict", int, -1),
        ),
        whole,
    )


def _chat_texts(body: Mapping[str, Any]) -> tuple[str, str]:
    texts = read_messages(body)
    users = [content for role, content in texts if role == "user"]
    everything = "\n".join(content for _, content in texts)
    return (users[-1] if users else everything), everything


def _generate_texts(body: Mapping[str, Any]) -> tuple[str, str]:
    system, prompt = read_prompt(body)
    return prompt, f"{system}\n{prompt}" if system and prompt else prompt
