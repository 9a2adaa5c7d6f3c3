"""The other model keeps to its habits, and can be asked by Ollama's client."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import ollama
import pytest

from tests.other_model.speech import Habits, Mind
from tests.other_model.words import SCRIPTS, make_words
from tests.support.waiting import PATIENCE

PLAIN = {"obeys": 1.0, "repeats": 0.0, "stops": 0.0, "wraps": 0.0, "indents": 0.0}


def schema(least: int, most: int, **items: Any) -> dict[str, Any]:
    return {
        "type": "array",
        "items": {"type": "string", **items},
        "minItems": least,
        "maxItems": most,
    }


def say(form: Any, text: str = "20 names", seed: int = 1, **habits: Any) -> list[str]:
    mind = Mind(Habits(**{**PLAIN, "vocabulary": 400, **habits}))
    body = json.loads(mind.say(text, form, random.Random(seed))[0])
    found: list[str] = body["values"] if isinstance(body, dict) else body
    return found


@pytest.mark.parametrize("script", SCRIPTS)
def test_each_script_has_tens_of_thousands_of_words_of_its_own(script: str) -> None:
    words = make_words(script, 20_000)
    assert len(set(words)) == 20_000
    name = {"codes": "DIGIT", "kanji": "CJK"}.get(script, script.upper())
    assert all(name in unicodedata.name(word[0]) for word in words[:500])


def test_count_and_pattern_of_the_schema_are_kept() -> None:
    assert len(set(say(schema(20, 20)))) == 20
    assert all(word.startswith("В") for word in say(schema(5, 5, pattern='^В[^"]*$')))
    assert all(len(word) <= 3 for word in say(schema(5, 5, maxLength=3)))
    assert len(say(schema(1, 900))) == 400  # all it knows
    assert len(say(schema(900, 900))) == 900


@pytest.mark.parametrize(("favour", "bias"), [("zipf", 1.0), ("geometric", 0.9)])
def test_its_favourites_are_favourites_under_a_pattern_too(favour: str, bias: float) -> None:
    mind = Mind(Habits(**PLAIN, vocabulary=400, favour=favour, bias=bias))  # type: ignore[arg-type]
    for pattern, favourite in (
        ("^.*$", mind.words[0]),
        ("^[А-Н].*$", next(word for word in mind.words if "А" <= word[0] <= "Н")),
    ):
        form = schema(1, 1, pattern=pattern)
        firsts = Counter(mind.say("", form, random.Random(seed))[1][0] for seed in range(800))
        assert firsts.most_common(1)[0][0] == favourite


def test_it_obeys_what_stands_below_the_last_not() -> None:
    known = say(schema(1, 400))
    text = f'Do not use "{known[0]}".\nNot these:\n"{known[1]}", "{known[2]}"'
    assert set(say(schema(1, 400), text)) == set(known) - {known[1], known[2]}
    assert set(say(schema(1, 400), text, obeys=0.0)) == set(known)


def test_it_repeats_itself_stops_wraps_and_indents_as_it_likes() -> None:
    assert len(set(say(schema(100, 100), repeats=0.5))) < 80
    assert 1 < len(say(schema(2, 400), stops=0.1)) < 100
    mind = Mind(Habits(**{**PLAIN, "wraps": 1.0, "indents": 1.0}))
    text, values = mind.say("", schema(3, 3), random.Random(1))
    assert json.loads(text) == {"values": values}
    assert text.count("\n") > 3


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.other_model", "--script", "greek", "--wraps", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    process.terminate()
    assert process.wait(PATIENCE) == 0


def test_it_serves_ollamas_client(url: str) -> None:
    client = ollama.Client(host=url, trust_env=False, timeout=PATIENCE)
    model = client.list().models[0].model or ""
    ask = [{"role": "user", "content": "12 names"}]
    chunks = list(client.chat(model, ask, format=schema(12, 12), stream=True))
    values = json.loads("".join(chunk.message.content or "" for chunk in chunks))
    assert len(values) == 12
    assert chunks[-1].eval_count == len(chunks) - 1  # one token a chunk
    assert chunks[-1].eval_duration is None
    cut = client.chat(model, ask, format=schema(12, 12), options={"num_predict": 5})
    assert (cut.done_reason, cut.eval_count) == ("length", 5)
    with pytest.raises(ollama.ResponseError, match="not found"):
        client.chat("nowhere", ask)
    stats = httpx.get(f"{url}/stats", trust_env=False).json()
    assert (stats["requests"], stats["answers"], stats["tokens"]) == (2, 2, len(chunks) + 4)
