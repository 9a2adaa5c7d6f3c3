"""What the faults happen to: the stack, two model servers, and the keys to break them."""

from __future__ import annotations

import os
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL
from time import monotonic
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
from redis import Redis

from deploy.local.options import PROJECT, LocalOptions
from deploy.local.part import Part, answers
from deploy.local.parts import Commands
from deploy.local.ports import Ports
from deploy.local.postgres import SUPERUSER
from deploy.local.secrets import SecretsFile
from deploy.local.stack import LocalInfo, LocalStack
from deploy.local.supervisor import Supervisor
from shared.db.engine import Database
from tests.chaos import audit
from tests.chaos.schedule import GATEWAYS, SKEWED
from tests.chaos.worker import VARIABLE as SKEW
from tests.support.stack import SampleModel

LEASE_SECONDS = 4
SLOTS = {"gateway-1": 3, "gateway-2": 2}
PYTHON = (sys.executable, "-m")

#: Of the model servers: more than their slots, so that one prompt too many shows; fast enough
#: for a few hundred values a second, slow enough that faults strike in the middle of answers.
KNOBS = {"slots": 64, "tokens_per_second": 250}


@dataclass
class Calm:
    """Since when nothing has kept the service from doing what it does within a moment."""

    _busy: int = 0
    _since: float = field(default_factory=monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def disturbed(self) -> Iterator[None]:
        with self._lock:
            self._busy += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1
                self._since = monotonic()

    def since(self) -> float:
        """By ``monotonic``; later than now while it is disturbed."""
        with self._lock:
            return float("inf") if self._busy else self._since


class World:
    """The stack with all that is needed to break it; a context manager."""

    def __init__(self, var: Path, *, skew: int) -> None:
        self.var = var
        #: A frozen worker, or a database that is away, holds up leases and hides closed streams.
        self.calm = Calm()
        #: What was done to it.
        self.done: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._ports = Ports(GATEWAYS)
        self.urls = {name: f"http://127.0.0.1:{self._ports.numbers[name]}" for name in GATEWAYS}
        self.models = {name: SampleModel(url) for name, url in self.urls.items()}
        self._gateways = Supervisor(report=lambda _: None, launched=lambda: None)
        self._newcomers: list[Supervisor] = []
        self._environment = {
            "VALUEMILL_LEASE_SECONDS": str(LEASE_SECONDS),
            "VALUEMILL_FIRST_TOKEN_TIMEOUT": "4",
            "VALUEMILL_STALL_TIMEOUT": "2",
            "VALUEMILL_LOAD_TIMEOUT": "5",
            "VALUEMILL_CONNECT_TIMEOUT": "2",
            "VALUEMILL_RATE_LIMIT": "",
            SKEW: f"{SKEWED}:{skew}",
        }
        self._hosts = ",".join(
            f"{url}#max_concurrent_tasks={SLOTS[name]}" for name, url in self.urls.items()
        )
        self.stack = LocalStack(
            LocalOptions(
                var=var,
                workers=3,
                worker_concurrency=4,
                ollama_hosts=self._hosts,
                flower=False,
                durable=False,
                environment=self._environment,
            ),
            commands=Commands(worker=(*PYTHON, "tests.chaos.worker", "--name", "{name}")),
        )
        self.info: LocalInfo

    def __enter__(self) -> World:
        try:
            self.var.mkdir(parents=True, exist_ok=True)
            self._gateways.start(self._gateway(name) for name in GATEWAYS)
            self._gateways.wait_ready()
            self.info = self.stack.start()
            with self.database() as database, database.transaction() as connection:
                audit.install(connection)
            return self
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for newcomer in self._newcomers:
            newcomer.stop()
        self.stack.stop()
        self._gateways.stop()
        self._ports.release()

    # What tests and faults get at it with.

    def count(self, deed: str) -> None:
        """Note something that was done to it."""
        with self._counting:
            self.done[deed] += 1

    @contextmanager
    def database(self) -> Iterator[Database]:
        """The database as the owner of the tables, without a pool that remembers better days."""
        with Database(self.info.database_url, pool_size=1, application="chaos") as database:
            yield database

    @contextmanager
    def superuser(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection that may end those of others."""
        parts = urlsplit(self.info.database_url)
        password = SecretsFile(self.var).load()[0].database_admin_password
        place = f"{SUPERUSER}:{password}@{parts.hostname}:{parts.port}"
        url = urlunsplit((parts.scheme, place, parts.path, "", ""))
        with psycopg.connect(url, autocommit=True, connect_timeout=3) as connection:
            yield connection

    def redis(self) -> Redis:
        """A client of the broker."""
        return Redis.from_url(self.info.broker_url, socket_timeout=3, socket_connect_timeout=3)

    def turn(self, gateway: str, **knobs: Any) -> None:
        """Turn knobs of a model server, unless it is dead at the moment."""
        with suppress(httpx.HTTPError):
            self.models[gateway].turn(**knobs)

    def active(self, gateway: str) -> int | None:
        """Prompts that a model server works on; None while it does not answer."""
        try:
            return int(self.models[gateway].stats()["active"])
        except (httpx.HTTPError, ValueError, KeyError):
            return None

    def kill_gateway(self, name: str) -> None:
        """With SIGKILL; it comes back at the same address."""

        self._gateways.kill(name, SIGKILL)

    def start_newcomer(self, name: str) -> Supervisor:
        """One more worker, as a new version that is rolled out beside the old one."""
        newcomer = Supervisor(report=lambda _: None, launched=lambda: None)
        newcomer.start([self._worker(name)])
        self._newcomers.append(newcomer)
        return newcomer

    def _gateway(self, name: str) -> Part:
        port = self._ports.numbers[name]
        knobs = [f"--{knob.replace('_', '-')}={value}" for knob, value in KNOBS.items()]
        return Part(
            name=name,
            argv=(*PYTHON, "deploy.sample_model", f"--port={port}", *knobs),
            env=self._surroundings({}),
            folder=PROJECT,
            log=self.var / f"{name}.log",
            ready=answers(port, "/api/version"),
        )

    def _worker(self, name: str) -> Part:
        return Part(
            name=name,
            argv=(*PYTHON, "tests.chaos.worker", "--name", name),
            env=self._surroundings(
                {
                    "VALUEMILL_DATABASE_URL": self.info.worker_database_url,
                    "VALUEMILL_BROKER_URL": self.info.broker_url,
                    "VALUEMILL_SECRET_KEY": "nothing is signed by workers",
                    "VALUEMILL_OLLAMA_HOSTS": self._hosts,
                    "VALUEMILL_WORKER_CONCURRENCY": "4",
                    **self._environment,
                }
            ),
            folder=PROJECT,
            log=self.var / f"{name}.log",
        )

    @staticmethod
    def _surroundings(own: dict[str, str]) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(PROJECT),
            "NO_PROXY": "127.0.0.1,localhost",
            **own,
        }
