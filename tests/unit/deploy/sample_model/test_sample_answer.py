"""Whole answers: repeatable, biased, obedient, and spoilt by faults."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.sample_model.answer import SPOILERS, Question, compose
from deploy.sample_model.knobs import Knobs
from deploy.sample_model.pacing import count_tokens, split_tokens

FORM = {
    "type": "object",
    "properties": {
        "values": {
            "type": "array",
            "items": {"type": "string", "maxLength": 60},
            "minItems": 20,
            "maxItems": 20,
        }
    },
}
ASK = "Give me 20 Italian first names. Gender: female"


def say(text: str = ASK, form: Any = FORM, fault: str | None = None, **given: Any) -> str:
    knobs = Knobs(**{k: given.pop(k) for k in ("favourites", "vocabulary", "seed") if k in given})
    question = Question(text=text, form=form, **given)
    return "".join(compose(question, knobs, fault=fault).tokens)


def values(*args: Any, **given: Any) -> list[str]:
    found: list[str] = json.loads(say(*args, **given))["values"]
    return found


@given(st.integers(0, 2**31), st.sampled_from([None, *SPOILERS]))
def test_the_same_seed_and_request_give_the_same_answer(seed: int, fault: str | None) -> None:
    def once() -> str:
        answer = compose(Question(text=ASK, form=FORM, seed=seed), Knobs(), fault=fault)
        return "".join(answer.tokens)

    assert once() == once()


def test_other_seeds_and_other_requests_give_other_answers() -> None:
    question = Question(text=ASK, form=FORM, seed=1)
    first = question.chance(0).random()
    assert Question(text=ASK, form=FORM, seed=2).chance(0).random() != first
    assert Question(text=ASK + " ", form=FORM, seed=1).chance(0).random() != first
    assert Question(text=ASK, form="json", seed=1).chance(0).random() != first


def test_values_are_distinct_within_an_answer() -> None:
    assert len(set(values())) == 20


def test_a_vocabulary_bounds_what_it_knows() -> None:
    seen = {value for _ in range(30) for value in values(vocabulary=40)}
    assert len(seen) == 40


def test_favourites_come_more_often() -> None:
    one = {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 1}
    knobs = Knobs(favourites=1.2, vocabulary=200)
    answers = [
        "".join(compose(Question(text=ASK, form=one, seed=seed), knobs).tokens)
        for seed in range(600)
    ]
    counts = sorted((answers.count(each) for each in set(answers)), reverse=True)
    assert counts[0] > 4 * counts[5]


def test_temperature_zero_gives_the_favourites_in_their_order() -> None:
    first = values(temperature=0, vocabulary=100)
    assert first == values(temperature=0, vocabulary=100)
    avoided = f"{ASK}. Not these: {first[0]}, {first[2]}"
    rest = [value for value in first if value not in (first[0], first[2])]
    assert values(avoided, temperature=0, vocabulary=100)[:18] == rest


def test_unwanted_values_are_mostly_avoided() -> None:
    favourites = values(temperature=0, vocabulary=30)
    ask = f"{ASK}. Not these: {', '.join(favourites[:10])}"
    form = json.loads(json.dumps(FORM).replace("20", "10"))
    share = 0
    for seed in range(40):
        question = Question(text=ask, form=form, seed=seed)
        answer = compose(question, Knobs(vocabulary=30), fault=None)
        said = json.loads("".join(answer.tokens))["values"]
        share += sum(value in favourites[:10] for value in said)
    assert 0 < share < 80  # of 400; a third of them if it did not listen


def test_a_limit_in_the_text_is_mostly_kept() -> None:
    found = values("20 product reviews, at most 110 characters")
    assert all(len(value) <= 60 for value in found)  # cut by the schema
    plain = say("20 product reviews, at most 130 characters, one per line", None, seed=1)
    assert sum(len(line) <= 130 for line in plain.splitlines()) >= 17


@pytest.mark.parametrize("text", ["3 poems", "3 paragraphs", "3 multi-line addresses"])
def test_lines_break_unless_one_line_is_asked_for(text: str) -> None:
    form = {"type": "array", "items": {"type": "string"}}
    assert any("\n" in value for value in json.loads(say(text, form, seed=4)))
    flat = json.loads(
        say(text.replace("multi-line ", "") + ", each on a single line", form, seed=4)
    )
    assert not any("\n" in value for value in flat)


def test_without_a_format_the_text_says_how_to_list() -> None:
    assert re.match(r"1\. \S", say("5 fruits", None))
    assert len(json.loads(say("5 fruits as a JSON array", None))) == 5
    assert len(say("5 fruits, comma-separated", None).split(", ")) == 5
    assert len(say("5 fruits, one per line", None).splitlines()) == 5


def test_num_predict_cuts() -> None:
    answer = compose(Question(text=ASK, form=FORM, num_predict=7), Knobs())
    assert (len(answer.tokens), answer.done_reason) == (7, "length")
    assert compose(Question(text=ASK, form=FORM), Knobs()).done_reason == "stop"


@given(st.text())
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(split_tokens(text)) == text
    assert count_tokens(text) == len(split_tokens(text))
    assert len(split_tokens(text)) >= len(text.split()) or not text.isascii()


# --- faults ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [FORM, FORM["properties"]["values"], "json", None])  # type: ignore[index]
@pytest.mark.parametrize("seed", range(6))
def test_broken_json_has_not_one_whole_string(form: Any, seed: int) -> None:
    text = say(form=form, fault="broken_json", seed=seed)
    with pytest.raises(ValueError, match=r"Expecting|Unterminated|Extra"):
        json.loads(text)
    assert text.count('"') <= 1
    assert text


def test_fences_chatter_and_thinking_surround_the_json() -> None:
    fenced = say(fault="fenced_json")
    assert len(json.loads(fenced.removeprefix("```json\n").removesuffix("\n```"))["values"]) == 20
    chatter = say(fault="chatter")
    assert len(json.loads(chatter[chatter.index("{") : chatter.rindex("}") + 1])["values"]) == 20
    thinking = say(fault="thinking")
    assert thinking.startswith("<think>")
    assert len(json.loads(thinking.partition("</think>")[2])["values"]) == 20


def test_a_refusal_holds_no_value() -> None:
    assert "can't help" in say(fault="refusal")


def test_faults_of_the_values() -> None:
    assert len(set(values(fault="repeats"))) == 4
    assert values(fault="empty") == [""] * 20
    assert all("\n" in value for value in values(fault="multiline"))
    assert all(len(value) > 300 for value in values(fault="too_long"))
    assert all(len(v) > 90 for v in values(ASK + ", at most 45 characters", fault="too_long"))
