"""Tokens in time, on a clock that runs as fast as it can."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.sample_model.pacing import BEAT_SECONDS, Beat, pace

T = TypeVar("T")


class QuickLoop(asyncio.SelectorEventLoop):
    """A loop whose clock jumps to the next timer instead of waiting for it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.selector = Jumping(self)
        super().__init__(self.selector)

    def time(self) -> float:
        return self.now


class Jumping(selectors.DefaultSelector):
    def __init__(self, loop: QuickLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._loop.now += timeout or 0
        return super().select(0)


def run(work: Callable[[], Awaitable[T]]) -> T:
    loop = QuickLoop()
    try:
        return loop.run_until_complete(asyncio.wait_for(work(), None))
    finally:
        loop.close()


@given(st.integers(1, 300), st.sampled_from([0.5, 7, 20, 33, 100, 1000, 50_000]))
def test_no_token_comes_early_none_late_and_the_last_at_its_moment(count: int, rate: float) -> None:
    async def listen() -> list[tuple[float, int]]:
        clock = asyncio.get_running_loop().time
        start = clock()
        said = 0
        heard = []
        async for group in pace(["x"] * count, rate=rate, beat=Beat()):
            said += len(group)
            heard.append((clock() - start, said))
        return heard

    heard = run(listen)
    before = 0
    for moment, said in heard:
        assert moment >= said / rate - 1e-5
        assert moment <= (before + 1) / rate + BEAT_SECONDS + 1e-3
        before = said
    assert heard[-1] == (pytest.approx(count / rate, abs=1e-3), count)
    assert len(heard) <= count / rate / BEAT_SECONDS + 3


def test_streams_share_their_beats_and_one_that_leaves_takes_nobody_along() -> None:
    beat = Beat()

    async def both() -> tuple[bool, float]:
        loop = asyncio.get_running_loop()
        moment = loop.time() + 0.01
        leaver = asyncio.ensure_future(beat.wait(moment))
        stayer = asyncio.ensure_future(beat.wait(moment))
        await asyncio.sleep(0)
        leaver.cancel()
        await stayer
        return leaver.cancelled(), loop.time() - beat.after(moment)

    assert run(both) == (True, pytest.approx(0, abs=1e-3))


def test_without_a_rate_all_comes_in_turns() -> None:
    async def collect() -> list[str]:
        found: list[str] = []
        async for group in pace(["x"] * 1300, rate=0, beat=Beat()):
            found += group
        return found

    assert len(run(collect)) == 1300
