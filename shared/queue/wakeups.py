"""Wake-ups: hints to the workers that there is work, sent through Celery on Redis.

They carry no work: what is to be done stands in PostgreSQL. Losing all of them costs a moment,
until the sweeper sends new ones, or, where Redis takes none, workers look for work by themselves.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import structlog
from celery import Celery
from kombu.exceptions import ChannelError

from shared.broker_address import BrokerAddress, read_broker
from shared.db.troubles import Trouble
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

#: Wake-ups that may wait for workers, about: with submits that each add some, and workers that are
#: all busy, they would fill Redis.
MOST_WAITING = 64

#: Where word of a trouble is left, and for how long, in seconds.
TOLD_KEY = "valuemill/trouble"
TOLD_SECONDS = 6

CONFIGURATION: dict[str, Any] = {
    "task_default_queue": QUEUE,
    "task_ignore_result": True,
    "task_send_sent_event": True,
    "task_serializer": "json",
    "accept_content": ["json"],
    "broker_transport_options": TRANSPORT_OPTIONS,
    "broker_connection_retry_on_startup": True,
    # For as long as it takes; and errors that Redis answers pass as those of connections do: it
    # is a replica now, or cannot save to its disk.
    "broker_connection_max_retries": None,
    "broker_channel_error_retry": True,
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
        self._lock = threading.Lock()
        self._connection: Any = None

    def send(self, count: int) -> None:
        """Send ``count`` wake-ups. Never raises: the work does not depend on them."""
        with suppress(Exception), self._connected("wake-up not sent") as connection:
            for _ in range(count):
                self._app.send_task(TASK, connection=connection)

    def waiting(self) -> int:
        """Wake-ups that no worker has taken yet; 0 while Redis is away."""
        with suppress(Exception), self._connected("wake-ups not counted") as connection:
            try:
                declared = connection.default_channel.queue_declare(QUEUE, passive=True)
            except ChannelError:  # no wake-up was ever sent
                return 0
            return int(declared.message_count)
        return 0

    def tell(self, trouble: Trouble) -> None:
        """Leave word of a trouble for those who look for it in the next seconds."""
        with suppress(Exception), self._connected("trouble not told") as connection:
            connection.default_channel.client.set(TOLD_KEY, trouble.name, ex=TOLD_SECONDS)

    @contextmanager
    def _connected(self, failure: str) -> Iterator[Any]:
        """A connection of our own, for one thread at a time, and another after an error.

        A Redis that was made a replica keeps its connections, and another may have its address by
        now.
        """
        with self._lock:
            if self._connection is None:
                self._connection = self._app.connection_for_write()
            try:
                yield self._connection
            except Exception as error:
                # Of any kind: the broker's library has its own ways to fail on an answer that it
                # does not expect.
                log.warning(f"{failure}; workers look for themselves", error=repr(error))
                connection, self._connection = self._connection, None
                with suppress(Exception):
                    connection.collect()
                raise


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
