"""How a worker takes a wake-up off the broker: whatever stands in it, it does no harm.

Celery unpacks a message before it runs its task. What does not look as Celery writes it ends the
whole worker there; the message goes back into the queue, and then ends the next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery import Celery, Task
from celery.exceptions import InvalidTaskError
from celery.worker.strategy import default


def take(task: Task, app: Celery, consumer: Any, **options: Any) -> Callable[..., Any]:
    """Celery's own strategy, but that a message it stumbles over is refused for good.

    See "Task.Strategy" in Celery's sources; named as a string where the task is made.
    """
    handle = default(task, app, consumer, **options)

    def take_message(*arguments: Any) -> Any:
        try:
            return handle(*arguments)
        except consumer.connection_errors:
            raise
        except Exception as error:
            # Its consumer logs this one, and removes the message from the queue.
            raise InvalidTaskError(f"not a wake-up: {error}") from error

    return take_message
