"""Many clients in one loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from tests.load.client import Client, Habits, Memory
from tests.load.sampling import Sample
from tests.load.site import Site
from tests.load.tally import Tally

#: How often the loop of the clients is asked how far behind it is.
LAG_SECONDS = 0.1


@dataclass(kw_only=True)
class Strain:
    """What the clients themselves cost; they must not be what the service is slowed down by."""

    #: Of one core.
    processor: float = 0.0
    #: Seconds that the loop was behind, at each look.
    behind: list[float]
    #: Most connections that were open at once.
    connected: int = 0


@dataclass(kw_only=True)
class Result:
    """What came of a run."""

    clients: int
    seconds: float
    habits: Habits
    tally: Tally
    strain: Strain
    samples: Sequence[Sample]


class Crowd:
    """``count`` clients, spread over the accounts of a site."""

    def __init__(
        self,
        site: Site,
        *,
        count: int,
        habits: Habits,
        tally: Tally,
        memory: Memory,
        names: str = "client",
        shared: Sequence[str] = (),
    ) -> None:
        """Make the clients; ``shared`` is an operation of each of the first accounts."""
        self.clients = [
            Client(
                f"{names} {number}",
                url=site.info.api_url,
                key=site.keys[number % len(site.keys)],
                habits=habits,
                tally=tally,
                memory=memory,
                shared=dict(enumerate(shared)).get(number % len(site.keys), ""),
            )
            for number in range(count)
        ]

    async def arrive(self) -> None:
        """All submit something at the same moment, as when the masking of a night begins."""

        async def arrive(client: Client) -> None:
            async def submit() -> None:
                await client.submit("submit, all at once")

            await client.try_to(submit)

        await asyncio.gather(*map(arrive, self.clients))

    async def live(self, *, seconds: float) -> Strain:
        """Let them live for so long; return when the last has had its last answer."""
        strain = Strain(behind=[])
        over = asyncio.Event()
        watching = asyncio.create_task(self._watch(strain))
        cpu, began = time.process_time(), time.monotonic()
        living = [asyncio.create_task(each.live(over=over)) for each in self.clients]
        await asyncio.sleep(seconds)
        strain.processor = (time.process_time() - cpu) / (time.monotonic() - began)
        over.set()
        await asyncio.gather(*living)
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        return strain

    async def _watch(self, strain: Strain) -> None:
        while True:
            due = time.monotonic() + LAG_SECONDS
            await asyncio.sleep(LAG_SECONDS)
            strain.behind.append(time.monotonic() - due)
            strain.connected = max(
                strain.connected, sum(each.is_connected for each in self.clients)
            )


async def queue_up(
    site: Site, *, count: int, habits: Habits, tally: Tally, memory: Memory, at_once: int
) -> None:
    """Submit ``count`` jobs as fast as the service takes them, ``at_once`` at a time."""
    submitters = Crowd(
        site, count=at_once, habits=habits, tally=tally, memory=memory, names="before"
    )
    left = iter(range(count))

    async def submit(client: Client) -> None:
        async def one() -> None:
            await client.submit("submit, before")

        for _ in left:
            await client.try_to(one)

    await asyncio.gather(*map(submit, submitters.clients))
    for client in submitters.clients:
        client.hang_up()
