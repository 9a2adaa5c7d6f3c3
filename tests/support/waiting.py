"""Waiting for what must come, however slow the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable

#: Seconds that a test waits before it gives up on what must come. It is no promise, and nothing
#: is said of how fast the machine is: what must come within some time is the business of
#: ``make bench``.
PATIENCE = 180.0


def wait_until(
    condition: Callable[[], bool],
    *,
    what: Callable[[], str] | str = "it",
    seconds: float = PATIENCE,
) -> None:
    """Wait for something to become true; fail with what was waited for."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(
                f"waited {seconds} s for {what if isinstance(what, str) else what()}"
            )
        time.sleep(0.05)
