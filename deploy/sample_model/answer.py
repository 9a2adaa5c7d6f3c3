"""From a request to the text of its answer. Pure: no sockets, no clock."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from deploy.sample_model.grammar import check_format, write_json
from deploy.sample_model.knobs import Knobs
from deploy.sample_model.pacing import split_tokens
from deploy.sample_model.reading import Wish, read_wish
from deploy.sample_model.values import Values

REFUSAL = "I'm sorry, but I can't help with that request."
OVERLONG_LEAST = 300


@dataclass(frozen=True, kw_only=True)
class Question:
    """The part of a request that settles its answer."""

    text: str
    form: Any = None
    seed: int | None = None
    temperature: float = 0.8
    num_predict: int = -1

    def chance(self, server_seed: int) -> random.Random:
        """The chance of this answer: repeatable when the request brings a seed."""
        if self.seed is None:
            return random.Random()
        form = json.dumps(self.form, sort_keys=True, ensure_ascii=False)
        return random.Random(f"{server_seed}|{self.seed}|{self.temperature}|{form}|{self.text}")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is to be said: the tokens, why they end, and how many values they hold."""

    tokens: list[str]
    done_reason: str
    values: int


def compose(question: Question, knobs: Knobs, *, fault: str | None = None) -> Answer:
    """The answer to a question, spoilt by `fault` if it is one that shows in the text.

    Raises `BadFormat` for a schema that cannot be a grammar and `UnknownKind` for a text that
    asks for nothing the catalogue has.
    """
    check_format(question.form)
    wish = read_wish(question.text)
    rng = question.chance(knobs.seed)
    source = Values(
        wish,
        rng,
        favourites=knobs.favourites,
        vocabulary=knobs.vocabulary,
        seed=knobs.seed,
        greedy=question.temperature <= 0,
    )
    text = _write(question.form, wish, source)
    if fault in SPOILERS:
        text = SPOILERS[fault](_Spoil(text, question.form, wish, source, rng))
    tokens = split_tokens(text)
    if 0 < question.num_predict < len(tokens):
        return Answer(
            tokens=tokens[: question.num_predict],
            done_reason="length",
            values=len(source.given),
        )
    return Answer(tokens=tokens, done_reason="stop", values=len(source.given))


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _write(form: Any, wish: Wish, source: Values) -> str:
    if isinstance(form, Mapping):
        return _dump(write_json(form, source))
    values = source.fresh(wish.count)
    if form == "json":
        return _dump({wish.key: values})
    match wish.layout:
        case "json":
            return _dump(values)
        case "commas":
            return ", ".join(values)
        case "plain":
            return "\n".join(values)
    return "\n".join(f"{number}. {value}" for number, value in enumerate(values, start=1))


# --- faults that show in the text ------------------------------------------------------------


@dataclass(frozen=True)
class _Spoil:
    text: str
    form: Any
    wish: Wish
    source: Values
    rng: random.Random

    def json_text(self) -> str:
        """The answer as JSON, also where the request did not ask for it."""
        is_json = bool(self.form) or self.wish.layout == "json"
        return self.text if is_json else _dump(self.source.given)

    def with_values(self, change: Callable[[list[str]], list[str]]) -> str:
        """The answer again, its strings changed all at once; the grammar is not asked."""
        try:
            root = json.loads(self.text)
        except ValueError:
            root = None
        if not isinstance(root, dict | list):
            return "\n".join(change(self.source.given))
        strings: list[str] = []
        _map_strings(root, strings.append)
        changed = iter(change(strings))
        return _dump(_map_strings(root, lambda _: next(changed)))


def _map_strings(node: Any, change: Callable[[str], Any]) -> Any:
    if isinstance(node, str):
        return change(node)
    if isinstance(node, list):
        return [_map_strings(item, change) for item in node]
    if isinstance(node, dict):
        return {key: _map_strings(item, change) for key, item in node.items()}
    return node


def _broken_json(spoil: _Spoil) -> str:
    """Not one whole JSON string: either no quotes at all, or the first is never closed."""
    bare = spoil.json_text().replace("\\", "").replace('"', "").rstrip("]} ")
    if spoil.rng.random() < 0.5:
        return bare
    opening = len(bare) - len(bare.lstrip("[{ "))
    return f'{bare[:opening]}"{bare[opening:]}'


def _fenced_json(spoil: _Spoil) -> str:
    return f"```json\n{spoil.json_text()}\n```"


def _chatter(spoil: _Spoil) -> str:
    name = spoil.wish.kind.name
    return (
        f"Sure! Here are the {name} you asked for:\n\n{spoil.text}\n\n"
        "I hope these are useful. Let me know if you would like more!"
    )


def _refusal(_: _Spoil) -> str:
    return REFUSAL


def _thinking(spoil: _Spoil) -> str:
    return (
        f"<think>\nThe user wants {spoil.wish.kind.name}. I should not repeat any. Something "
        'like ["first idea", "second idea"] would do, but let me be careful with the format.\n'
        f"</think>\n\n{spoil.text}"
    )


def _repeats(spoil: _Spoil) -> str:
    def few(values: list[str]) -> list[str]:
        kept = values[: max(1, len(values) // 5)]
        return [kept[index % len(kept)] for index in range(len(values))]

    return spoil.with_values(few)


def _too_long(spoil: _Spoil) -> str:
    limit = spoil.wish.longest or OVERLONG_LEAST

    def stretched(values: list[str]) -> list[str]:
        return [((value or "x") + " ") * (2 * limit // (len(value) + 1) + 2) for value in values]

    return spoil.with_values(stretched)


def _multiline(spoil: _Spoil) -> str:
    def broken(value: str) -> str:
        return value.replace(" ", "\n", 1) if " " in value else f"{value}\n{value}"

    return spoil.with_values(lambda values: [broken(value) for value in values])


def _empty(spoil: _Spoil) -> str:
    return spoil.with_values(lambda values: [""] * len(values))


SPOILERS: dict[str, Callable[[_Spoil], str]] = {
    "broken_json": _broken_json,
    "fenced_json": _fenced_json,
    "chatter": _chatter,
    "refusal": _refusal,
    "thinking": _thinking,
    "repeats": _repeats,
    "too_long": _too_long,
    "multiline": _multiline,
    "empty": _empty,
}
