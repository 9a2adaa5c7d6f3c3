"""Wake-ups: hints to the workers that there is work, sent through Celery on Redis.

They carry no work: what is to be done stands in PostgreSQL. Losing all of them costs a moment,
until the sweeper sends new ones.
"""

from __future__ import annotations

import threading
from typing import Any

import structlog
from celery import Celery
from kombu.exceptions import ChannelError, OperationalError
from redis.exceptions import RedisError

from shared.broker_address import BrokerAddress, read_broker
from shared.guard import guarded

log = structlog.get_logger(__name__)

QUEUE = "valuemill"
TASK = "valuemill.shift"

#: Sockets that notice a peer that is gone, and calls that end.
TRANSPORT_OPTIONS: dict[str, Any] = {
    "socket_timeout": 10,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "health_check_interval": 15,
}

#: What a Redis does that is gone, hangs, is full, or has lost the queue.
BROKER_ERRORS = (OperationalError, ChannelError, RedisError, OSError)

#: Wake-ups that may wait for workers, about: with submits that each add some, and workers that are
#: all busy, they would fill Redis.
MOST_WAITING = 64

CONFIGURATION: dict[str, Any] = {
    "task_default_queue": QUEUE,
    "task_ignore_result": True,
    "task_send_sent_event": True,
    "task_serializer": "json",
    "accept_content": ["json"],
    "broker_transport_options": TRANSPORT_OPTIONS,
    "broker_connection_retry_on_startup": True,
    "broker_connection_timeout": 3,
    "task_publish_retry": True,
    "task_publish_retry_policy": {
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.1,
    },
}


def create_celery(broker_url: str, *, name: str) -> Celery:
    """A Celery application as all parts of Valuemill configure it; connects to nothing."""
    app = Celery(name, broker=broker_url, set_as_current=False)
    app.conf.update(CONFIGURATION)
    if broker_url.startswith("sentinel://"):
        address = read_broker(broker_url)
        app.conf.broker_url = address.sentinel_url
        app.conf.broker_transport_options = TRANSPORT_OPTIONS | sentinel_options(address)
    return app


def sentinel_options(address: BrokerAddress) -> dict[str, Any]:
    """What kombu has to know of the Sentinels besides where they are."""
    return {
        "master_name": address.sentinel,
        "sentinel_kwargs": {
            name: value for name, value in TRANSPORT_OPTIONS.items() if name.startswith("socket_")
        }
        | address.sentinel_credentials,
    }


class WakeUps:
    """Sends wake-ups; does without when Redis is away."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def send(self, count: int) -> None:
        """Send ``count`` wake-ups. Never raises: the work does not depend on them."""
        try:
            for _ in range(count):
                self._app.send_task(TASK)
        except BROKER_ERRORS as error:
            log.warning("wake-up not sent; the sweeper will", error=type(error).__name__)

    def waiting(self) -> int:
        """Wake-ups that no worker has taken yet; 0 while Redis is away."""
        try:
            with self._app.connection_or_acquire() as connection:
                declared = connection.default_channel.queue_declare(QUEUE, passive=True)
                return int(declared.message_count)
        except BROKER_ERRORS:
            return 0


class BackgroundWakeUps:
    """Sends wake-ups from a thread of its own.

    A Redis that is gone, or that hangs, holds a publisher for seconds; the thread takes that
    on itself. It starts with the first wake-up, so after a server has forked.
    """

    def __init__(self, wake_ups: WakeUps) -> None:
        self._wake_ups = wake_ups
        self._changed = threading.Condition()
        self._pending = 0
        self._thread: threading.Thread | None = None

    def send(self, count: int) -> None:
        """Have ``count`` wake-ups sent soon; never waits, never raises."""
        if count <= 0:
            return
        with self._changed:
            self._pending += count
            self._changed.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="wake-ups", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._pending)
                count, self._pending = self._pending, 0
            with guarded("send wake-ups"):
                # Workers that are busy take none, and find the work when they look for more.
                self._wake_ups.send(min(count, max(0, MOST_WAITING - self._wake_ups.waiting())))
