from __future__ import annotations

from time import monotonic

import pytest

from worker.leases import Pulse, Verdict
from worker.models.gateway import Call
from worker.models.learning import Patience


@pytest.fixture
def pulse() -> Pulse:
    pulse = Pulse(1, operation_number=1, patience=Patience(first_token=100, stall=10))
    pulse.begin()
    return pulse


def test_before_the_prompt_is_sent_nothing_is_waited_for() -> None:
    pulse = Pulse(1, operation_number=1, patience=Patience(first_token=100, stall=10))
    pulse.check(monotonic() + 1000)
    assert pulse.verdict is None


def test_a_server_that_does_not_begin_is_given_up(pulse: Pulse) -> None:
    pulse.check(monotonic() + 99)
    assert pulse.verdict is None
    pulse.check(monotonic() + 101)
    assert pulse.verdict is Verdict.NO_ANSWER
    assert pulse.call.interrupted_because == Verdict.NO_ANSWER.value


def test_a_server_that_stops_talking_is_given_up_sooner(pulse: Pulse) -> None:
    pulse.beat()
    pulse.check(monotonic() + 9)
    assert pulse.verdict is None
    pulse.check(monotonic() + 11)
    assert pulse.verdict is Verdict.STALLED


def test_the_first_verdict_stands(pulse: Pulse) -> None:
    pulse.end(Verdict.LOST)
    pulse.end(Verdict.STALLED)
    assert pulse.verdict is Verdict.LOST
    assert pulse.for_our_sake
    assert isinstance(pulse.call, Call)
