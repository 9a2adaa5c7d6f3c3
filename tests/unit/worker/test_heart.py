from __future__ import annotations

from time import monotonic

import pytest

from worker.heart import Patience, Pulse, Verdict
from worker.mill.gateway import Call


def test_until_a_server_has_answered_there_is_time_to_load_a_model() -> None:
    assert Patience(300).first_token() == 300


def test_afterwards_patience_follows_what_it_takes() -> None:
    patience = Patience(300)
    patience.learn(0.1)
    assert patience.first_token() == Patience.LEAST_SECONDS
    patience.learn(5)
    assert patience.first_token() == 5 * Patience.FACTOR
    patience.learn(1000)
    assert patience.first_token() == 300
    patience.forget()
    assert patience.first_token() == 300


def test_one_silence_doubles_the_patience_and_many_answers_restore_it() -> None:
    patience = Patience(300)
    patience.learn(0.1)
    patience.stretch()
    assert patience.first_token() == 2 * Patience.LEAST_SECONDS
    for _ in range(32):
        patience.learn(0.1)
    assert patience.first_token() == Patience.LEAST_SECONDS


@pytest.fixture
def pulse() -> Pulse:
    return Pulse(1, patience=Patience(100), stall_timeout=10)


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
