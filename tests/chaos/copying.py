"""``python -m tests.chaos.copying``: copies whose parts are killed, held to an undisturbed one.

One shop is copied again and again with one seed. Meanwhile workers, processes of steps, the
customer's databases, our own and Redis are killed at random. Every copy has to have the same rows
as the first, the same schema, and nothing left that was taken away.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import click
from sqlalchemy import text

from deploy.local.options import LocalOptions
from deploy.local.stack import LocalStack
from deploy.shop import loading
from shared.errors import Unavailable
from shared.synthesis.modes import KeyMethod
from shared.synthesis.run import Run
from tests.support.copies import Copies, contents, dump, open_copies
from tests.support.processes import step_processes
from tests.support.waiting import wait_until

VICTIMS = ("process", "process", "worker-1", "worker-2", "shop", "postgres", "redis")

#: Between two kills, in seconds.
PAUSES = (0.3, 4.0)


@click.command()
@click.option("--kills", default=100, show_default=True, help="In all.")
@click.option("--seed", default=1, show_default=True, help="Settles who is killed, and when.")
@click.option("--seconds", default=3_600.0, show_default=True, help="Give up after.")
def main(kills: int, seed: int, seconds: float) -> None:
    """Kill parts while copies are made; exit with 1 when a copy is another than the first."""
    var = Path(tempfile.mkdtemp(prefix="valuemill-copying-"))
    options = LocalOptions(
        var=var,
        workers=2,
        ollama_hosts="",
        api=False,
        flower=False,
        shop=True,
        durable=True,
        environment={"VALUEMILL_LEASE_SECONDS": "4", "VALUEMILL_SYNTHESIS_PROCESSES": "2"},
    )
    with LocalStack(options) as stack:
        loading.fill(stack.info.shop_url)
        with open_copies(stack, var) as copies:
            done = _break(stack, copies, kills=kills, chance=random.Random(seed), seconds=seconds)
    if not done:
        click.echo(f"Logs are in {var}.")
        sys.exit(1)
    shutil.rmtree(var, ignore_errors=True)


def _break(
    stack: LocalStack, copies: Copies, *, kills: int, chance: random.Random, seconds: float
) -> bool:
    target = copies.info.shop_copy_url
    engine, run = copies.create(copies.info.shop_url, target, key_method=KeyMethod.HASH)
    copies.succeed(run)
    copies.set(engine, use_seed=True, n_parallel_pipeline_processes=2)
    copies.succeed(copies.start(engine))
    schema, rows = dump(target), contents(target)
    killed: Counter[str] = Counter()
    end = time.monotonic() + seconds
    made = 0
    while killed.total() < kills and time.monotonic() < end:
        run = copies.start(engine, data_batch_size=200)
        while not _is_over(copies, run):
            time.sleep(chance.uniform(*PAUSES))
            if killed.total() < kills:
                victim = chance.choice(VICTIMS)
                killed[victim] += _kill(stack, victim, chance)
        wait_until(lambda: _answers(target), what="the customer's server")
        found = copies.run(run)
        if found.state != "SUCCESS":
            click.echo(f"VIOLATION: a copy ended as {found.state}: {found.reason}")
            return False
        if (dump(target), contents(target)) != (schema, rows):
            click.echo("VIOLATION: a copy is another than the undisturbed one")
            return False
        if left := _left(copies):
            click.echo(f"VIOLATION: {left} repairs were left undone")
            return False
        made += 1
        click.echo(f"{made} copies as the first, {killed.total()} kills: {dict(killed)}")
    return True


def _kill(stack: LocalStack, victim: str, chance: random.Random) -> int:
    """Kill one; return how many there were."""
    if victim != "process":
        with suppress(Exception):  # it is being started again just now
            stack.kill_part(victim)
            return 1
        return 0
    found = [
        pid
        for name, worker in stack.info.pids.items()
        if name.startswith("worker")
        for pid in step_processes(worker)
    ]
    if not found:
        return 0
    with suppress(ProcessLookupError):
        os.kill(chance.choice(found), signal.SIGKILL)
        return 1
    return 0


def _is_over(copies: Copies, run: Run) -> bool:
    with suppress(Unavailable):
        return copies.run(run).ended_at is not None
    return False


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
