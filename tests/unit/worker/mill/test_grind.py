"""From a prompt to reports, over a real connection to a server that says what the test wants."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from shared.generation.reports import Report
from tests.support.waiting import PATIENCE
from tests.unit.worker.conftest import Scripted
from tests.unit.worker.mill.test_prompts import CLAIM, prompt
from worker.mill.filtering import Filters
from worker.mill.grind import grind
from worker.mill.looks import Profiles
from worker.mill.stall import WINDOW, Stall
from worker.models.gateway import Gateway, Interrupted
from worker.models.inflight import InFlight, Verdict
from worker.models.learning import Patience
from worker.models.ollama import OllamaGateway


@pytest.fixture
def gateway(server: Scripted) -> Iterator[Gateway]:
    gateway = OllamaGateway(server.url, connect_timeout=PATIENCE)
    yield gateway
    gateway.close()


def piece(text: str, **more: Any) -> dict[str, Any]:
    return {"message": {"role": "assistant", "content": text}, "done": False, **more}


LAST = {**piece(""), "done": True, "prompt_eval_count": 7, "eval_count": 3}


def in_flight() -> InFlight:
    made = InFlight(1, operation_number=1, patience=Patience(first_token=60, stall=60))
    made.begin()
    return made


def ground(
    gateway: Gateway, seen: InFlight | None = None, **options: Any
) -> tuple[list[Report], Report]:
    """Reports while the answer was under way, and the last one."""
    parts: list[Report] = []
    last = grind(CLAIM, prompt(**options), gateway, seen or in_flight(), report=parts.append)
    return parts, last


def test_values_are_reported_as_they_come(server: Scripted, gateway: Gateway) -> None:
    server.says("/api/chat", piece('["An'), piece('na", "'), piece('Ben", "Anna"]'), LAST)
    parts, last = ground(gateway)
    assert [part.values for part in parts] == [["Anna"], ["Ben"]]
    assert [part.repeated for part in parts] == [0, 1]
    assert last.values == []
    assert last.ended is not None
    assert (last.ended.said, last.ended.failure) == (3, None)
    assert (last.ended.prompt_tokens, last.ended.output_tokens) == (7, 3)


def test_an_answer_with_words_around_it_is_reported_at_its_end(
    server: Scripted, gateway: Gateway
) -> None:
    server.says("/api/chat", piece('Sure: ["Anna", '), piece('"Ben"]. Enjoy!'), LAST)
    parts, last = ground(gateway)
    assert parts == []
    assert last.values == ["Anna", "Ben"]


def test_why_values_are_rejected_is_told(server: Scripted, gateway: Gateway) -> None:
    server.says("/api/chat", piece('["", "a\\nb", "' + "x" * 21 + '", "fine"]'), LAST)
    parts, last = ground(gateway)
    rejected = sum((part.rejected for part in parts), last.rejected)
    assert rejected == {"empty": 1, "several_lines": 1, "too_long": 1}


def test_what_is_held_back_comes_with_the_last_report(server: Scripted, gateway: Gateway) -> None:
    server.says("/api/chat", piece('["1. Anna", '), piece('"2. Ben"]'), LAST)
    parts, last = ground(gateway)
    assert parts == []
    assert last.values == ["Anna", "Ben"]
    assert last.ended is not None
    assert last.ended.said == 2


def test_a_value_that_runs_away_ends_the_answer_and_counts_once(
    server: Scripted, gateway: Gateway
) -> None:
    pieces = [piece('["Anna", "Gre'), *[piece("linde")] * 5_000, LAST]
    claim = replace(CLAIM, max_value_length=4_000)
    server.says("/api/chat", *pieces)
    parts: list[Report] = []
    last = grind(claim, prompt(claim), gateway, in_flight(), report=parts.append)
    assert [part.values for part in parts] == [["Anna"]]
    assert last.rejected == {"run_away": 1}
    assert last.ended is not None
    assert (last.ended.said, last.ended.failure, last.ended.cut_by_us) == (2, None, True)
    assert 0 < last.ended.output_tokens < 20
    assert last.ended.prompt_tokens > 0


@pytest.mark.parametrize("filtered", [False, True])
def test_a_value_longer_than_any_that_could_be_kept_ends_the_answer(
    server: Scripted, gateway: Gateway, filtered: bool
) -> None:
    talk = "".join(f" {chr(97 + n % 26)}{n}" for n in range(40))
    server.says("/api/chat", piece('["' + talk), piece('", "Anna"]'), LAST)
    claim = replace(CLAIM, filter_characters="[0-9 ]|[b-z]{2,}|a{9,}" if filtered else "")
    last = grind(claim, prompt(claim), gateway, in_flight(), report=lambda _: None)
    assert last.ended is not None
    assert last.ended.cut_by_us is not filtered
    assert last.rejected["too_long"] == (not filtered)


def test_a_first_string_that_is_never_closed_is_no_list(server: Scripted, gateway: Gateway) -> None:
    names = ", ".join(f"Anna{n}" for n in range(30))
    server.says("/api/chat", piece('["' + names), piece("]"), LAST)
    _, last = ground(gateway)
    assert last.ended is not None
    assert (last.ended.fault, last.ended.said, last.ended.cut_by_us) == ("broken", 1, True)
    assert "holds no list of values" in str(last.ended.failure)


def test_an_answer_that_only_runs_into_the_limit_is_ended(
    server: Scripted, gateway: Gateway
) -> None:
    """A grammar ends each string, and the model begins the next like it."""
    longest = "x y" * 12
    pieces = [piece('["Anna", "'), *[piece(f'{longest}", "')] * 15, piece('Ben"]'), LAST]
    server.says("/api/chat", *pieces)
    parts, last = ground(gateway)
    assert sum((part.rejected for part in parts), last.rejected) == {"too_long": 3}
    assert last.ended is not None
    assert (last.ended.said, last.ended.failure, last.ended.cut_by_us) == (4, None, True)
    # Four pieces, which are too long to be a token each.
    assert last.ended.output_tokens == sum(map(len, ['["Anna", "', *[f'{longest}", "'] * 3])) // 4


def test_an_answer_that_is_over_is_not_ended_early(server: Scripted, gateway: Gateway) -> None:
    server.says("/api/chat", piece(json.dumps(["Anna", *["x y" * 12] * 5])), LAST)
    _, last = ground(gateway)
    assert last.ended is not None
    assert (last.ended.said, last.ended.cut_by_us, last.ended.output_tokens) == (6, False, 3)


def test_an_answer_that_has_stopped_to_pay_is_ended(server: Scripted, gateway: Gateway) -> None:
    known = ["Gina", "Ida", "Lia", "Mia", "Nora", "Pia"]
    server.says(
        "/api/chat",
        piece('["Anna"'),
        *[piece(f', "{each}"') for each in known * 3],
        piece("]"),
        LAST,
    )
    parts: list[Report] = []
    stall = Stall(known.__contains__)
    last = grind(CLAIM, prompt(), gateway, in_flight(), report=parts.append, stall=stall)
    assert parts[0].values == ["Anna"]
    assert last.ended is not None
    assert (last.ended.failure, last.ended.cut_by_us) == (None, True)
    assert WINDOW <= last.ended.said <= 3 * WINDOW


def test_looks_that_are_off_refuse_nothing(server: Scripted, gateway: Gateway) -> None:
    server.says("/api/chat", piece('["First name", "Country: Italy", "Anna"]'), LAST)
    parts: list[Report] = []
    grind(CLAIM, prompt(), gateway, in_flight(), report=parts.append, looks=())
    assert [value for part in parts for value in part.values] == [
        "First name",
        "Country: Italy",
        "Anna",
    ]


def test_answers_of_a_cell_learn_from_each_other(server: Scripted, gateway: Gateway) -> None:
    profiles = Profiles()
    names = ["Anna", "Carla", "Elena", "Gina", "Ida", "Lia", "Mia", "Nora", "Pia", "Rita", "Sara"]
    for said in ([*names, "Vera"], ["Анна"]):
        server.says("/api/chat", piece(json.dumps(said)), LAST)
        parts: list[Report] = []
        grind(CLAIM, prompt(), gateway, in_flight(), report=parts.append, profiles=profiles)
    assert [part.rejected for part in parts] == [{"off_shape": 1}]


def test_an_answer_without_values_is_broken(server: Scripted, gateway: Gateway) -> None:
    server.says("/api/chat", piece("I am sorry, "), piece("I cannot."), LAST)
    _, last = ground(gateway)
    assert last.ended is not None
    assert last.ended.fault == "broken"
    assert "I am sorry, I cannot." in str(last.ended.failure)


@pytest.mark.parametrize("text", ["[]", "<think>Is there any?</think>\n[ ]\n"])
def test_an_empty_list_is_an_answer_where_there_may_be_none(
    server: Scripted, gateway: Gateway, text: str
) -> None:
    server.says("/api/chat", piece(text), LAST)
    _, last = ground(gateway, loose=True, least=0)
    assert last.ended is not None
    assert (last.ended.said, last.ended.failure, last.ended.fault) == (0, None, None)
    for options in ({"loose": True, "least": 1}, {}):
        _, last = ground(gateway, **options)
        assert last.ended is not None
        assert last.ended.fault == "broken"


def test_talk_is_no_answer_where_there_may_be_none(server: Scripted, gateway: Gateway) -> None:
    server.says("/api/chat", piece("There are no more."), LAST)
    _, last = ground(gateway, loose=True, least=0)
    assert last.ended is not None
    assert last.ended.fault == "broken"


def test_an_answer_that_breaks_off_keeps_what_it_has(server: Scripted, gateway: Gateway) -> None:
    server.says("/api/chat", piece('["Anna", "Be'))
    parts, last = ground(gateway)
    assert [part.values for part in parts] == [["Anna"]]
    assert last.ended is not None
    assert (last.ended.fault, last.ended.said) == ("cut", 1)


def test_a_prompt_that_is_refused_is_reported_as_such(server: Scripted, gateway: Gateway) -> None:
    server.says("/api/chat", {"error": "bad schema"}, status=400)
    _, last = ground(gateway)
    assert last.ended is not None
    assert last.ended.fault == "refused"
    assert "bad schema" in str(last.ended.failure)


@pytest.mark.parametrize("text", ["", "blah "])
def test_an_answer_that_never_ends_is_ended(server: Scripted, gateway: Gateway, text: str) -> None:
    server.says("/api/chat", *[piece(text)] * 30_000, LAST)
    _, last = ground(gateway)
    assert last.ended is not None
    assert last.ended.fault == "broken"
    assert "did not stop" in str(last.ended.failure)


def test_a_prompt_that_we_end_before_it_says_anything_is_nobodys_fault(
    server: Scripted, gateway: Gateway
) -> None:
    server.says("/api/chat", LAST)
    seen = in_flight()
    seen.end(Verdict.STOPPING)
    with pytest.raises(Interrupted):
        ground(gateway, seen)


def test_field_e5_an_answer_is_ended_when_its_filter_is_given_up(
    server: Scripted, gateway: Gateway
) -> None:
    slow = ", ".join(f'"{"a" * 17}{letter}b"' for letter in "cdefgh")
    server.says("/api/chat", piece(f"[{slow}, "), *[piece('"Ben", ')] * 1_000, LAST)
    claim = replace(CLAIM, filter_characters="(a|a|a)*b")
    filters = Filters()
    parts: list[Report] = []
    last = grind(claim, prompt(claim), gateway, in_flight(), report=parts.append, filters=filters)
    rejected = sum((part.rejected for part in parts), last.rejected)
    assert rejected == {"filter_timeout": 6}
    assert last.ended is not None
    assert last.ended.cut_by_us
    assert "filter_characters takes too long" in str(last.ended.hopeless)
    # The next prompt of the operation finds out with its first value.
    server.says("/api/chat", piece('["Ben", "Cleo"'), piece(', "Dora"]'), LAST)
    last = grind(claim, prompt(claim), gateway, in_flight(), report=parts.append, filters=filters)
    assert parts[-1].rejected == {"filter_timeout": 2}
    assert last.ended is not None
    assert last.ended.hopeless is not None
