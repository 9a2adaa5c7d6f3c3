"""Text in tokens, and tokens in time."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import AsyncIterator, Sequence

TOKEN = re.compile(r" ?[^\W_]{1,5}| ?[^\w\s]{1,4}| ?_+|\s+")
BEAT_SECONDS = 0.04
BURST_TOKENS = 512
_ROUNDING = 1e-6  # of a token: sums of floats may fall just short of a whole one


def split_tokens(text: str) -> list[str]:
    """Pieces of roughly four characters, at least one a word; joined they are the text again."""
    return TOKEN.findall(text)


def count_tokens(text: str) -> int:
    """The number of pieces that `split_tokens` gives."""
    return sum(1 for _ in TOKEN.finditer(text))


class Beat:
    """A common beat for all streams, as a server decodes all its slots in step.

    One timer wakes everyone who waits for the same beat; that is what lets dozens of streams
    share a fraction of a core.
    """

    def __init__(self) -> None:
        self._waiting: dict[int, list[asyncio.Future[None]]] = {}

    def after(self, moment: float) -> float:
        """The first beat at or after a moment of the loop's clock."""
        return math.ceil(moment / BEAT_SECONDS) * BEAT_SECONDS

    async def wait(self, moment: float) -> None:
        """Come back at the first beat at or after a moment of the loop's clock."""
        loop = asyncio.get_running_loop()
        number = math.ceil(moment / BEAT_SECONDS)
        if number not in self._waiting:
            self._waiting[number] = []
            loop.call_at(number * BEAT_SECONDS, self._strike, number)
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting[number].append(turn)
        await turn

    def _strike(self, number: int) -> None:
        for turn in self._waiting.pop(number):
            if not turn.done():  # it was cancelled
                turn.set_result(None)


async def pace(tokens: Sequence[str], *, rate: float, beat: Beat) -> AsyncIterator[Sequence[str]]:
    """The tokens in groups, each no earlier than the moment of its last.

    Token i is due (i + 1) / rate seconds after the start: an absolute schedule, so that late
    wake-ups never add up and the average rate is exact. The first and the last come at their
    moment, those between with the next beat. A rate of 0 has no schedule, only turns for the
    other streams.
    """
    if rate <= 0:
        for begin in range(0, len(tokens), BURST_TOKENS):
            yield tokens[begin : begin + BURST_TOKENS]
            await asyncio.sleep(0)
        return
    loop = asyncio.get_running_loop()
    start = loop.time()
    end = start + len(tokens) / rate
    sent = 0
    while sent < len(tokens):
        moment = start + (sent + 1) / rate
        if beat.after(moment) >= end:
            await asyncio.sleep(end - loop.time())
            due = len(tokens)
        elif sent:
            await beat.wait(moment)
            due = min(int((loop.time() - start) * rate + _ROUNDING), len(tokens))
        else:
            await asyncio.sleep(moment - loop.time())
            due = 1
        due = max(due, sent + 1)
        yield tokens[sent:due]
        sent = due
