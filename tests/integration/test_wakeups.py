"""Wake-ups on a real Redis."""

from __future__ import annotations

from shared.queue.wakeups import WakeUps, create_celery
from shared.settings import Settings


def test_wakeups_wait_until_they_are_taken(settings: Settings) -> None:
    app = create_celery(settings.broker_url, name="test")
    app.control.purge()
    wakeups = WakeUps(app)
    assert wakeups.waiting() == 0
    wakeups.send(3)
    wakeups.send(-1)
    assert wakeups.waiting() == 3
    app.control.purge()


def test_without_redis_nothing_is_sent_and_nothing_raised() -> None:
    wakeups = WakeUps(create_celery("redis://127.0.0.1:9/0", name="test"))
    wakeups.send(1)
    assert wakeups.waiting() == 0
