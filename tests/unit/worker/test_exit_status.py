"""With what status a worker ends; in a process of its own, since it takes signals over."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

#: A worker whose part fails at its start in a way that nobody expects, or is told to stop.
WORKER = """
import sys
from celery import bootsteps
from celery.exceptions import WorkerShutdown
from shared.queue.wakeups import create_celery
from shared.settings import Settings
from worker import app

class Step(bootsteps.StartStopStep):
    requires = ("celery.worker.consumer.connection:Connection",)

    def start(self, parent):
        raise {what}

def create(settings, *, name):
    made = create_celery("memory://", name=name)
    made.conf.update(worker_pool="threads", worker_concurrency=1)
    made.steps["consumer"].add(Step)
    return made

app.create_worker = create
settings = Settings(database_url="", broker_url="", secret_key="")
sys.exit(app.run_worker(settings, name="worker"))
"""


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ("RuntimeError('nobody expected this')", 1),
        ("KeyError('redis')", 1),
        ("WorkerShutdown(0)", 0),
    ],
)
def test_field_d2_only_a_worker_that_was_told_to_stop_ends_with_0(
    project: Path, what: str, status: int
) -> None:
    command = [sys.executable, "-c", WORKER.format(what=what)]
    ended = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert ended.returncode == status, ended.stderr
