"""Redis under a Sentinel: all who use it follow the primary, and nobody shows a password."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from redis import Redis
from redis.exceptions import RedisError

from api.http.counting import Counter
from deploy.cli import cli
from deploy.local.binaries import find_binaries
from deploy.local.ports import Ports
from deploy.local.stack import LocalInfo
from shared import settings
from shared.broker import open_broker
from shared.db.engine import Database
from shared.queue.wakeups import QUEUE, WakeUps, create_celery
from tests.support.waiting import PATIENCE, wait_until

#: Of the Redis and of the Sentinel; both need to be written otherwise in an address.
PASSWORD, GUARD = "hunter/2@x", "sword#fish"

pytestmark = pytest.mark.field


@dataclass(frozen=True)
class Watched:
    """A primary, its replica, and the Sentinel that watches them."""

    sentinel: Redis
    url: str

    @property
    def primary(self) -> int:
        """The port of the one that is the primary now."""
        return int(self.sentinel.sentinel_get_master_addr_by_name("mill")[1])  # type: ignore[no-untyped-call]

    def fail_over(self) -> None:
        """Have the two change places."""
        before = self.primary

        def asked() -> bool:
            with suppress(RedisError):  # no replica is known yet
                self.sentinel.execute_command("SENTINEL FAILOVER mill")
            return self.primary != before

        wait_until(asked, what="the replica to be the primary")


@contextmanager
def running(*arguments: str) -> Iterator[None]:
    process = subprocess.Popen(
        [str(find_binaries().redis_server), *arguments], stdout=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.kill()
        process.wait()


def answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("sentinel")
    ports = Ports(["one", "two", "sentinel"])
    one, two, guard = (ports.numbers[name] for name in ("one", "two", "sentinel"))
    (folder / "sentinel.conf").write_text(
        f"port {guard}\nbind 127.0.0.1\ndir {folder}\nrequirepass {GUARD}\n"
        f"sentinel monitor mill 127.0.0.1 {one} 1\nsentinel auth-pass mill {PASSWORD}\n"
        "sentinel down-after-milliseconds mill 1000\nsentinel failover-timeout mill 2000\n"
    )
    plain = ["--bind", "127.0.0.1", "--save", "", "--requirepass", PASSWORD]
    plain += ["--masterauth", PASSWORD, "--repl-diskless-sync-delay", "0", "--dir", str(folder)]
    with ExitStack() as stack:
        stack.callback(ports.release)
        stack.enter_context(running("--port", str(one), *plain))
        stack.enter_context(
            running("--port", str(two), *plain, "--replicaof", "127.0.0.1", str(one))
        )
        for port in (one, two):
            client = stack.enter_context(Redis(port=port, password=PASSWORD))
            wait_until(lambda client=client: answers(client), what="Redis")  # type: ignore[misc]
        stack.enter_context(running(str(folder / "sentinel.conf"), "--sentinel"))
        sentinel = stack.enter_context(Redis(port=guard, password=GUARD))
        wait_until(lambda: answers(sentinel), what="the Sentinel")
        yield Watched(
            sentinel=sentinel,
            url=f"sentinel://:hunter%2F2%40x@127.0.0.1:{guard}/0;sentinel://127.0.0.1:9"
            "?master_name=mill&sentinel_password=sword%23fish",
        )
    ports.release()


def assert_tells_no_secret(text: str) -> None:
    for part in ("hunter", "2@x", "2%40x", "sword", "fish"):
        assert part not in text.replace("password", "")


def test_field_d6_all_users_of_redis_follow_the_primary_that_the_sentinels_name(
    watched: Watched,
) -> None:
    wake_ups = WakeUps(create_celery(watched.url, name="test"))
    client = open_broker(watched.url, timeout=3.0)
    counter = Counter(client, "1000/hour")
    before = counter.count("key").remaining
    wake_ups.send(1)
    assert wake_ups.waiting() == 1
    watched.fail_over()
    # Whoever holds a connection to the one before may need another try.
    wait_until(lambda: answers(client), what="the new primary")
    wait_until(lambda: counter.count("key").remaining < before, what="counts on the new primary")

    with Redis(port=watched.primary, password=PASSWORD) as primary:
        assert primary.info("replication")["role"] == "master"
        known = primary.llen(QUEUE)

        def arrives() -> bool:
            wake_ups.send(1)
            return bool(primary.llen(QUEUE) > known)

        wait_until(arrives, what="a wake-up on the new primary")


def test_field_d6_a_worker_takes_wake_ups_from_the_sentinels_primary_and_shows_no_password(
    watched: Watched, backing: LocalInfo, database: Database, project: Path, tmp_path: Path
) -> None:
    ready, log = tmp_path / "ready", tmp_path / "log"
    wake_ups = WakeUps(create_celery(watched.url, name="test"))
    with log.open("w") as output:
        worker = subprocess.Popen(
            [sys.executable, "-m", "deploy.cli", "worker", "--name", "followed"],
            cwd=project,
            env={
                "PATH": os.environ["PATH"],
                "VALUEMILL_DATABASE_URL": backing.worker_database_url,
                "VALUEMILL_BROKER_URL": watched.url,
                "VALUEMILL_SECRET_KEY": "a secret for tests only",
                "VALUEMILL_OLLAMA_HOSTS": "http://127.0.0.1:9",
                "VALUEMILL_READY_FILE": str(ready),
                "VALUEMILL_LOG_LEVEL": "DEBUG",
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(ready.exists, what="the worker")
        for _ in range(2):
            wake_ups.send(1)
            wait_until(lambda: wake_ups.waiting() == 0, what="the wake-up to be taken")
            watched.fail_over()
    finally:
        worker.terminate()
        assert worker.wait(timeout=PATIENCE) == 0
    assert_tells_no_secret(log.read_text())


def test_field_d6_the_doctor_looks_at_the_primary(
    watched: Watched, backing: LocalInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VALUEMILL_DATABASE_URL", backing.api_database_url)
    monkeypatch.setenv("VALUEMILL_BROKER_URL", watched.url)
    monkeypatch.setenv("VALUEMILL_SECRET_KEY", "0123456789abcdef")
    monkeypatch.setenv("VALUEMILL_OLLAMA_HOSTS", "http://127.0.0.1:9")
    assert settings.load().broker_url == watched.url
    told = CliRunner().invoke(cli, ["doctor"]).stdout
    assert "answers at mill, as the Sentinels at 127.0.0.1" in told
    assert "is a replica" not in told
    assert_tells_no_secret(told)


def test_field_d6_flower_reads_the_sentinels_too(watched: Watched, project: Path) -> None:
    ports = Ports(["flower"])
    url = f"http://127.0.0.1:{ports.numbers['flower']}/api/queues/length"
    flower = subprocess.Popen(
        [sys.executable, "-m", "deploy.flower", f"--port={ports.numbers['flower']}"],
        cwd=project,
        env={
            "PATH": os.environ["PATH"],
            "CELERY_BROKER_URL": watched.url,
            "FLOWER_BASIC_AUTH": "a:b",
        },
        stderr=subprocess.PIPE,
        text=True,
    )

    def counts() -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(url, auth=("a", "b"), trust_env=False).is_success
        return False

    try:
        wait_until(counts, what="Flower to count what waits")
    finally:
        flower.terminate()
        _, told = flower.communicate(timeout=PATIENCE)
        ports.release()
    assert_tells_no_secret(told)
