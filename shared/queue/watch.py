"""The watch: what keeps work from going on as it should, whatever work it is.

The model servers are each product's own affair. What all work needs is a database that takes
writes, and a broker that takes wake-ups. The first shows by what a process meets itself, and by
what workers leave word of; the second is tried out.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from time import monotonic

import structlog
from redis import Redis
from redis.exceptions import (
    AuthenticationError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)

from shared.db.engine import Database
from shared.db.troubles import Trouble
from shared.guard import guarded
from shared.queue.wakeups import TOLD_KEY

log = structlog.get_logger(__name__)

#: Between two looks, in seconds.
LOOK_SECONDS = 2.0

#: Nobody asks any more after so many seconds, so nobody looks.
INTEREST_SECONDS = 60.0

#: Written to see whether anything can be, and how long it stays, in seconds.
PROBE_KEY = "valuemill/probe"
PROBE_SECONDS = 60


@dataclass(frozen=True)
class Sighting:
    """How the parts were that all work needs."""

    #: What keeps workers, or this process, from writing to the database.
    database: Trouble | None = None
    #: What is the matter with the broker, to follow its name.
    broker: str | None = None

    @property
    def first(self) -> str | None:
        """Why nothing of any job can be done at the moment."""
        return None if self.database is None else f"Waiting: {self.database.value}."

    @property
    def last(self) -> str | None:
        """What makes work begin later than it could."""
        if self.broker is None:
            return None
        return (
            f"Wake-ups do not arrive: Redis {self.broker}. Workers look for work by themselves "
            "meanwhile, so it begins some seconds later."
        )

    def explain(self, waiting: str | None) -> str | None:
        """Add to what a job waits for by itself."""
        return " ".join(filter(None, (self.first, waiting, self.last))) or None


class Watch:
    """Looks now and then, in a thread of its own, for as long as somebody asks.

    The thread starts when it is first asked, so after a server has forked.

    :param broker: a client with a short patience.
    """

    def __init__(self, database: Database, broker: Redis) -> None:
        self._database = database
        self._broker = broker
        self._seen = Sighting()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._asked_at = 0.0

    @property
    def sighting(self) -> Sighting:
        """How it was a moment ago; never waits."""
        self._asked_at = monotonic()
        if self._thread is None:
            self._start()
        return self._seen

    def look(self) -> Sighting:
        """See how it is now; waits as long as the client of the broker does."""
        broker, told = None, None
        try:
            pipeline = self._broker.pipeline(transaction=False)
            pipeline.mget(TOLD_KEY)
            pipeline.set(PROBE_KEY, 1, ex=PROBE_SECONDS)
            words, written = pipeline.execute(raise_on_error=False)
            told = _read(words)
            if isinstance(written, Exception):
                raise written
        except (RedisError, OSError) as error:
            broker = describe(error)
            if broker != self._seen.broker:
                log.warning("wake-ups cannot be sent", cause=repr(error), redis=broker)
            # It may have become a replica, and another have its address by now.
            self._broker.connection_pool.disconnect(inuse_connections=False)
        self._seen = Sighting(database=self._database.trouble or told, broker=broker)
        return self._seen

    def close(self) -> None:
        """Look no more."""
        self._stopping.set()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None and not self._stopping.is_set():
                self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stopping.is_set():
            if monotonic() < self._asked_at + INTEREST_SECONDS:
                with guarded("watch"):
                    self.look()
            self._stopping.wait(LOOK_SECONDS)


_WHY = (
    (ReadOnlyError, "it is a replica"),
    (OutOfMemoryError, "it has no memory left"),
    (NoPermissionError, "our user may not"),
)


def describe(error: Exception) -> str:
    """What is the matter with a Redis that met us with this; holds no address and no password."""
    if isinstance(error, AuthenticationError):
        return "refuses our password"
    if isinstance(error, ResponseError):
        # Its own words may name a user, or an address; they are in the log. Its code may be said.
        code = str(error).partition(" ")[0]
        other = code if re.fullmatch(r"[A-Z]{4,20}", code) else "see the log"
        why = next((words for kind, words in _WHY if isinstance(error, kind)), other)
        return f"refuses to be written to ({why})"
    return "does not answer"


def _read(words: object) -> Trouble | None:
    """The trouble that stands alone in an answer; None, too, where that is an error."""
    word = words[0] if isinstance(words, list) else None
    return Trouble.__members__.get(word.decode()) if isinstance(word, bytes) else None
