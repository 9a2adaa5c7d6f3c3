from __future__ import annotations

from time import monotonic

import pytest

from worker.models.gateway import Call
from worker.models.inflight import InFlight, Verdict
from worker.models.learning import Patience


@pytest.fixture
def prompt() -> InFlight:
    prompt = InFlight(1, operation_number=1, patience=Patience(first_token=100, stall=10))
    prompt.begin()
    return prompt


def test_before_the_prompt_is_sent_nothing_is_waited_for() -> None:
    prompt = InFlight(1, operation_number=1, patience=Patience(first_token=100, stall=10))
    prompt.check(monotonic() + 1000)
    assert prompt.verdict is None


def test_a_server_that_does_not_begin_is_given_up(prompt: InFlight) -> None:
    prompt.check(monotonic() + 99)
    assert prompt.verdict is None
    prompt.check(monotonic() + 101)
    assert prompt.verdict is Verdict.NO_ANSWER
    assert prompt.call.interrupted_because == Verdict.NO_ANSWER.value


def test_a_server_that_stops_talking_is_given_up_sooner(prompt: InFlight) -> None:
    prompt.heard()
    prompt.check(monotonic() + 9)
    assert prompt.verdict is None
    prompt.check(monotonic() + 11)
    assert prompt.verdict is Verdict.STALLED


def test_the_first_verdict_stands(prompt: InFlight) -> None:
    prompt.end(Verdict.LOST)
    prompt.end(Verdict.STALLED)
    assert prompt.verdict is Verdict.LOST
    assert prompt.for_our_sake
    assert isinstance(prompt.call, Call)
