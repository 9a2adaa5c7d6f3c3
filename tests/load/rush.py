"""A thousand clients at once, on a service that has its hands full already."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic

from tests.load import checks, crowd
from tests.load.client import Client, Habits, Memory
from tests.load.crowd import Crowd
from tests.load.sampling import Sampler
from tests.load.site import LARGE_MODEL, Site
from tests.load.tally import Tally

#: What clients do, in a hundred requests. A third of the submits is urgent, so that there is
#: something to read; the rest waits behind those that were there before.
WEIGHTS = {
    "poll job": 66,
    "read operation": 6,
    "submit": 12,
    "values": 8,
    "list jobs": 3,
    "download": 3,
    "cancel": 2,
}
QUEUED_PRIORITIES = (-2, -1, 0, 1, 2)
PRIORITIES = (-2, -1, 0, 1, 2, 5, 6)
LARGE_COUNT = 1_000_000
SUBMITTERS = 16

#: Of a slot, in tokens a second: none, so that the queue is whole when the clients come, and
#: then about as many jobs a second as come in.
CLOSED, OPEN = 1.0, 60.0

SAMPLE_SECONDS = 2.0

#: For the first values of the large operation, before anything else is asked for.
START_SECONDS = 180.0


@dataclass(kw_only=True)
class Result(crowd.Result):
    """And what else is looked at."""

    site: Site
    queued: int
    #: Values of the large operation when it was cancelled in the end.
    large: int


async def run(
    site: Site,
    *,
    clients: int,
    seconds: float,
    queued: int,
    think: float,
    large_model: str = LARGE_MODEL,
    report: Callable[[str], None],
) -> Result:
    """Queue up, let the clients come, and look what became of all that they were told.

    :param queued: operations that wait before the clients come, beside a large one that runs.
    :param think: seconds between an answer and the next request of a client, on average.
    """
    tally, memory = Tally(), Memory()
    habits = Habits(think=think, weights=WEIGHTS, priorities=PRIORITIES)
    waiting = Habits(think=0, weights=WEIGHTS, priorities=QUEUED_PRIORITIES)
    owner = Client(
        "large",
        url=site.info.api_url,
        key=site.keys[0],
        habits=habits,
        tally=tally,
        memory=memory,
    )
    # In the end an operation of a million has no room for so many repeats in a row.
    large = await owner.submit(
        "submit, before",
        requested_count=LARGE_COUNT,
        data_type="full names",
        priority=0,
        llm_model_name=large_model,
        error_tolerance=1_000,
    )
    if large is None:
        raise RuntimeError("the service would not have the large operation")
    async with asyncio.timeout(START_SECONDS):
        while not await owner.has_values(large.operation_id):
            await asyncio.sleep(0.2)
    if site.small:
        site.small.knobs.turn(tokens_per_second=CLOSED)
    began = monotonic()
    make = partial(crowd.queue_up, site, habits=waiting, tally=tally, memory=memory)
    await make(count=queued, at_once=SUBMITTERS)
    report(f"{queued} operations submitted in {monotonic() - began:.0f} s")
    if site.small:
        site.small.knobs.turn(tokens_per_second=OPEN)
    many = Crowd(
        site,
        count=clients,
        habits=habits,
        tally=tally,
        memory=memory,
        shared=[large.operation_id],
    )
    sampler = Sampler(site, tally, seconds=SAMPLE_SECONDS)
    sampler.start()
    await many.arrive()
    strain = await many.live(seconds=seconds)
    samples = sampler.stop()
    stored = await _end_large(owner, large.operation_id, tally)
    checks.check(site.info.database_url, memory=memory, tally=tally, kept=True)
    return Result(
        clients=clients,
        seconds=seconds,
        habits=habits,
        tally=tally,
        strain=strain,
        samples=samples,
        site=site,
        queued=samples[0].queued if samples else 0,
        large=stored,
    )


async def _end_large(owner: Client, operation_id: str, tally: Tally) -> int:
    """Cancel it, so that its books can be closed; return how many values it has."""
    operation = await owner.cancel_and_read(operation_id)
    if operation["generated_count"] == 0:
        tally.complain("the large operation runs beside the others", operation)
    return int(operation["generated_count"])
