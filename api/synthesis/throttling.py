"""How often somebody may try to sign in, and how many at once.

Tries are counted by e-mail address, whether or not somebody has it, and by the network that they
come from, over all API processes together. Without Redis each process counts for itself: to let
everybody try for ever would open the door that the counts keep shut, and to let nobody sign in
would make a broker that carries no data a part that all need.

A comparison takes memory and time on purpose. A few are made at once, a few more wait, and who
comes then is told to come again, so that a flood of them leaves threads and memory to others.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from flask import Flask, current_app, request
from redis import Redis

from api.http.counting import Counter, Standing
from api.http.proxies import CLIENT, network_of
from shared.errors import LimitReached, Unavailable

#: Tries with one e-mail address from one network: who has forgotten the password, or guesses it.
BY_BOTH = "20/5minutes"

#: Tries with one e-mail address, wherever they come from: many who guess together.
BY_EMAIL = "100/hour"

#: Tries from one network, whatever the address: one who guesses for many.
BY_NETWORK = "300/hour"

#: Passwords that one process compares at a time, and those that wait for it.
AT_ONCE = 2
WAITING = 4

_KEY = "valuemill.sign_in"


class Throttle:
    """Holds tries back."""

    def __init__(self, broker: Redis) -> None:
        self._both = Counter(broker, BY_BOTH)
        self._email = Counter(broker, BY_EMAIL)
        self._network = Counter(broker, BY_NETWORK)
        self._room = threading.BoundedSemaphore(AT_ONCE + WAITING)
        self._turn = threading.BoundedSemaphore(AT_ONCE)

    def count(self, *, email: str, network: str) -> None:
        """Count a try.

        :raises LimitReached: when there were too many; the same for every e-mail address.
        """
        # Hashed, since Redis has no business with addresses, nor with what else is sent as one.
        who = f"sign-in-{sha256(email.encode('utf-8', 'surrogatepass')).hexdigest()}"
        for counter, counted_as in (
            (self._network, f"sign-in-from-{network}"),
            (self._both, f"{who}-from-{network}"),
            (self._email, who),
        ):
            standing = counter.count(counted_as)
            if standing.breached:
                raise _too_many(standing)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Compare a password within.

        :raises Unavailable: when others wait already.
        """
        if not self._room.acquire(blocking=False):
            raise Unavailable("many sign in just now; try again shortly")
        try:
            with self._turn:
                yield
        finally:
            self._room.release()


def _too_many(standing: Standing) -> LimitReached:
    wait = max(1, standing.resets_at - int(time.time()))
    return LimitReached(
        f"too many tries to sign in (the limit is {standing.item}); wait {wait} seconds, or use "
        "an API key",
        wait=wait,
    )


def install(app: Flask, broker: Redis) -> None:
    """Count the tries of this application's clients."""
    app.extensions[_KEY] = Throttle(broker)


def throttle() -> Throttle:
    """That of the application that handles the current request."""
    found = current_app.extensions[_KEY]
    assert isinstance(found, Throttle)  # noqa: S101 - narrows the type for mypy
    return found


def network() -> str:
    """Where the current request comes from."""
    return network_of(request.environ.get(CLIENT) or request.remote_addr or "")
