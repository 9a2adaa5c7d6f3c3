"""Wake-ups on a real Redis, and without one."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from redis import Redis

from api.app import create_app
from api.parts import KEY
from shared.queue.wakeups import QUEUE
from shared.settings import Settings
from tests.support.contract import GENERATE, Client, Mill
from tests.support.waiting import wait_until


@pytest.fixture
def broker_url(settings: Settings) -> str:
    """A database of the broker that nobody else sends to or reads from."""
    return settings.broker_url.rpartition("/")[0] + "/7"


@pytest.fixture
def queue(broker_url: str) -> Iterator[Redis]:
    """The queue, empty."""
    with Redis.from_url(broker_url) as redis:
        redis.flushdb()
        yield redis
        redis.flushdb()


@pytest.fixture
def submitter(client: Client, settings: Settings, broker_url: str) -> Iterator[Client]:
    """A client of an application that sends to that queue."""
    app = create_app(replace(settings, broker_url=broker_url))
    yield Client(app.test_client(), key=client.key)
    app.extensions[KEY].close()


def wait_for(queue: Redis, length: int) -> None:
    wait_until(
        lambda: queue.llen(QUEUE) >= length,
        what=lambda: f"{length} wake-ups; there are {queue.llen(QUEUE)}",
    )


@pytest.mark.parametrize(
    ("slots", "count", "wanted"),
    # One gateway of the test has 4 slots; a prompt asks for one value at least.
    [(0, 1, 1), (0, 1000, 1), (1, 1, 1), (1, 3, 3), (1, 1000, 4), (2, 1000, 8), (2, 7, 7)],
)
def test_a_submit_wakes_as_many_as_can_work(
    submitter: Client, mill: Mill, queue: Redis, slots: int, count: int, wanted: int
) -> None:
    for number in range(slots):
        mill.claim(model=f"gateway-{number}")
    submitter.submit(requested_count=count)
    wait_for(queue, wanted)
    # All are sent by one thread, in order: when the next submit's is there, no more can come.
    submitter.submit(requested_count=1)
    wait_for(queue, wanted + 1)
    assert queue.llen(QUEUE) == wanted + 1


def test_what_is_refused_wakes_nobody(submitter: Client, queue: Redis) -> None:
    submitter.post(GENERATE, json={})
    submitter.submit()
    wait_for(queue, 1)
    assert queue.llen(QUEUE) == 1


def test_a_submit_does_without_redis(client: Client, settings: Settings) -> None:
    app = create_app(replace(settings, broker_url="redis://127.0.0.1:1/0"))
    alone = Client(app.test_client(), key=client.key)
    jobs = [alone.submit() for _ in range(20)]
    assert {alone.job(job)["status"] for job in jobs} == {"PENDING"}
    app.extensions[KEY].close()


def test_a_submit_does_not_wait_for_redis(client: Client, settings: Settings) -> None:
    """A server that takes connections and never says a word holds nobody but the one thread."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        broker_url = f"redis://127.0.0.1:{port}/0"
        # Without limits, whose counts would be asked for there too.
        app = create_app(replace(settings, broker_url=broker_url, rate_limit=""))
        alone = Client(app.test_client(), key=client.key)
        alone.submit()
        connection, _ = silent.accept()
        with connection:
            jobs = [alone.submit() for _ in range(20)]
            assert {alone.job(job)["status"] for job in jobs} == {"PENDING"}
            # Its publisher still waits on the first connection: it has not given up, which is
            # how a request that waited for it would have come to an end.
            connection.setblocking(False)
            assert connection.recv(65_536)
            with pytest.raises(BlockingIOError):
                connection.recv(1)
        app.extensions[KEY].close()
