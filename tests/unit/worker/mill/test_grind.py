"""From a prompt to reports, over a real connection to a server that says what the test wants."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shared.generation.reports import Report
from tests.support.waiting import PATIENCE
from tests.unit.worker.conftest import Scripted
from tests.unit.worker.mill.test_prompts import CLAIM, prompt
from worker.mill.grind import grind
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
