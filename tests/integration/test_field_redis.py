"""Redis in its everyday states: away, a replica, refusing writes, changing places."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from signal import Signals

import pytest

from shared.db.engine import Database
from shared.settings import Settings
from tests.support.failover import RedisServer
from tests.support.site import Site
from tests.support.stack import NEVER_TWICE
from tests.support.waiting import wait_until
from worker.shift import SHIFT_SECONDS


@pytest.fixture
def site(settings: Settings, database: Database, project: Path, tmp_path: Path) -> Iterator[Site]:
    site = Site(settings, database, project=project, folder=tmp_path)
    yield site
    site.close()


def make_replica(site: Site) -> None:
    """As Sentinel, or an operator, tells the old primary; of one that is not there."""
    site.redis.command("REPLICAOF", "127.0.0.1", "9")


def make_primary(site: Site) -> None:
    site.redis.command("REPLICAOF", "NO", "ONE")


def want_replicas(site: Site) -> None:
    """Refuses writes as one that cannot save to its disk (MISCONF) does."""
    site.redis.command("CONFIG", "SET", "min-replicas-to-write", "1")


def want_no_replicas(site: Site) -> None:
    site.redis.command("CONFIG", "SET", "min-replicas-to-write", "0")


def fill(site: Site) -> None:
    site.redis.command("CONFIG", "SET", "maxmemory", "1")


def make_room(site: Site) -> None:
    site.redis.command("CONFIG", "SET", "maxmemory", "0")


def freeze(site: Site) -> None:
    """Takes connections and says nothing."""
    assert site.redis._program is not None
    site.redis._program.process.send_signal(Signals.SIGSTOP)


def thaw(site: Site) -> None:
    assert site.redis._program is not None
    site.redis._program.process.send_signal(Signals.SIGCONT)


def kill(site: Site) -> None:
    site.redis.kill()


def revive(site: Site) -> None:
    site.redis.start()


#: What breaks it, what mends it, and what is said of it.
STATES = {
    "replica": (make_replica, make_primary, "it is a replica"),
    "refuses": (want_replicas, want_no_replicas, "NOREPLICAS"),
    "full": (fill, make_room, "it has no memory left"),
    "frozen": (freeze, thaw, "does not answer"),
    "away": (kill, revive, "does not answer"),
}


@pytest.mark.field
@pytest.mark.parametrize("state", STATES)
def test_field_d2_a_worker_stays_and_works_whatever_redis_answers(site: Site, state: str) -> None:
    break_it, mend_it, says = STATES[state]
    worker = site.start_worker()
    site.make()
    break_it(site)
    print(f"{state}: operations took {site.make():.1f} and {site.make():.1f} s")
    readiness = site.readiness()
    assert (readiness["status"], readiness["broker"]["status"]) == ("degraded", "down")
    assert says in readiness["broker"]["reason"]
    waits = site.client.submit(llm_model_name="nobody-has-it")
    wait_until(lambda: says in site.client.job(waits).get("warning_message", ""))
    assert "the model nobody-has-it" in site.client.job(waits)["warning_message"]
    [listed] = [job for job in site.jobs() if job["id"] == waits["id"]]
    assert listed["warning_message"] == site.client.job(waits)["warning_message"]
    assert worker.is_alive
    mend_it(site)
    wait_until(lambda: site.readiness()["status"] == "ok")
    wait_until(lambda: says not in site.client.job(waits).get("warning_message", ""))
    assert not any(says in (job.get("warning_message") or "") for job in site.jobs())
    since = len(site.log.read_text())
    wait_until(lambda: site.make(1) > 0 and "Task valuemill.shift" in site.log.read_text()[since:])
    assert worker.end() == 0


@pytest.mark.field
def test_field_d3_work_begins_and_ends_while_redis_is_away_for_a_minute(site: Site) -> None:
    site.start_worker()
    site.make()
    site.redis.kill()
    began = time.monotonic()
    took = []
    while time.monotonic() < began + 60:
        # Some come while the worker is at work, others when it has long had none.
        time.sleep(3 * (len(took) % 3))
        took.append(site.make())
    took.sort()
    print(
        f"{len(took)} operations took {took[len(took) // 2]:.1f} s (median), {took[-1]:.1f} at most"
    )
    assert len(took) > 1
    site.redis.start()
    wait_until(lambda: site.readiness()["status"] == "ok")
    site.make()


@pytest.mark.field
def test_field_d3_a_worker_starts_and_works_without_redis(site: Site) -> None:
    site.redis.kill()
    worker = site.start_worker()
    site.make()
    assert worker.end() == 0


@pytest.mark.field
def test_field_d3_work_goes_on_for_longer_than_a_shift(site: Site) -> None:
    """Nobody waits for a wake-up between two shifts."""
    site.redis.kill()
    worker = site.start_worker()
    site.model.turn(tokens_per_second=100)
    job = site.client.submit(requested_count=20_000, data_type=NEVER_TWICE)
    wait_until(lambda: site.client.operation(job)["generated_count"] > 0)
    time.sleep(SHIFT_SECONDS + 1)
    since = site.client.operation(job)["generated_count"]
    wait_until(lambda: site.client.operation(job)["generated_count"] > since)
    assert site.client.job(job)["status"] == "STARTED"
    assert worker.end() == 0


@pytest.mark.field
def test_field_d2_a_replica_takes_the_place_of_its_primary(site: Site, tmp_path: Path) -> None:
    """Behind one address, which leads to the other from then on; old connections stay."""
    old, new = site.redis, RedisServer(tmp_path).start()
    try:
        new.command("REPLICAOF", "127.0.0.1", old.port)
        worker = site.start_worker()
        site.make()
        wait_until(lambda: "connected" in str(new.command("ROLE")))
        new.command("REPLICAOF", "NO", "ONE")
        site.address.move(new.port)
        old.command("REPLICAOF", "127.0.0.1", new.port)
        site.make()
        wait_until(lambda: site.readiness()["status"] == "ok")
        since = len(site.log.read_text())
        wait_until(
            lambda: site.make(1) > 0 and "Task valuemill.shift" in site.log.read_text()[since:]
        )
        assert worker.end() == 0
    finally:
        new.kill()


@pytest.mark.field
@pytest.mark.parametrize("key", ["valuemill", "_kombu.binding.valuemill"])
def test_field_d2_a_worker_stays_where_its_queue_is_no_queue(site: Site, key: str) -> None:
    worker = site.start_worker()
    site.make()
    site.redis.command("DEL", key)
    site.redis.command("SET", key, "somebody else's")
    site.make()
    assert worker.is_alive
    assert worker.end() == 0
