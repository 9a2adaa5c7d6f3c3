"""Text in tokens, and tokens in time."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence

TOKEN = re.compile(r" ?[^\W_]{1,5}| ?[^\w\s]{1,4}| ?_+|\s+")
FLUSH_SECONDS = 0.04
BURST_TOKENS = 64


def split_tokens(text: str) -> list[str]:
    """Pieces of roughly four characters, at least one a word; joined they are the text again."""
    return TOKEN.findall(text)


def count_tokens(text: str) -> int:
    """The number of pieces that `split_tokens` gives."""
    return sum(1 for _ in TOKEN.finditer(text))


async def pace(tokens: Sequence[str], *, rate: float) -> AsyncIterator[Sequence[str]]:
    """The tokens in groups, each no earlier than the moment of its last.

    Token i is due (i + 1) / rate seconds after the start: an absolute schedule, so that late
    wake-ups never add up and the average rate is exact. Tokens that fall due within a flush
    interval come as one group. A rate of 0 has no schedule, only turns for the other streams.
    """
    if rate <= 0:
        for begin in range(0, len(tokens), BURST_TOKENS):
            yield tokens[begin : begin + BURST_TOKENS]
            await asyncio.sleep(0)
        return
    start = time.monotonic()
    sent = 0
    while sent < len(tokens):
        target = min(sent + max(1, int(FLUSH_SECONDS * rate)), len(tokens))
        await asyncio.sleep(start + target / rate - time.monotonic())
        due = max(target, min(int((time.monotonic() - start) * rate), len(tokens)))
        yield tokens[sent:due]
        sent = due
