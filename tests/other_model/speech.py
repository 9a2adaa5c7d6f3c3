"""What the other model says to a request: pure functions of habits and chance."""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any

from tests.other_model.words import make_words

_QUOTED = re.compile(r"\"((?:[^\"\\\n]|\\.)+)\"|“([^”\n]+)”|'([^'\n]+)'(?!\w)|«([^»\n]+)»")
_TOKEN = re.compile(r".{1,3}", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Habits:
    """How it speaks.

    `favour` is "zipf" (weight 1 / rank ** `bias`) or "geometric" (weight `bias` ** rank). The
    rest are chances: to leave out a value it was told to, to repeat one within an answer, to stop
    before each value that the schema leaves it free to give, to wrap or to indent its JSON.
    """

    script: str = "cyrillic"
    vocabulary: int = 5000
    favour: str = "zipf"
    bias: float = 1.0
    obeys: float = 0.8
    repeats: float = 0.03
    stops: float = 0.01
    wraps: float = 0.2
    indents: float = 0.2


@dataclass
class Mind:
    """All the words it knows, and how fond it is of each."""

    habits: Habits
    words: list[str] = field(init=False)
    weights: list[float] = field(init=False)

    def __post_init__(self) -> None:
        habits = self.habits
        self.words = make_words(habits.script, habits.vocabulary)
        ranks = range(1, habits.vocabulary + 1)
        if habits.favour == "zipf":
            self.weights = [rank**-habits.bias for rank in ranks]
        else:
            self.weights = [max(habits.bias**rank, 1e-12) for rank in ranks]

    def say(self, text: str, form: Any, rng: random.Random) -> tuple[str, list[str]]:
        """An answer, and the values in it."""
        key, array = _find_array(form)
        values = self._values(array, _unwanted(text), rng)
        body: Any = values
        if key is not None or rng.random() < self.habits.wraps:
            body = {key or "values": values}
        indent = 2 if rng.random() < self.habits.indents else None
        return json.dumps(body, ensure_ascii=False, indent=indent), values

    def _values(
        self, array: Mapping[str, Any], unwanted: set[str], rng: random.Random
    ) -> list[str]:
        least = array.get("minItems", 0)
        most = array.get("maxItems", max(least, 10))
        may_stop = range(least, most)
        most = next((at for at in may_stop if rng.random() < self.habits.stops), most)
        items = array.get("items", {})
        known = self._matching(items.get("pattern"))
        avoided = {word for word in unwanted if rng.random() < self.habits.obeys}
        said = [word for word in self._draw(known, most + len(avoided), rng) if word not in avoided]
        del said[most:]
        for at in range(1, len(said)):  # it does not always notice that it repeats itself
            if rng.random() < self.habits.repeats:
                said[at] = rng.choice(said[:at])
        while len(said) < least:  # the schema forces it to go on
            said.append(rng.choice(said or self.words))
        return said if "pattern" in items else [word[: items.get("maxLength")] for word in said]

    def _matching(self, pattern: str | None) -> list[int]:
        if pattern is None:
            return list(range(len(self.words)))
        whole = re.compile(pattern)
        return [at for at, word in enumerate(self.words) if whole.fullmatch(word)]

    def _draw(self, known: Sequence[int], count: int, rng: random.Random) -> list[str]:
        """Distinct words, by weight: those whose exponential clocks ring first."""
        clocks = ((-math.log(1 - rng.random()) / self.weights[at], at) for at in known)
        return [self.words[at] for _, at in nsmallest(count, clocks)]


def split(text: str) -> list[str]:
    """The text in tokens of up to three characters."""
    return _TOKEN.findall(text)


def _find_array(form: Any) -> tuple[str | None, Mapping[str, Any]]:
    """The array that a schema wants, and the property that it stands in."""
    if not isinstance(form, Mapping):
        return None, {}
    for name, schema in form.get("properties", {}).items():
        if schema.get("type") == "array":
            return name, schema
    return None, form


def _unwanted(text: str) -> set[str]:
    """What is quoted in or below the last line that says "not"."""
    lines = text.splitlines()
    said = [at for at, line in enumerate(lines) if re.search(r"\bnot\b", line, re.IGNORECASE)]
    if not said:
        return set()
    below = "\n".join(lines[said[-1] :])
    return {next(filter(None, groups)) for groups in _QUOTED.findall(below)}
