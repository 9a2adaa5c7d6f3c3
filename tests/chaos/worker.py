"""``python -m tests.chaos.worker --name NAME``: a worker, whose clock may be wrong.

``CHAOS_SKEW=worker-3:-3600`` turns back the clock of that worker by an hour: `time.time` and
`datetime.now` of its whole process. Only the clock of the database may matter.
"""

from __future__ import annotations

import datetime
import os
import sys
import time
from typing import Any

VARIABLE = "CHAOS_SKEW"


def skew(seconds: float) -> None:
    """Let this process's clocks be wrong by so many seconds."""
    real_time, real_time_ns, real = time.time, time.time_ns, datetime.datetime

    class AnyDatetime(type(real)):  # type: ignore[misc]
        """What C code makes is of the real class, and is a datetime nevertheless."""

        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, real)

    class WrongDatetime(real, metaclass=AnyDatetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            return real.now(tz) + datetime.timedelta(seconds=seconds)

        @classmethod
        def utcnow(cls) -> Any:
            return real.now(datetime.UTC).replace(tzinfo=None) + datetime.timedelta(seconds=seconds)

    time.time = lambda: real_time() + seconds
    time.time_ns = lambda: real_time_ns() + int(seconds * 1e9)
    datetime.datetime = WrongDatetime  # type: ignore[misc]


def main() -> None:
    """Become the worker."""
    name, _, seconds = os.environ.get(VARIABLE, "").partition(":")
    if name and name in sys.argv:
        skew(float(seconds))
    from deploy.cli import cli  # only now: whoever imports a clock by name gets the wrong one

    cli(["worker", *sys.argv[1:]])


if __name__ == "__main__":
    main()
