"""Wake-ups: hints to the workers that there is work, sent through Celery on Redis.

They carry no work: what is to be done stands in PostgreSQL. Losing all of them costs a moment,
until the sweeper sends new ones.
"""

from __future__ import annotations

from typing import Any

import structlog
from celery import Celery
from kombu.exceptions import ChannelError, OperationalError

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
    return app


class WakeUps:
    """Sends wake-ups; does without when Redis is away."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def send(self, count: int) -> None:
        """Send ``count`` wake-ups. Never raises: the work does not depend on them."""
        try:
            for _ in range(count):
                self._app.send_task(TASK)
        except (OperationalError, OSError) as error:
            log.warning("wake-up not sent; the sweeper will", error=type(error).__name__)

    def waiting(self) -> int:
        """Wake-ups that no worker has taken yet; 0 while Redis is away."""
        try:
            with self._app.connection_for_write() as connection:
                queue = connection.default_channel.queue_declare(QUEUE, passive=True)
                return int(queue.message_count)
        except (OperationalError, ChannelError, OSError):
            return 0
