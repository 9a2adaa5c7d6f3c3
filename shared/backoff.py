"""How long to wait before something that failed is tried again. Pure, but for chance."""

from __future__ import annotations

import random
from dataclasses import dataclass

#: Beyond any sensible number of failures in a row, and far from what a float cannot hold.
_MOST_DOUBLINGS = 64


@dataclass(frozen=True)
class Backoff:
    """Pauses, each twice as long as the one before it, up to a longest; in seconds."""

    first: float
    longest: float

    def pause(self, before: int) -> float:
        """The pause after a failure, when there were so many in a row before it."""
        return min(self.longest, self.first * 2.0 ** min(before, _MOST_DOUBLINGS))


def jittered(seconds: float) -> float:
    """Somewhat less, down to half, so that many who failed together do not come back in step."""
    return seconds * random.uniform(0.5, 1.0)  # noqa: S311 (chance, not secrecy)
