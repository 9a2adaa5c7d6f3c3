"""A client of the broker's Redis, wherever it is: at an address, or where the Sentinels say."""

from __future__ import annotations

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel

from shared.broker_address import read_broker


def open_broker(url: str, *, timeout: float) -> Redis:
    """A client that does not try again by itself; connects to nothing yet.

    :param url: see ``shared.broker_address``.
    :param timeout: for how long it is waited for, in seconds.
    """
    address = read_broker(url)
    patience = {"socket_timeout": timeout, "socket_connect_timeout": timeout}
    once = Retry(NoBackoff(), 0)
    if not address.sentinel:
        return Redis.from_url(url, **patience, retry=once)
    sentinel = Sentinel(  # type: ignore[no-untyped-call]
        address.hosts,
        sentinel_kwargs={**patience, **address.sentinel_credentials, "retry": once},
    )
    client: Redis = sentinel.master_for(  # type: ignore[no-untyped-call]
        address.sentinel,
        username=address.username or None,
        password=address.password or None,
        db=address.database,
        **patience,
        retry=once,
    )
    return client
