"""How each kind of fault is done, and undone."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from signal import SIGCONT, SIGKILL, SIGQUIT, SIGSTOP

import psycopg
import redis

from deploy.local.postgres import API_ROLE, WORKER_ROLE
from shared.errors import Unavailable
from tests.chaos import audit
from tests.chaos.schedule import GATEWAYS, WORKERS, Event
from tests.chaos.world import World

Fault = Callable[[World, Event], AbstractContextManager[None]]

#: How long to insist on undoing something while other faults are in the way.
INSIST_SECONDS = 60.0

_OURS = f"usename IN ('{API_ROLE}', '{WORKER_ROLE}')"


def strike(world: World, event: Event) -> None:
    """Do what the event says, for as long as it says, and undo it."""
    with FAULTS[event.kind](world, event):
        time.sleep(event.lasts)


def _insist(act: Callable[[], object]) -> None:
    """Do it as soon as it can be done."""
    end = time.monotonic() + INSIST_SECONDS
    while True:
        try:
            act()
            return
        except (psycopg.Error, redis.RedisError, Unavailable):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


# Workers, API.


def _kill(world: World, part: str) -> None:
    world.stack.kill_part(part, SIGKILL)
    world.count("SIGKILL")


@contextmanager
def _kill_target(world: World, event: Event) -> Iterator[None]:
    _kill(world, event.target)
    yield


@contextmanager
def _kill_workers(world: World, event: Event) -> Iterator[None]:
    for worker in WORKERS:
        _kill(world, worker)
    yield


@contextmanager
def _kill_api(world: World, event: Event) -> Iterator[None]:
    _kill(world, "api")
    yield


@contextmanager
def _freeze_worker(world: World, event: Event) -> Iterator[None]:
    with world.calm.disturbed():
        world.stack.kill_part(event.target, SIGSTOP)
        world.count("SIGSTOP")
        yield
        world.stack.kill_part(event.target, SIGCONT)


@contextmanager
def _upgrade(world: World, event: Event) -> Iterator[None]:
    newcomer = world.start_newcomer(f"newcomer-{event.at:g}")
    world.count("rolling upgrade")
    try:
        # Told to end, it drains and gives back, while the new one takes its first prompts.
        world.stack.restart_part(event.target)
        yield
    finally:
        newcomer.stop()


@contextmanager
def _lose_worker(world: World, event: Event) -> Iterator[None]:
    """One that is killed and never comes back: only a sweeper returns what it had."""
    name = f"passer-by-{event.at:g}"
    passer_by = world.start_newcomer(name)
    try:
        passer_by.wait_ready()
        yield
        _wait_for_a_batch(world, name)
        passer_by.kill(name, SIGKILL)
        world.count("SIGKILL")
    finally:
        passer_by.stop()


def _wait_for_a_batch(world: World, worker: str) -> None:
    """Return when the worker has one under way; after a while in any case."""
    end = time.monotonic() + INSIST_SECONDS / 6
    query = f"SELECT 1 FROM batches WHERE worker LIKE '{worker}@%' AND NOT closing"
    while time.monotonic() < end:
        with suppress(psycopg.Error):
            if _ask(world, query):
                return
        time.sleep(0.02)


# Redis.


@contextmanager
def _kill_redis(world: World, event: Event) -> Iterator[None]:
    _kill(world, "redis")
    world.count("Redis wipe")  # it keeps nothing on disk
    yield


@contextmanager
def _flush_redis(world: World, event: Event) -> Iterator[None]:
    _insist(lambda: world.redis().flushall())
    world.count("Redis wipe")
    yield


@contextmanager
def _fill_redis(world: World, event: Event) -> Iterator[None]:
    _insist(lambda: world.redis().config_set("maxmemory", "1"))
    yield
    _insist(lambda: world.redis().config_set("maxmemory", "256mb"))


@contextmanager
def _freeze_redis(world: World, event: Event) -> Iterator[None]:
    world.stack.kill_part("redis", SIGSTOP)
    yield
    world.stack.kill_part("redis", SIGCONT)


# PostgreSQL.


def _ask(world: World, statement: str) -> list[int]:
    with world.superuser() as connection:
        return [row[0] for row in connection.execute(statement.encode())]


@contextmanager
def _restart_postgres(world: World, event: Event) -> Iterator[None]:
    with world.calm.disturbed():
        _insist(partial(_ask, world, "SELECT 1"))
        world.stack.kill_part("postgres", SIGQUIT)
        world.count("PostgreSQL restart")
        yield
        time.sleep(0.2)
        _insist(partial(_ask, world, "SELECT 1"))


@contextmanager
def _kill_backend(world: World, event: Event) -> Iterator[None]:
    """PostgreSQL then ends all its other processes too, and recovers as from a crash."""
    with world.calm.disturbed():
        found: list[int] = []

        def look() -> None:
            found[:] = _ask(world, f"SELECT pid FROM pg_stat_activity WHERE {_OURS}")

        _insist(look)
        if found:
            with suppress(ProcessLookupError):
                os.kill(found[int(event.share * 1000) % len(found)], SIGKILL)
                world.count("SIGKILL")
                world.count("PostgreSQL restart")
        yield
        time.sleep(0.2)
        _insist(partial(_ask, world, "SELECT 1"))


@contextmanager
def _again_and_again(world: World, statement: str, pause: float) -> Iterator[None]:
    over = threading.Event()

    def repeat() -> None:
        while True:
            with suppress(psycopg.Error):
                _ask(world, statement)
            if over.wait(pause):
                return

    thread = threading.Thread(target=repeat, daemon=True)
    with world.calm.disturbed():
        thread.start()
        yield
        over.set()
        thread.join()


def _cut_connections(world: World, event: Event) -> AbstractContextManager[None]:
    world.count("connections cut")
    statement = f"SELECT pg_terminate_backend(pid)::int FROM pg_stat_activity WHERE {_OURS}"
    return _again_and_again(world, statement, 0.3)


def _cancel_statements(world: World, event: Event) -> AbstractContextManager[None]:
    """The database ends what takes too long, which is everything: SQLSTATE 57014."""
    statement = (
        f"SELECT pg_cancel_backend(pid)::int FROM pg_stat_activity "
        f"WHERE {_OURS} AND state <> 'idle' AND random() < {event.share}"
    )
    return _again_and_again(world, statement, 0.02)


@contextmanager
def _lock_operations(world: World, event: Event) -> Iterator[None]:
    with world.calm.disturbed():
        try:
            with world.superuser() as connection, connection.transaction():
                connection.execute("SET LOCAL lock_timeout = '3s'")
                connection.execute("LOCK TABLE operations IN EXCLUSIVE MODE")
                yield
        except psycopg.OperationalError:
            pass  # another fault was faster


def _set_switch(world: World, name: str, share: float) -> None:
    with world.database() as database, database.transaction() as connection:
        audit.switch(connection, name, share)


@contextmanager
def _switch(name: str, world: World, event: Event) -> Iterator[None]:
    with world.calm.disturbed():
        _insist(partial(_set_switch, world, name, event.share))
        yield
        _insist(partial(_set_switch, world, name, 0.0))


# Gateways.


@contextmanager
def _kill_gateway(world: World, event: Event) -> Iterator[None]:
    world.kill_gateway(event.target)
    world.count("SIGKILL")
    yield


@contextmanager
def _misbehave(fault: str, world: World, event: Event) -> Iterator[None]:
    world.turn(event.target, fault={fault: event.share})
    yield
    world.turn(event.target, fault={})


FAULTS: dict[str, Fault] = {
    "kill worker": _kill_target,
    "kill all workers": _kill_workers,
    "freeze worker": _freeze_worker,
    "upgrade worker": _upgrade,
    "lose worker for good": _lose_worker,
    "kill API": _kill_api,
    "kill Redis": _kill_redis,
    "flush Redis": _flush_redis,
    "fill Redis": _fill_redis,
    "freeze Redis": _freeze_redis,
    "restart PostgreSQL at once": _restart_postgres,
    "kill a PostgreSQL backend": _kill_backend,
    "cut database connections": _cut_connections,
    "no room on disk": partial(_switch, "no room"),
    "serialization failures": partial(_switch, "serialization"),
    "statements time out": _cancel_statements,
    "lock operations": _lock_operations,
    "kill gateway": _kill_gateway,
    "gateway hangs": partial(_misbehave, "hang_before"),
    "gateway says 503": partial(_misbehave, "busy_503"),
    "gateway says 429": partial(_misbehave, "busy_429"),
    "gateway says 500": partial(_misbehave, "error_500"),
    "gateway loses the model": partial(_misbehave, "missing_404"),
    "gateway cuts answers": partial(_misbehave, "cut"),
    "gateway falls silent": partial(_misbehave, "hang_midway"),
    "gateway talks nonsense": partial(_misbehave, "broken_json"),
}


def mend_all(world: World) -> None:
    """Undo what may be left of any fault."""
    for part in (*WORKERS, "redis"):
        world.stack.kill_part(part, SIGCONT)
    for name in ("no room", "serialization"):
        _insist(partial(_set_switch, world, name, 0.0))
    _insist(lambda: world.redis().config_set("maxmemory", "256mb"))
    for gateway in GATEWAYS:
        world.turn(gateway, fault={}, tokens_per_second=0)
