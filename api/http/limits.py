"""Rate limits: how often an API key may be used, over all API processes together.

They keep one client's mistake from becoming everyone's, and are wide enough for clients that
poll. The counts are in Redis; while it is away each process counts for itself, so a client loses
nothing but exactness.
"""

from __future__ import annotations

import time

import structlog
from flask import Flask, Response, g
from flask_limiter import Limiter
from limits import parse_many
from redis import Redis
from redis.exceptions import RedisError

from shared.errors import ConfigurationError

log = structlog.get_logger(__name__)


def install(app: Flask, *, broker: Redis, limit: str) -> None:
    """Count the requests of each API key. Call after ``auth.install``.

    :param limit: such as ``6000/minute``, or several with ``;`` between; empty is no limit.
    :raises ConfigurationError: when it is nothing of the kind.
    """
    if not limit:
        return
    try:
        parse_many(limit)
    except ValueError as error:
        raise ConfigurationError(
            f"VALUEMILL_RATE_LIMIT: {limit!r} is not a limit such as 6000/minute"
        ) from error
    limiter = Limiter(
        _key,
        application_limits=[limit],
        storage_uri="redis://",
        storage_options={"connection_pool": broker.connection_pool},  # type: ignore[dict-item]
        key_prefix="valuemill",
        in_memory_fallback_enabled=True,
        swallow_errors=True,
    )
    limiter.request_filter(lambda: "api_key_id" not in g)
    limiter.init_app(app)

    @app.after_request
    def tell(response: Response) -> Response:
        return _tell(limiter, response)


def _key() -> str:
    return str(g.api_key_id)


def _tell(limiter: Limiter, response: Response) -> Response:
    current = limiter.current_limit
    if current is None:
        return response
    try:
        resets_at, remaining = current.reset_at, current.remaining
    except (RedisError, OSError) as error:
        log.warning("rate limit not told", cause=repr(error))
        return response
    response.headers["X-RateLimit-Limit"] = str(current.limit.amount)
    response.headers["X-RateLimit-Remaining"] = str(remaining)
    response.headers["X-RateLimit-Reset"] = str(resets_at)
    if current.breached:
        response.headers["Retry-After"] = str(max(1, resets_at - int(time.time())))
    return response
