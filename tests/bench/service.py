"""What the rows run against: the embedded stack, and model servers that can be turned."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from signal import Signals
from typing import Any

import psycopg

from deploy.local.options import PROJECT, LocalOptions
from deploy.local.stack import LocalInfo, LocalStack
from deploy.local.unprivileged import launch_command
from deploy.sample_model.pacing import count_tokens
from deploy.small_model.wheels import are_installed
from tests.support.stack import Api, SampleModel
from tests.support.waiting import wait_until
from valuemill import WaitTimeout

START_SECONDS = 30.0
#: Nobody listens there.
NO_MODEL = "http://127.0.0.1:9"


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model server of the benchmark; ``knobs`` works with the sample model alone."""

    url: str
    slots: int

    @cached_property
    def knobs(self) -> SampleModel:
        return SampleModel(self.url)


@dataclass(frozen=True, kw_only=True)
class Service:
    """A running stack and a client of it."""

    info: LocalInfo
    api: Api

    def generate(
        self, count: int, data_type: str = "full name", *, seconds: float, **fields: Any
    ) -> dict[str, Any]:
        """Submit, wait for the end, well or not, and return the operation.

        :raises WaitTimeout: when it takes longer than ``seconds``.
        """
        return self.api.wait(self.api.submit(count, data_type, **fields), seconds=seconds)

    def generate_for(
        self, count: int, data_type: str = "full name", *, seconds: float, **fields: Any
    ) -> dict[str, Any]:
        """Submit, and cancel it if it is not done in time; it keeps the values made until then."""
        job = self.api.submit(count, data_type, **fields)
        try:
            return self.api.wait(job, seconds=seconds)
        except WaitTimeout:
            self.api.post(f"ai/generate/{job['target_id']}/cancel")
            return self.api.operation(job)

    def values(self, operation: dict[str, Any]) -> list[str]:
        """All values of an operation."""
        return list(self.api.client.values(operation["id"]))


@contextmanager
def sample_model(*, slots: int, **knobs: Any) -> Iterator[Model]:
    """The sample model as a process of its own, its knobs as ``--help`` lists them.

    A list of values repeats the knob.
    """
    options = [
        f"--{name.replace('_', '-')}={each}"
        for name, value in knobs.items()
        for each in (value if isinstance(value, list) else [value])
    ]
    command = (*_MODULE, "deploy.sample_model", "--port=0", f"--slots={slots}", *options)
    with _serving(command) as url:
        yield Model(url=url, slots=slots)


@contextmanager
def small_model(*, slots: int, threads: int | None = None) -> Iterator[Model]:
    """The small model, which is a real one, as a process of its own; None: a thread for a core.

    :raises RuntimeError: when it is not installed.
    """
    if not are_installed():
        raise RuntimeError("The small model is not installed. Run `make small-model`.")
    options = () if threads is None else (f"--threads={threads}",)
    command = (*_MODULE, "deploy.small_model", "--port=0", f"--slots={slots}", *options)
    with _serving(command) as url:
        yield Model(url=url, slots=slots)


@contextmanager
def instant_model(*, slots: int) -> Iterator[Model]:
    """A model server that answers at once, as a process of its own; see ``instant``."""
    with _serving((*_MODULE, "tests.bench.instant")) as url:
        yield Model(url=url, slots=slots)


_MODULE = (sys.executable, "-m")


@contextmanager
def _serving(command: tuple[str, ...]) -> Iterator[str]:
    """Run a server that prints a line with its address when it listens; yield the address."""
    process = subprocess.Popen(
        # It ends with us, however we end.
        launch_command(command, death_signal=Signals.SIGKILL),
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        words = process.stdout.readline().split()
        yield next(word for word in words if word.startswith("http://"))
    finally:
        process.kill()
        process.wait()


@contextmanager
def service(
    folder: Path,
    *models: Model,
    workers: int = 2,
    concurrency: int | None = None,
    durable: bool = True,
    environment: Mapping[str, str] | None = None,
    shop: bool = False,
) -> Iterator[Service]:
    """The stack on these models, ready for work.

    :param concurrency: of one worker process; None: as many as there are slots.
    :param environment: more settings of its parts.
    :param shop: with another PostgreSQL, for databases to copy.
    """
    hosts = [f"{model.url}#max_concurrent_tasks={model.slots}" for model in models]
    with tempfile.TemporaryDirectory(dir=folder) as var:
        options = LocalOptions(
            var=Path(var),
            workers=workers,
            worker_concurrency=concurrency or max(1, sum(model.slots for model in models)),
            ollama_hosts=",".join(hosts) or NO_MODEL,
            flower=False,
            durable=durable,
            environment=environment or {},
            shop=shop,
        )
        with LocalStack(options) as stack:
            running = Service(info=stack.info, api=Api(stack.info))
            if workers:
                wait_until(
                    lambda: _known_models(running.info.database_url) == len(models),
                    seconds=START_SECONDS,
                    what="the workers to find the model servers",
                )
            yield running


def _known_models(database_url: str) -> int:
    """Model servers that the workers have found to answer; the API asks them itself."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT count(*) FROM gateways WHERE status = 'UP'").fetchone()
        assert row
        return int(row[0])


def took(operation: dict[str, Any]) -> float:
    """Seconds from the submit to the end of an operation, by the service's own clock."""
    begin, end = (
        datetime.fromisoformat(operation[name].replace("Z", "+00:00"))
        for name in ("submit_time", "end_time")
    )
    return (end - begin).total_seconds()


def rate(operation: dict[str, Any]) -> float:
    """Values a second from the submit to the end of an operation that has all of them.

    :raises RuntimeError: when it has not.
    """
    if operation["status"] != "COMPLETED":
        raise RuntimeError(f"the operation {operation['id']} {operation['status']}, not COMPLETED")
    return float(operation["generated_count"]) / took(operation)


def tokens_per_value(values: list[str]) -> float:
    """What a value costs in a JSON array, in the sample model's own tokens.

    Its tokens are such that many arrays cost no more than one: a prompt more adds none.
    """
    return count_tokens(json.dumps(values, ensure_ascii=False)) / len(values)
