"""What a competent user writes in twenty lines, without a service."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import httpx

ROUNDS = 50
LIST = {"type": "array", "items": {"type": "string"}}


def make_list(
    ollama: str, model: str, wish: str, *, count: int, longest: int, going: Callable[[], bool]
) -> Iterator[str]:
    """Yield distinct values as they come, until there are ``count``.

    :param wish: what to ask for, as in "Give me 20 different first names".
    :param longest: characters of a value at most; longer ones are left out.
    :param going: whether to go on, asked at every token.
    """
    found: set[str] = set()
    for _ in range(ROUNDS):
        left = min(20, count - len(found))
        question = f"Give me {left} different {wish} as a JSON array of strings."
        body = {
            "model": model,
            "messages": [{"role": "user", "content": question}],
            "format": LIST,
            "options": {"num_predict": 1000},
        }
        text = ""
        with httpx.stream("POST", f"{ollama}/api/chat", json=body, timeout=600) as answer:
            for line in answer.iter_lines():
                text += json.loads(line).get("message", {}).get("content", "")
                if not going():
                    break
        # Of an answer that was cut, too, all values that are whole.
        for literal in re.findall(r'"(?:[^"\\]|\\.)*"', text):
            value = json.loads(literal, strict=False).strip()
            if value and value not in found and len(value) <= longest and len(found) < count:
                found.add(value)
                yield value
        if len(found) >= count or not going():
            return
