"""``python -m tests.chaos.copying``: copies whose parts are killed, held to an undisturbed one.

One shop is copied again and again with one seed, and looked at through the API as its clients do.
Meanwhile workers, processes of steps, the API, the customer's databases, our own and Redis are
killed at random, a hundred times. What comes of it is equal to the undisturbed copy where

- ``pg_dump --schema-only`` writes the same, to the byte: nothing is left that was taken away;
- each table has the same rows, as texts, each as often;
- each sequence has the same ``last_value`` and ``is_called``.

Rows are compared in an order of their own, and not in that of a dump, which is the order on disk
and no part of what a table says: a ``COPY`` that was cut off leaves the room of its rows to others,
and blocks that several processes write at once come in whatever order they are done.
"""

from __future__ import annotations

import os
import platform
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import click
import httpx
from sqlalchemy import text

from deploy.local.stack import LocalStack
from shared.db import accounts
from shared.synthesis.modes import KeyMethod
from shared.synthesis.run import Run
from tests.chaos.page import fill
from tests.support.copies import Copies, contents, dump, open_copies, sequences, shop_stack
from tests.support.processes import step_processes
from tests.support.waiting import wait_until

#: By their names in the stack, and what the page calls them.
VICTIMS = {
    "process": "a process of a step",
    "worker-1": "a worker",
    "worker-2": "the other worker",
    "api": "the API",
    "shop": "the customer's PostgreSQL, with source and target",
    "postgres": "our PostgreSQL",
    "redis": "Redis",
}

#: Processes are where most is to be lost.
CHANCES = (*VICTIMS, "process")

#: Between two kills, in seconds.
PAUSES = (0.3, 4.0)

#: What the API says while a part that it needs is away.
AWAY = frozenset({httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE})

#: Kills from which on a run is worth a place on the page.
ENOUGH = 100


@click.command()
@click.option("--kills", default=100, show_default=True, help="In all.")
@click.option("--seed", default=1, show_default=True, help="Settles who is killed, and when.")
@click.option("--seconds", default=3_600.0, show_default=True, help="Give up after.")
def main(kills: int, seed: int, seconds: float) -> None:
    """Kill parts while copies are made; exit with 1 when a copy is another than the first."""
    var = Path(tempfile.mkdtemp(prefix="valuemill-copying-"))
    with (
        shop_stack(var, durable=True) as stack,
        open_copies(stack, var) as copies,
        _client(copies) as client,
    ):
        trial = Trial(stack=stack, copies=copies, client=client, chance=random.Random(seed))
        began = time.monotonic()
        problem = trial.run(kills=kills, seconds=seconds)
    if problem:
        click.echo(f"VIOLATION: {problem}. Logs are in {var}.")
        sys.exit(1)
    if trial.killed.total() >= ENOUGH:
        fill("copying", trial.figures(seed=seed, seconds=time.monotonic() - began))
    shutil.rmtree(var, ignore_errors=True)


@dataclass(kw_only=True)
class Trial:
    """One shop, copied again and again."""

    stack: LocalStack
    copies: Copies
    client: httpx.Client
    chance: random.Random
    killed: Counter[str] = field(default_factory=Counter)
    made: int = 0

    def run(self, *, kills: int, seconds: float) -> str:
        """Kill so many parts, at most for so long; what does not hold, in a sentence."""
        copies, target = self.copies, self.copies.info.shop_copy_url
        engine, run = copies.create(copies.info.shop_url, target, key_method=KeyMethod.HASH)
        copies.succeed(run)
        copies.set(engine, use_seed=True, n_parallel_pipeline_processes=2)
        copies.succeed(copies.start(engine))
        undisturbed = _state(target)
        end = time.monotonic() + seconds
        while self.killed.total() < kills:
            if time.monotonic() > end:
                return f"there were {self.killed.total()} kills in {seconds:g} seconds"
            run = copies.start(engine, data_batch_size=200)
            while self._status(run) in ("", "STARTED", "IN_PROGRESS"):
                time.sleep(self.chance.uniform(*PAUSES))
                if self.killed.total() < kills:
                    victim = self.chance.choice(CHANCES)
                    self.killed[victim] += self._kill(victim)
            wait_until(lambda: _answers(target), what="the customer's server")
            found = copies.run(run)
            if (found.state, self._status(run)) != ("SUCCESS", "SUCCESS"):
                return f"a copy ended as {found.state}: {found.reason}"
            for what, first, now in zip(KINDS, undisturbed, _state(target), strict=True):
                if first != now:
                    return f"a copy has other {what} than the undisturbed one"
            if left := _left(copies):
                return f"{left} repairs were left undone"
            self.made += 1
            kinds = dict(self.killed)
            click.echo(f"{self.made} copies as the first, {self.killed.total()} kills: {kinds}")
        return ""

    def figures(self, *, seed: int, seconds: float) -> str:
        """What came of it, in Markdown."""
        lines = [
            f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python "
            f"{platform.python_version()}, seed {seed}: {self.made} copies in "
            f"{seconds / 60:.0f} minutes, each equal to the undisturbed one.",
            "",
            "| killed | times |",
            "|---|---|",
            *(f"| {said} | {self.killed[name]} |" for name, said in VICTIMS.items()),
            f"| in all | {self.killed.total()} |",
        ]
        return "\n".join(lines)

    def _status(self, run: Run) -> str:
        """What the API says of a run; empty while there is no answer."""
        try:
            answer = self.client.get(f"/jobs/{run.id}/")
        except httpx.TransportError:
            return ""
        if answer.status_code in AWAY:
            return ""
        return str(answer.raise_for_status().json()["status"])

    def _kill(self, victim: str) -> int:
        """Kill one; return how many there were."""
        if victim != "process":
            with suppress(Exception):  # it is being started again just now
                self.stack.kill_part(victim)
                return 1
            return 0
        found = [
            pid
            for name, worker in self.stack.info.pids.items()
            if name.startswith("worker")
            for pid in step_processes(worker)
        ]
        if not found:
            return 0
        with suppress(ProcessLookupError):
            os.kill(self.chance.choice(found), signal.SIGKILL)
            return 1
        return 0


#: What two copies have to have alike, as :func:`_state` has it.
KINDS = ("parts of its schema", "rows", "sequences")


def _state(url: str) -> tuple[object, ...]:
    return dump(url), contents(url), sequences(url)


@contextmanager
def _client(copies: Copies) -> Iterator[httpx.Client]:
    """Whoever has the copies made, at the API."""
    with copies.database.transaction() as connection:
        key = accounts.create_key(connection, account="copies", name="chaos")
    with httpx.Client(
        base_url=f"{copies.info.api_url}/api/v1",
        headers={"Authorization": f"apk {key}"},
        trust_env=False,
    ) as client:
        yield client


def _answers(url: str) -> bool:
    with suppress(Exception):
        return bool(contents(url))
    return False


def _left(copies: Copies) -> int:
    with copies.database.transaction() as connection:
        left = connection.scalar(text("SELECT count(*) FROM repairs WHERE done_at IS NULL"))
        return int(left or 0)


if __name__ == "__main__":
    main()
