"""What the clients meet: the embedded stack as processes, two model servers, a few accounts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.app import POOL_SIZE
from deploy.local.options import LocalOptions
from deploy.local.postgres import API_ROLE, WORKER_ROLE
from deploy.local.stack import LocalInfo, LocalStack
from shared.db import accounts
from shared.db.engine import MAX_READERS, Database
from tests.bench.service import Model, sample_model
from worker.host import connections_of

ACCOUNTS = 4
WORKERS = 2
CONCURRENCY = 8

#: The small jobs have a model server to themselves, and so has the large one: strict priority
#: would keep it waiting otherwise.
SMALL_MODEL, LARGE_MODEL = "sample-faker", "sample-large"
SLOTS = 8
LARGE_SLOTS = 4

#: A pool may open as many connections again as it keeps; a slow reader has one of its own.
API_CONNECTIONS = 2 * POOL_SIZE + MAX_READERS


@dataclass(frozen=True, kw_only=True)
class Site:
    """A running service and the keys of those who use it."""

    info: LocalInfo
    keys: Sequence[str]
    #: Most connections to the database, by the role of those who hold them.
    bounds: Mapping[str, int]
    #: The model server of the small jobs.
    small: Model | None = None


def of_stack(info: LocalInfo, *, concurrency: int, names: str) -> Site:
    """Make ``ACCOUNTS`` accounts on a running stack, their names beginning like this."""
    with Database(info.database_url, pool_size=1) as database:
        keys = [
            database.run(
                lambda connection, number=number: accounts.create_key(  # type: ignore[misc]
                    connection, account=f"{names} {number}", name="load"
                )
            )
            for number in range(ACCOUNTS)
        ]
    workers = sum(name.startswith("worker") for name in info.pids)
    return Site(
        info=info,
        keys=keys,
        bounds={
            API_ROLE: API_CONNECTIONS,
            WORKER_ROLE: workers * 2 * connections_of(concurrency),
        },
    )


@contextmanager
def running(var: Path, *, tokens_per_second: float) -> Iterator[Site]:
    """The stack as ``make up`` starts it, on model servers of its own, without Flower.

    :param tokens_per_second: of a slot of the large job's model server.
    """
    with (
        sample_model(slots=SLOTS, model=[SMALL_MODEL]) as small,
        sample_model(
            slots=LARGE_SLOTS, model=[LARGE_MODEL], tokens_per_second=tokens_per_second
        ) as large,
        LocalStack(
            LocalOptions(
                var=var,
                workers=WORKERS,
                worker_concurrency=CONCURRENCY,
                ollama_hosts=",".join(
                    f"{model.url}#max_concurrent_tasks={model.slots}" for model in (small, large)
                ),
                flower=False,
                environment={"VALUEMILL_MODEL": SMALL_MODEL},
            )
        ) as stack,
    ):
        site = of_stack(stack.info, concurrency=CONCURRENCY, names="load")
        yield Site(info=site.info, keys=site.keys, bounds=site.bounds, small=small)


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
