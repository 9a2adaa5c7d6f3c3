"""From a prompt to reports, with models that think, and models that do not keep to a schema."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from shared.generation.reports import Report
from tests.support.odd_server import (
    KINDS,
    OLLAMA,
    Kind,
    OddServer,
    Said,
    as_bytes,
    gateway_at,
)
from tests.unit.worker.mill.test_grind import in_flight
from tests.unit.worker.mill.test_prompts import CLAIM, prompt
from worker.mill.answers import Reader, read
from worker.mill.grind import grind
from worker.mill.sizing import Speed
from worker.models.gateway import Gateway
from worker.models.learning import Pace

VALUES = '["Anna", "Ben", "Clara"]'


def ground(odd_gateway: Gateway, **options: Any) -> tuple[list[str], Report, int | None]:
    """All values, the last report, and the overhead that was seen."""
    values: list[str] = []
    seen = in_flight()
    last = grind(
        CLAIM, prompt(**options), odd_gateway, seen, report=lambda part: values.extend(part.values)
    )
    return values + last.values, last, seen.overhead


def budget_of(body: dict[str, Any]) -> int:
    return int(body["max_tokens"] if "max_tokens" in body else body["options"]["num_predict"])


def thinking(kind: Kind, tokens: int) -> Callable[[dict[str, Any]], Said]:
    """A model that thinks for so long before its values, and is cut where it has no more room."""

    def answer(body: dict[str, Any]) -> Said:
        left = budget_of(body) - tokens
        if left <= 0:
            return kind.stream(thoughts=budget_of(body), ends="length")
        said = [VALUES[at : at + 3] for at in range(0, len(VALUES), 3)]
        ends = "stop" if len(said) <= left else "length"
        return kind.stream(*said[:left], thoughts=tokens, ends=ends)

    return answer


@pytest.mark.parametrize("tokens", [250, 1_500, 6_000])
def test_field_b1_thinking_costs_room_and_no_values(
    odd: OddServer, odd_gateway: Gateway, kind: Kind, tokens: int
) -> None:
    odd.answers[kind.chat] = thinking(kind, tokens)
    values, last, overhead = ground(odd_gateway)
    assert values == ["Anna", "Ben", "Clara"]
    assert last.ended is not None
    assert (last.ended.said, last.ended.failure) == (3, None)
    # What it took in all is counted.
    assert last.ended.output_tokens > tokens
    assert overhead is not None
    assert tokens * 0.8 < overhead <= tokens * 1.2

    pace = Pace()
    pace.learn_overhead(overhead)
    asked = len(odd.asked)
    values, last, _ = ground(odd_gateway, overhead=pace.overhead_tokens)
    assert values == ["Anna", "Ben", "Clara"]
    # Known from then on: nothing is asked for twice.
    assert len(odd.asked) == asked + 1


def test_field_b1_the_room_is_there_in_the_window_too() -> None:
    plain, wide = prompt(), prompt(overhead=5_000)
    assert wide.num_predict == plain.num_predict + 5_000
    assert plain.num_ctx == 4_096
    assert wide.num_ctx >= wide.num_predict
    # A little more needs no other window, for which a server would load the model anew.
    assert prompt(overhead=300).num_ctx == plain.num_ctx


def test_field_b1_a_model_that_never_comes_to_an_end_is_told_of(
    odd: OddServer, odd_gateway: Gateway, kind: Kind
) -> None:
    odd.answers[kind.chat] = thinking(kind, 10**9)
    values, last, overhead = ground(odd_gateway)
    assert values == []
    assert last.ended is not None
    assert last.ended.fault == "broken"
    assert "tokens, most of them on thinking" in str(last.ended.failure)
    assert overhead
    # It is not tried for ever.
    assert len(odd.asked) <= 5


@pytest.mark.parametrize("ends", ["</think>", "</thinking>", "<|channel|>final<|message|>"])
def test_field_b1_thinking_within_the_answer_is_no_value(
    odd: OddServer, odd_gateway: Gateway, kind: Kind, ends: str
) -> None:
    """Some templates say the beginning of the thinking in the prompt, so only its end is heard."""
    thought = 'Names. ["Zoe", "Yara"] would do, '
    odd.answers[kind.chat] = kind.stream(*[thought] * 20, ends, VALUES)
    values, _, overhead = ground(odd_gateway)
    assert values == ["Anna", "Ben", "Clara"]
    assert overhead
    assert overhead > 10


def test_field_b1_an_answer_that_is_taken_for_thinking_is_read(
    odd: OddServer, odd_gateway: Gateway, kind: Kind
) -> None:
    odd.answers[kind.chat] = kind.stream(thoughts=["\n", *VALUES])
    values, last, overhead = ground(odd_gateway)
    assert values == ["Anna", "Ben", "Clara"]
    assert last.ended is not None
    assert last.ended.failure is None
    # Within what an answer's values have room for anyway.
    assert overhead is not None
    assert overhead < Pace.LEAST_OVERHEAD
    odd.answers[kind.chat] = kind.stream(thoughts=["Names, names. ", VALUES])
    assert ground(odd_gateway)[0] == []


def test_field_b1_what_thinking_leaves_no_room_for_is_not_wasted(
    odd: OddServer, odd_gateway: Gateway, kind: Kind
) -> None:
    odd.answers[kind.chat] = kind.stream(
        '["Anna"', ', "Be', thoughts=budget_of(body_of(kind)) - 2, ends="length"
    )
    values, last, _ = ground(odd_gateway)
    assert values == ["Anna"]
    assert last.ended is not None
    assert (last.ended.cut_by_us, last.ended.failure) == (True, None)


def body_of(kind: Kind) -> dict[str, Any]:
    return {"max_tokens": prompt().num_predict}


def test_field_b1_thinking_costs_time_and_not_values() -> None:
    quick = Speed(tokens_per_second=50, first_token_seconds=0.5)
    slow = Speed(tokens_per_second=50, first_token_seconds=0.5, overhead_tokens=250)
    assert slow.cost == pytest.approx(quick.cost + 5)


def without(option: str, kind: Kind, good: str, bad: str) -> Callable[[dict[str, Any]], Said]:
    return lambda body: kind.stream(bad if option in body else good)


FORMAT = {"ollama": "format", "openai": "response_format"}
THINK = {"ollama": "think", "openai": "chat_template_kwargs"}
TALK = "I would rather talk about the weather today, if that is all right with you."


@pytest.mark.parametrize("options", [FORMAT, THINK], ids=["format", "think"])
@pytest.mark.parametrize("bad", ["", TALK, "{}", "[]"])
def test_field_b2_what_a_model_does_not_bear_is_tried_without_and_remembered(
    odd: OddServer, odd_gateway: Gateway, kind: Kind, options: dict[str, str], bad: str
) -> None:
    option = options["ollama" if kind is OLLAMA else "openai"]
    odd.answers[kind.chat] = without(option, kind, VALUES, bad)
    values, last, _ = ground(odd_gateway)
    assert values == ["Anna", "Ben", "Clara"]
    assert last.ended is not None
    assert last.ended.failure is None
    asked = len(odd.asked)
    assert ground(odd_gateway)[0] == values
    assert len(odd.asked) == asked + 1


def test_field_b2_what_bears_all_of_it_keeps_it(
    odd: OddServer, odd_gateway: Gateway, kind: Kind
) -> None:
    odd.answers[kind.chat] = kind.stream(VALUES)
    ground(odd_gateway)
    odd.answers[kind.chat] = kind.stream(TALK)
    _, last, _ = ground(odd_gateway)
    assert last.ended is not None
    assert last.ended.fault == "broken"
    first, *others = odd.bodies(kind.chat)
    # One odd answer is that, and no reason to ask in another way.
    assert [body.keys() for body in others] == [first.keys()]


def test_field_b2_a_model_that_answers_nothing_in_any_way_is_told_of(
    odd: OddServer, odd_gateway: Gateway, kind: Kind
) -> None:
    odd.answers[kind.chat] = kind.stream(TALK)
    for _ in range(2):
        _, last, _ = ground(odd_gateway)
        assert last.ended is not None
        assert last.ended.fault == "broken"
        assert TALK[:30] in str(last.ended.failure)
    assert len(odd.asked) <= 6


@pytest.mark.parametrize("status", [400, 422])
def test_field_b2_what_is_refused_is_left_out(
    odd: OddServer, odd_gateway: Gateway, kind: Kind, status: int
) -> None:
    option = FORMAT["ollama" if kind is OLLAMA else "openai"]

    def answer(body: dict[str, Any]) -> Said:
        if option in body:
            return Said(f'{{"error": "{option} is not supported"}}'.encode(), status=status)
        return kind.stream(VALUES)

    odd.answers[kind.chat] = answer
    assert ground(odd_gateway)[0] == ground(odd_gateway)[0] == ["Anna", "Ben", "Clara"]
    assert len(odd.asked) == 3


THREE = ["Anna", "Ben", "Clara"]


@pytest.mark.parametrize(
    "text",
    [
        "Anna\nBen\nClara",
        "Anna\n\nBen\n\nClara\n",
        "Here are three names:\n\nAnna\nBen\nClara\n\nI hope this helps!",
        "1. Anna\n2. Ben\n3. Clara",
        "1) Anna\n2) Ben\n3) Clara",
        "Sure!\n1: Anna\n2: Ben\n3: Clara",
        "3. Anna\n4. Ben\n5. Clara",
        "1. Anna 2. Ben 3. Clara",
        "- Anna\n- Ben\n- Clara",
        "* Anna\n* Ben\n* Clara",
        "• **Anna**\n• **Ben**\n• **Clara**",
        "Anna, Ben, Clara",
        "Here are three: Anna, Ben, and Clara.",
        "Anna; Ben; Clara",
        '"Anna", "Ben", "Clara"',
        '"Anna"\n"Ben"\n"Clara"',
        '"Anna",\n"Ben",\n"Clara"',
        '{"name": "Anna"}\n{"name": "Ben"}\n{"name": "Clara"}',
        '{"value": "Anna", "n": "x"}, {"value": "Ben", "n": "y"}, {"value": "Clara", "n": "z"}',
        '{"1": "Anna", "2": "Ben", "3": "Clara"}',
        '{"names": {"name1": "Anna", "name2": "Ben", "name3": "Clara"}}',
        "['Anna', 'Ben', 'Clara']",
        "```\nAnna\nBen\nClara\n```",
        "<think>Zoe, Yara, Xena</think>Anna\r\nBen\r\nClara",
    ],
)
def test_field_b2_lists_of_every_kind_are_read(text: str) -> None:
    assert read(text, asked=3) == THREE
    reader = Reader(3)
    assert [*(i for c in text for i in reader.feed(c)), *reader.finish()] == THREE


@pytest.mark.parametrize(
    "text",
    [
        "I am sorry, I cannot.",
        "I'm sorry, but I can't help with that request.",
        "Unfortunately, as far as is known, there are none.",
        "Es tut mir leid, das kann ich nicht tun.",
        "There are no more.",
        "Sure, here they are:",
        "[Anna, Ben, Clara",
        "Anna",
        "The names that you ask for are those of people, and I know of none, to be honest.",
        "   \n \n",
    ],
)
def test_field_b2_what_is_no_list_is_none(text: str) -> None:
    assert read(text, asked=3) == []


def test_field_b2_one_value_may_be_all_that_is_said() -> None:
    assert read("Anna", asked=1) == ["Anna"]
    assert read("I cannot help.", asked=1) == []


def test_field_b2_what_is_cut_in_a_plain_list_is_no_value(
    odd: OddServer, odd_gateway: Gateway, kind: Kind
) -> None:
    odd.answers[kind.chat] = kind.stream("1. Anna\n2. Ben\n3. Cla", ends="length")
    assert ground(odd_gateway)[0] == ["Anna", "Ben"]


@pytest.mark.parametrize("text", [" " * 100_000, "1. " * 50_000, ",\t" * 50_000, "- " * 50_000])
def test_field_b2_nonsense_is_read_in_no_time(text: str) -> None:
    assert len(read(text, asked=3)) < 100_000


def test_field_b2_talk_is_not_asked_for_without_an_end(odd: OddServer) -> None:
    """Where a window is too small for ``max_tokens``, prompt after prompt is sent without it."""
    kind = KINDS["openai"]
    too_large = {"error": {"message": "max_tokens is too large: the maximum context length is 70"}}

    def answer(body: dict[str, Any]) -> Said:
        if "max_tokens" in body:
            return Said(as_bytes(too_large), status=400)
        assert len(odd.asked) < 50
        return kind.stream("I would rather talk about the weather.")

    odd.answers[kind.chat] = answer
    with closing(gateway_at(kind.gateway(odd.url))) as odd_gateway:
        _, last, _ = ground(odd_gateway)
    assert last.ended is not None
    assert last.ended.fault == "broken"


def test_field_e1_thoughts_have_an_end(odd: OddServer, odd_gateway: Gateway, kind: Kind) -> None:
    odd.answers[kind.chat] = kind.stream(VALUES, thoughts=["x" * 4_000_000] * 8)
    _, last, _ = ground(odd_gateway)
    assert last.ended is not None
    assert "did not stop talking" in str(last.ended.failure)
