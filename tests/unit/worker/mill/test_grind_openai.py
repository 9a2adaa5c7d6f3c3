"""From a prompt to reports, over a server of OpenAI's API: the mill knows no difference."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.support.waiting import PATIENCE
from tests.unit.worker.conftest import Scripted
from tests.unit.worker.mill.test_grind import ground, in_flight
from tests.unit.worker.models.test_openai import CHAT, USAGE, chunk
from worker.models.errors import AccessDenied, GatewayBusy, GatewayError, PromptRefused
from worker.models.gateway import Gateway
from worker.models.openai import OpenAIGateway


@pytest.fixture
def gateway(server: Scripted) -> Iterator[Gateway]:
    url = f"{server.url}/v1"
    with closing(OpenAIGateway(f"openai+{url}", endpoint=url, connect_timeout=PATIENCE)) as gateway:
        yield gateway


def test_values_are_reported_as_they_come(server: Scripted, gateway: Gateway) -> None:
    thought = chunk(reasoning_content='["Zoe"]')
    parts = [chunk('["An'), chunk('na", "'), chunk('Ben", "Anna"]', ends="stop")]
    server.streams(CHAT, thought, *parts, USAGE, "[DONE]")
    reports, last = ground(gateway)
    assert [report.values for report in reports] == [["Anna"], ["Ben"]]
    assert last.ended is not None
    assert (last.ended.said, last.ended.failure) == (3, None)
    assert (last.ended.prompt_tokens, last.ended.output_tokens) == (7, 3)


def test_a_partial_answer_is_no_failure(server: Scripted, gateway: Gateway) -> None:
    server.streams(CHAT, chunk('["Anna", "Be'), chunk(ends="length"), USAGE, "[DONE]")
    reports, last = ground(gateway)
    assert [report.values for report in reports] == [["Anna"]]
    assert last.ended is not None
    assert (last.ended.said, last.ended.failure, last.ended.fault) == (1, None, None)


def test_an_answer_that_breaks_off_keeps_what_it_has(server: Scripted, gateway: Gateway) -> None:
    server.streams(CHAT, chunk('["Anna", "Be'))
    reports, last = ground(gateway)
    assert [report.values for report in reports] == [["Anna"]]
    assert last.ended is not None
    assert (last.ended.fault, last.ended.said) == ("cut", 1)


def test_a_prompt_that_is_refused_is_reported_as_such(server: Scripted, gateway: Gateway) -> None:
    server.says(CHAT, {"error": {"message": "bad request"}}, status=400)
    seen = in_flight()
    _, last = ground(gateway, seen)
    assert last.ended is not None
    assert last.ended.fault == "refused"
    assert type(seen.error) is PromptRefused


@pytest.mark.parametrize("thought", [None, "hm "])
def test_an_answer_that_never_ends_is_ended(
    server: Scripted, gateway: Gateway, thought: str | None
) -> None:
    endless = chunk(None if thought else "blah ", reasoning_content=thought)
    server.streams(CHAT, *[endless] * 30_000)
    _, last = ground(gateway)
    assert last.ended is not None
    assert "did not stop" in str(last.ended.failure)


@pytest.mark.parametrize(("status", "kind"), [(401, AccessDenied), (503, GatewayBusy)])
def test_what_waits_is_no_report(
    server: Scripted, gateway: Gateway, status: int, kind: type[GatewayError]
) -> None:
    server.says(CHAT, {"error": "no"}, status=status)
    with pytest.raises(kind):
        ground(gateway)
