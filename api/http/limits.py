"""Rate limits: how often an API key may be used, over all API processes together.

They keep one client's mistake from becoming everyone's, and are wide enough for clients that
poll. The counts are in Redis, which is asked once for each request; while it is away each process
counts for itself, so a client loses nothing but exactness.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import structlog
from flask import Flask, Response, g, request
from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from redis import Redis
from redis.connection import Connection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from werkzeug.exceptions import TooManyRequests

from shared.errors import ConfigurationError

log = structlog.get_logger(__name__)

PREFIX = "valuemill"

#: In the environment of a request: how its key stands, where it is counted already.
STANDING = "valuemill.standing"

#: How long Redis is left alone after it did not answer, in seconds.
REST = 5.0

#: Counts in windows that begin with their first request. Takes the lengths of windows in seconds;
#: tells for each key how many requests there were, this one included, and the milliseconds left.
COUNT = """
local told = {}
for number, key in ipairs(KEYS) do
    local count = redis.call('INCR', key)
    local left = redis.call('PTTL', key)
    if left < 0 then
        left = 1000 * ARGV[number]
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
        self._pool = broker.connection_pool
        #: Connections to Redis that nobody uses just now. They stay with us, because to take one
        #: from the client for each request costs as much as to ask.
        self._kept: list[Connection] = []
        self._own = MemoryStorage()
        self._ask_again = 0.0

    def count(self, who: str) -> Standing:
        """Count one request and tell of the limit that matters most."""
        keys = [f"{PREFIX}:{item.key_for(who)}" for item in self._items]
        standings = [
            Standing(
                item=item,
                breached=count > item.amount,
                remaining=max(0, item.amount - count),
                resets_at=int(resets_at),
            )
            for item, (count, resets_at) in zip(self._items, self._counted(keys), strict=True)
        ]
        return next((each for each in standings if each.breached), standings[0])

    def _counted(self, keys: list[str]) -> list[tuple[int, float]]:
        now = time.monotonic()
        if now >= self._ask_again:
            if self._ask_again:
                # Others need not wait with this one for a Redis that may still be away.
                self._ask_again = now + REST
            try:
                told = self._ask(keys)
            except (RedisError, OSError) as error:
                log.warning("rates counted by this process alone", cause=repr(error))
                self._ask_again = now + REST
            else:
                self._ask_again = 0.0
                clock = time.time()
                return [(told[i], clock + told[i + 1] / 1000) for i in range(0, len(told), 2)]
        return [
            (self._own.incr(key, length), self._own.get_expiry(key))
            for key, length in zip(keys, self._lengths, strict=True)
        ]

    def _ask(self, keys: list[str]) -> list[int]:
        """Ask Redis; on a new connection where a kept one has died."""
        try:
            connection = self._kept.pop()
        except IndexError:
            return self._exchange(self._pool.get_connection(), keys)
        if connection.is_connected:
            try:
                return self._exchange(connection, keys)
            except (RedisConnectionError, OSError) as error:
                log.info("rates asked for on a new connection", cause=repr(error))
        return self._ask(keys)

    def _exchange(self, connection: Connection, keys: list[str]) -> list[int]:
        try:
            connection.send_command(  # type: ignore[no-untyped-call]
                "EVAL", COUNT, len(keys), *keys, *self._lengths, check_health=False
            )
            told: list[int] = connection.read_response()
        except BaseException:
            connection.disconnect()  # type: ignore[no-untyped-call]
            self._pool.release(connection)
            raise
        self._kept.append(connection)
        return told


def install(app: Flask, counter: Counter) -> None:
    """Count the requests of each API key. Call after ``auth.install``."""

    @app.before_request
    def count() -> None:
        if "api_key_id" not in g:
            return
        g.standing = request.environ.get(STANDING) or counter.count(str(g.api_key_id))
        if g.standing.breached:
            raise TooManyRequests(description=str(g.standing.item))

    app.after_request(_tell)


def write_headers(standing: Standing) -> list[tuple[str, str]]:
    """Tell a client how it stands."""
    return [
        ("X-RateLimit-Limit", str(standing.item.amount)),
        ("X-RateLimit-Remaining", str(standing.remaining)),
        ("X-RateLimit-Reset", str(standing.resets_at)),
    ]


def _tell(response: Response) -> Response:
    standing: Standing | None = g.get("standing")
    if standing is None:
        return response
    response.headers.extend(write_headers(standing))
    if standing.breached:
        wait = standing.resets_at - int(time.time())
        response.headers["Retry-After"] = str(max(1, wait))
    return response
