"""The composition root of a worker: a Celery application that connects when it is started."""

from __future__ import annotations

import socket
from dataclasses import asdict
from pathlib import Path
from typing import Any

import structlog
from celery import Celery
from celery.signals import worker_init, worker_ready, worker_shutdown, worker_shutting_down

from shared.db.troubles import DatabaseRefused, explain
from shared.errors import ValuemillError
from shared.queue.wakeups import TASK, create_celery
from shared.settings import Settings
from worker.host import Host

log = structlog.get_logger(__name__)


def create_worker(settings: Settings, *, name: str) -> Celery:
    """Wire one worker process.

    :param name: tells the workers of one host apart; leases are returned by it.
    """
    app = create_celery(settings.broker_url, name="valuemill-worker")
    app.conf.update(
        worker_concurrency=settings.worker_concurrency,
        # A model call waits on the network: threads fit, and are cheap to have many of.
        worker_pool="threads",
        # A wake-up taken in advance would be one that another host does not get.
        worker_prefetch_multiplier=1,
        worker_send_task_events=True,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
    )
    host = Host(settings, app, name=f"{name}@{socket.gethostname()}")

    @app.task(  # type: ignore[untyped-decorator]
        name=TASK, ignore_result=True, Strategy="worker.messages:take"
    )
    def shift() -> dict[str, Any]:
        """Prompt after prompt while there is work; see ``worker.shift``."""
        return asdict(host.run_shift())

    # Celery calls receivers with its own keyword arguments; weak references would lose ours.
    worker_init.connect(lambda **_: _start(host, ready_file=settings.ready_file), weak=False)
    worker_ready.connect(lambda **_: host.look(), weak=False)
    worker_shutting_down.connect(lambda **_: host.wind_down(), weak=False)
    worker_shutdown.connect(lambda **_: host.stop(), weak=False)
    return app


def _start(host: Host, *, ready_file: str) -> None:
    """Start the host, or end the process.

    Celery would log the error and go on with a worker that keeps no lease and settles nothing.

    :param ready_file: made once work can be done, for which no broker is needed; empty: none.
    """
    try:
        host.start()
        if ready_file:
            Path(ready_file).touch()
    except (ValuemillError, DatabaseRefused) as error:
        # In a line: it is not the code that somebody has to look at.
        log.error("the worker cannot start", reason=explain(error))
        raise SystemExit(1) from error
    except Exception as error:
        log.exception("the worker cannot start")
        raise SystemExit(1) from error


def run_worker(settings: Settings, *, name: str) -> int:
    """Work until SIGTERM or SIGINT; prompts under way are then ended and settled.

    :returns: the exit status: 0 after SIGTERM, or when it was told to stop through the broker.
    """
    app = create_worker(settings, name=name)
    worker = app.Worker(
        hostname=f"{name}@%h",
        loglevel=settings.log_level,
        without_gossip=True,
        without_mingle=True,
    )
    worker.start()
    return 1 if worker.exitcode is None else int(worker.exitcode)
