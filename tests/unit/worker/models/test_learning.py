"""What is learned of a server, and a simulation of servers to learn from."""

from __future__ import annotations

import heapq
import random
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.models.learning import Breaker, Level, Pace, Patience
from worker.models.prompt import Timing

seconds = st.floats(0, 1000)


def experienced(*, first_token: float = 300, stall: float = 30) -> Patience:
    """Of a server that answers at once."""
    patience = Patience(first_token=first_token, stall=stall)
    for _ in range(Patience.ENOUGH_ANSWERS):
        patience.learn(0.01)
    for _ in range(Patience.ENOUGH_SILENCES):
        patience.learn_silence(0.01)
    return patience


def test_before_there_is_experience_the_settings_hold() -> None:
    patience = Patience(first_token=300, stall=30)
    patience.learn(0.1)
    patience.learn_silence(0.1)
    assert (patience.first_token(), patience.stall()) == (300, 30)


def test_a_server_that_answers_at_once_may_be_silent_for_moments_only() -> None:
    patience = experienced()
    assert (patience.first_token(), patience.stall()) == (2, 3)
    patience.forget()
    assert (patience.first_token(), patience.stall()) == (300, 30)


def test_a_slow_server_is_given_several_times_what_it_takes() -> None:
    patience = experienced()
    patience.learn(5)
    patience.learn_silence(2)
    assert (patience.first_token(), patience.stall()) == (25, 8)


def test_a_long_time_is_forgotten_after_many_short_ones() -> None:
    patience = experienced()
    patience.learn(5)
    patience.learn_silence(2)
    for _ in range(40):
        patience.learn(0.1)
    assert (patience.first_token(), patience.stall()) == (2, 3)


def test_the_next_wait_after_a_silence_is_twice_as_long_however_many_kept_it() -> None:
    patience = experienced()
    for _ in range(16):
        patience.missed(2)
        patience.stalled(began=0, at=1)
    assert (patience.first_token(), patience.stall()) == (4, 6)
    patience.missed(4)
    patience.stalled(began=2, at=3)
    assert (patience.first_token(), patience.stall()) == (8, 12)


def test_an_answer_shows_that_a_silence_was_an_accident() -> None:
    patience = experienced()
    patience.missed(2)
    patience.stalled(began=0, at=1)
    patience.learn(0.01)
    patience.answered()
    assert (patience.first_token(), patience.stall()) == (2, 3)


@given(st.lists(st.tuples(st.sampled_from("lsmkaf"), seconds)), seconds, seconds)
def test_patience_stays_within_its_bounds(
    events: list[tuple[str, float]], first_token: float, stall: float
) -> None:
    patience = Patience(first_token=first_token, stall=stall)
    for at, (event, time) in enumerate(events):
        match event:
            case "l":
                patience.learn(time)
            case "s":
                patience.learn_silence(time)
            case "m":
                patience.missed(time)
            case "k":
                patience.stalled(began=at, at=at)
            case "a":
                patience.answered()
            case _:
                patience.forget()
        assert min(2, first_token) <= patience.first_token() <= first_token
        assert min(3, stall) <= patience.stall() <= stall


def test_a_server_that_slows_down_tenfold_is_cut_a_few_times_only() -> None:
    patience = experienced()
    cut = 0
    for _ in range(100):
        if patience.first_token() < 20:
            cut += 1
            patience.missed(patience.first_token())
        else:
            patience.learn(20)
    assert cut <= 4


def timing(**facts: float | None) -> Timing:
    plain = {"first_token": 1.0, "whole": 3.0, "output_tokens": 100}
    return Timing(**(plain | facts))  # type: ignore[arg-type]


def test_a_pace_is_what_the_server_says_of_itself() -> None:
    pace = Pace()
    assert (pace.tokens_per_second, pace.first_token_seconds) == (None, None)
    pace.learn(timing(prompt_seconds=0.25, output_seconds=0.5))
    assert (pace.tokens_per_second, pace.first_token_seconds) == (200, 0.25)


@pytest.mark.parametrize("nonsense", [None, 0.0, -1.0, 1e6])
def test_our_clock_is_believed_where_the_server_says_nothing_or_nonsense(
    nonsense: float | None,
) -> None:
    pace = Pace()
    pace.learn(timing(prompt_seconds=nonsense, output_seconds=nonsense))
    assert (pace.tokens_per_second, pace.first_token_seconds) == (50, 1.0)


def test_a_pace_is_not_moved_by_one_answer_that_is_odd() -> None:
    pace = Pace()
    for output_seconds in (1.0, 1.0, 0.001, 1.0, 3.0):
        pace.learn(timing(output_seconds=output_seconds))
    assert pace.tokens_per_second == 100


@given(st.floats(0, 100), st.floats(0, 100), st.floats(), st.floats(), st.integers(0, 10**8))
def test_a_pace_is_never_nonsense(
    first: float, more: float, prompt: float, output: float, tokens: int
) -> None:
    learned = Timing(
        first_token=first,
        whole=first + more,
        output_tokens=tokens,
        prompt_seconds=prompt,
        output_seconds=output,
    )
    pace = Pace()
    pace.learn(learned)
    assert pace.tokens_per_second is None or pace.tokens_per_second > 0
    assert 0 <= (pace.first_token_seconds or 0) <= first
    assert 0 <= learned.waiting <= first


@given(st.integers(1, 64), st.lists(st.tuples(st.integers(0, 3), st.floats(0, 20)), max_size=200))
def test_a_level_stays_between_one_and_the_most(most: int, events: list[tuple[int, float]]) -> None:
    level = Level(most)
    for at, (event, time) in enumerate(events):
        match event:
            case 0:
                wanted = level.refused(began=at - time, at=at, taken=0)
            case 1:
                wanted = level.trial(at=at)
            case _:
                wanted = level.good(began=at - time, at=at, waited=time)
        assert 1 <= wanted <= most
        level.know(wanted, most, at=at)


def test_one_refusal_is_an_accident_and_many_at_once_are_one() -> None:
    level = Level(16)
    assert [level.refused(began=0, at=1 + i, taken=0) for i in range(10)] == [16] * 10
    assert level.refusals == 1


def test_prompts_that_are_taken_between_refusals_show_that_it_was_an_accident() -> None:
    level = Level(16)
    assert {level.refused(began=at, at=at + 0.5, taken=at) for at in range(1, 50)} == {16}


def test_refusals_in_a_row_lower_it_and_good_answers_raise_it() -> None:
    level = Level(16)
    level.refused(began=0, at=0.5, taken=9)
    assert level.refused(began=0.7, at=1, taken=9) == 16
    lower = level.refused(began=2, at=3, taken=9)
    assert lower == 14
    level.know(lower, 16, at=3)
    answers = [level.good(began=4, at=5, waited=0.1) for _ in range(14)]
    assert answers == [14] * 13 + [15]


def test_a_prompt_that_stood_in_a_queue_lowers_it_once_for_all_that_were_sent_before() -> None:
    level = Level(8)
    assert level.good(began=0, at=1, waited=0.1) == 8
    assert level.good(began=0, at=2, waited=5) == 7
    level.know(7, 8, at=2)
    assert level.good(began=1, at=3, waited=5) == 7
    assert level.good(began=3, at=9, waited=5) == 6


def test_who_waits_longer_than_he_is_served_stood_in_a_queue() -> None:
    """Also on a server that nobody has ever seen without one."""
    level = Level(8)
    assert level.good(began=0, at=5, waited=3, worked=2.6) == 8
    assert level.good(began=0, at=5, waited=3, worked=1) == 7


def test_a_server_that_is_always_slow_to_begin_is_not_thought_to_queue() -> None:
    level = Level(8)
    assert {level.good(began=i, at=i + 20, waited=10) for i in range(50)} == {8}


def test_after_an_outage_the_level_is_back_with_the_first_good_answer() -> None:
    level = Level(8)
    for at in range(20):
        level.know(level.refused(began=at, at=at + 0.5, taken=0), 8, at=at + 0.5)
    assert level.now == 1
    assert level.futile > 5
    assert level.good(began=30, at=31, waited=0.1) == 8
    assert level.futile == 0


def test_a_sick_server_gets_one_prompt_until_it_is_well() -> None:
    level = Level(8)
    level.know(level.trial(at=1), 8, at=1)
    assert level.now == 1
    assert level.good(began=2, at=3, waited=0.1) == 8


@given(st.lists(st.integers(1, 64), min_size=1))
def test_what_other_workers_make_of_the_level_is_taken_over(levels: list[int]) -> None:
    level = Level(64)
    for at, now in enumerate(levels):
        level.know(now, 64, at=at)
        assert level.now == now


class Simulation:
    """A server with so many slots, and clients who keep to the level they learn of it."""

    ANSWER = 2.0

    def __init__(self, *, most: int, slots: int, queue: int, busy: float, seed: int = 1) -> None:
        self.level = Level(most)
        self.slots = slots
        self.queue = queue
        self.busy = busy
        self.chance = random.Random(seed)
        self.taken = self.done = 0
        #: What every prompt waits, even without a queue.
        self.base = 0.05

    def run(self, *, until: float) -> list[int]:
        """Return the level of every tenth of a second in the second half of the time."""
        now = paused_until = 0.0
        slots = [0.0] * self.slots
        under_way: list[tuple[float, float, float]] = []
        levels = []
        while now < until:
            now += 0.01
            while under_way and under_way[0][0] <= now:
                end, began, waited = heapq.heappop(under_way)
                self._know(
                    self.level.good(began=began, at=end, waited=waited, worked=self.ANSWER), end
                )
                self.done += 1
            while len(under_way) < self.level.now and now >= paused_until:
                running = sum(end > now for end in slots)
                waiting = len(under_way) - running
                full = running >= self.slots and waiting >= self.queue
                if full or self.chance.random() < self.busy:
                    self._know(
                        self.level.refused(began=now, at=now + 0.001, taken=self.taken), now + 0.001
                    )
                    paused_until = now + 0.1 * self.chance.uniform(0.5, 1)
                    continue
                self.taken += 1
                free = min(range(self.slots), key=slots.__getitem__)
                starts = max(now, slots[free])
                slots[free] = starts + self.ANSWER * self.chance.uniform(0.8, 1.2)
                heapq.heappush(under_way, (slots[free], now, starts - now + self.base))
            if now > until / 2:
                levels.append(self.level.now)
        return levels

    def _know(self, wanted: int, at: float) -> None:
        self.level.know(wanted, self.level.most, at=at)


@pytest.mark.parametrize("most", [2, 4, 16, 64])
def test_accidental_refusals_leave_the_level_near_the_most(most: int) -> None:
    levels = Simulation(most=most, slots=most, queue=100, busy=0.1).run(until=400)
    assert mean(levels) >= 0.95 * most


@pytest.mark.parametrize(("queue", "base"), [(0, 0.05), (100, 0.05), (100, 0.5)])
def test_a_server_with_fewer_slots_is_found_out_and_kept_full(queue: int, base: float) -> None:
    simulation = Simulation(most=8, slots=2, queue=queue, busy=0)
    simulation.base = base
    levels = simulation.run(until=400)
    assert 2 <= mean(levels) <= 4.5
    possible = 400 / Simulation.ANSWER * 2
    assert simulation.done >= 0.93 * possible


def test_a_breaker_opens_with_failures_in_a_row_and_pauses_longer_each_time() -> None:
    breaker = Breaker()
    pauses = [breaker.failed(began=at, at=at + 0.5) for at in range(10)]
    assert pauses == [0, 0, 1, 2, 4, 8, 16, 30, 30, 30]
    breaker.good()
    assert breaker.failed(began=20, at=21) == 0


def test_what_was_under_way_when_it_opened_does_not_lengthen_the_pause() -> None:
    breaker = Breaker()
    assert [breaker.failed(began=0, at=1) for _ in range(16)] == [0, 0, 1] + [0] * 13
    assert breaker.failed(began=2, at=3) == 2


def test_now_and_then_a_failure_does_not_open_it() -> None:
    breaker = Breaker()
    for at in range(100):
        assert breaker.failed(began=at, at=at) == 0
        assert breaker.failed(began=at, at=at) == 0
        breaker.good()
