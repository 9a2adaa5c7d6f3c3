"""Counts of requests in Redis, over all API processes together.

Redis is asked once for a request, and less often for a key that is in a hurry: of a large limit a
process takes as many at once as the key has used lately in a twentieth of a second. Never are more
let through than the limit. What a process has taken and does not use is lost, which is never more
than a two-hundredth of the limit. While Redis is away each process counts for itself, so a client
loses nothing but exactness.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import structlog
from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from redis import Redis
from redis.connection import Connection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from shared.errors import ConfigurationError

log = structlog.get_logger(__name__)

PREFIX = "valuemill"

#: How long Redis is left alone after it did not answer, in seconds.
REST = 5.0

#: For how long a share is used, in seconds, and what part of the smallest limit it may be.
SHARE_SECONDS = 0.1
SHARES = 200

#: Counts in windows that begin with their first request. Takes how many to count, and the lengths
#: of windows in seconds; tells for each key how many requests there were, these included, and the
#: milliseconds left.
COUNT = """
local told = {}
for number, key in ipairs(KEYS) do
    local count = redis.call('INCRBY', key, ARGV[1])
    local left = redis.call('PTTL', key)
    if left < 0 then
        left = 1000 * ARGV[number + 1]
        redis.call('PEXPIRE', key, left)
    end
    told[2 * number - 1] = count
    told[2 * number] = left
end
return told
"""


@dataclass(frozen=True)
class Standing:
    """How a key stands with one limit.

    :param remaining: requests that it may still send in this window.
    :param resets_at: when the next window may begin, in whole seconds since 1970.
    """

    item: RateLimitItem
    breached: bool
    remaining: int
    resets_at: int


class Share:
    """Requests of a key that are counted in Redis, of which the first has come.

    :param counts: of each window, that of the last request of the share.
    :param resets: when each window ends, in seconds since 1970.
    :param began: by the monotonic clock.
    """

    def __init__(
        self, size: int, counts: list[int], resets: list[float], *, began: float, ends: float
    ) -> None:
        self._size = size
        self._counts = counts
        self._resets = resets
        self._began = began
        self._ends = ends
        self._used = 0
        #: Somebody takes another.
        self.is_over = False

    def use(self, now: float) -> list[tuple[int, float]] | None:
        """Count a request: of each window its count and its end; None where it needs another."""
        if self._used == self._size or (self._used and now >= self._ends):
            return None
        self._used += 1
        unused = self._size - self._used
        return [
            (count - unused, reset) for count, reset in zip(self._counts, self._resets, strict=True)
        ]

    def next_size(self, now: float) -> int:
        """How many to take next: what half the time of a share is enough for."""
        pace = self._used / max(now - self._began, 1e-6)
        return max(1, min(2 * self._size, int(pace * SHARE_SECONDS / 2)))


class Counter:
    """Counts requests against limits.

    :param limit: such as ``6000/minute``, or several with ``;`` between.
    :raises ConfigurationError: when it is nothing of the kind.
    """

    def __init__(self, broker: Redis, limit: str) -> None:
        try:
            items = parse_many(limit)
        except ValueError as error:
            raise ConfigurationError(
                f"VALUEMILL_RATE_LIMIT: {limit!r} is not a limit such as 6000/minute"
            ) from error
        # The shortest first: that is the one to tell of, unless another is used up.
        self._items = sorted(items, key=lambda item: item.get_expiry())
        self._lengths = [item.get_expiry() for item in self._items]
        self._largest = max(1, min(item.amount for item in self._items) // SHARES)
        self._lock = threading.Lock()
        #: Of each key that was used since this process began, the last share.
        self._shares: dict[str, Share] = {}
        self._pool = broker.connection_pool
        #: Connections to Redis that nobody uses just now. They stay with us, because to take one
        #: from the client for each request costs as much as to ask.
        self._kept: list[Connection] = []
        self._own = MemoryStorage()
        self._ask_again = 0.0

    def count(self, who: str) -> Standing:
        """Count one request and tell of the limit that matters most."""
        standings = [
            Standing(
                item=item,
                breached=count > item.amount,
                remaining=max(0, item.amount - count),
                resets_at=int(resets_at),
            )
            for item, (count, resets_at) in zip(self._items, self._counted(who), strict=True)
        ]
        return next((each for each in standings if each.breached), standings[0])

    def _counted(self, who: str) -> list[tuple[int, float]]:
        now = time.monotonic()
        if self._largest == 1:  # each request has a share of its own, so none is remembered
            alone = self._take(who, 1, now).use(now)
            assert alone is not None  # noqa: S101 - it is new
            return alone
        size, shared = 1, True
        with self._lock:
            share = self._shares.get(who)
            if share is not None:
                counted = share.use(now)
                if counted is not None:
                    return counted
                # Whoever comes while another takes the next share, takes one alone.
                shared = not share.is_over
                share.is_over = True
                size = min(self._largest, share.next_size(now)) if shared else 1
        taken = self._take(who, size, now)
        counted = taken.use(now)
        assert counted is not None  # noqa: S101 - it is new
        if shared:
            with self._lock:
                self._shares[who] = taken
        return counted

    def _take(self, who: str, size: int, now: float) -> Share:
        """Count so many requests in Redis; here, and one alone, while that is away."""
        keys = [f"{PREFIX}:{item.key_for(who)}" for item in self._items]
        if now >= self._ask_again:
            if self._ask_again:
                # Others need not wait with this one for a Redis that may still be away.
                self._ask_again = now + REST
            try:
                told = self._ask(keys, size)
            except (RedisError, OSError) as error:
                log.warning("rates counted by this process alone", cause=repr(error))
                self._ask_again = now + REST
            else:
                self._ask_again = 0.0
                clock = time.time()
                lefts = [left / 1000 for left in told[1::2]]
                return Share(
                    size,
                    told[::2],
                    [clock + left for left in lefts],
                    began=now,
                    ends=now + min(SHARE_SECONDS, *lefts),
                )
        return Share(
            1,
            [self._own.incr(key, length) for key, length in zip(keys, self._lengths, strict=True)],
            [self._own.get_expiry(key) for key in keys],
            began=now,
            ends=now,
        )

    def _ask(self, keys: list[str], size: int) -> list[int]:
        """Ask Redis; on a new connection where a kept one has died."""
        try:
            connection = self._kept.pop()
        except IndexError:
            return self._exchange(self._pool.get_connection(), keys, size)
        if connection.is_connected:
            try:
                return self._exchange(connection, keys, size)
            except (RedisConnectionError, OSError) as error:
                log.info("rates asked for on a new connection", cause=repr(error))
        return self._ask(keys, size)

    def _exchange(self, connection: Connection, keys: list[str], size: int) -> list[int]:
        try:
            connection.send_command(  # type: ignore[no-untyped-call]
                "EVAL", COUNT, len(keys), *keys, size, *self._lengths, check_health=False
            )
            told: list[int] = connection.read_response()
        except BaseException:
            connection.disconnect()  # type: ignore[no-untyped-call]
            self._pool.release(connection)
            raise
        self._kept.append(connection)
        return told
