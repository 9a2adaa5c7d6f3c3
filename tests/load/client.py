"""What a client does, and remembers: it submits, polls, reads, and cancels now and then.

It does one thing at a time and then thinks for a while, as programs that wait for test data do.
Each answer is held to what the API promises; what is not a fair answer is a violation.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from tests.load.tally import Tally
from tests.load.wire import Answer, NoAnswer, Stale, Wire

BASE = "/dct/v3"

#: What is asked for, with room for a few dozen values each.
DATA_TYPES = ("full names", "companies", "cities", "songs", "street addresses")

#: Jobs that a client still looks at; it forgets older ones.
KEPT_IN_MIND = 4

#: How often a request is sent again that the service was too busy for.
PATIENCE = 5

NO_CONNECTION_BREAKS = "no connection is refused or broken"

RANKS = {"PENDING": 0, "STARTED": 1, "COMPLETED": 2, "FAILED": 2, "CANCELED": 2}


@dataclass(frozen=True, kw_only=True)
class Habits:
    """How clients behave.

    :param think: seconds between an answer and the next request, on average.
    :param weights: how often each thing is done, in any unit.
    :param priorities: of what is submitted; drawn evenly.
    :param retention: seconds; None keeps operations for ever.
    """

    think: float
    weights: dict[str, int]
    priorities: Sequence[int]
    sizes: Sequence[int] = (1, 3, 5, 10, 20)
    retention: int | None = None
    #: Seconds that any answer may take.
    patience: float = 60.0


@dataclass(kw_only=True)
class Known:
    """A job as the client knows it."""

    id: str
    operation_id: str
    name: str
    rank: int = 0
    etag: str = ""


@dataclass(kw_only=True)
class Memory:
    """What all clients were told; by the names of their jobs, which are unique."""

    #: Accepted: the name and the id of the job.
    accepted: dict[str, str] = field(default_factory=dict)
    #: Sent, and not answered: they exist or not, but not twice.
    unsure: set[str] = field(default_factory=set)


class Client:
    """One of many in a loop; see the module.

    :param name: unique; settles what it does, and begins the names of its jobs.
    :param shared: an operation of its account that others made, to be read now and then.
    """

    def __init__(
        self,
        name: str,
        *,
        url: str,
        key: str,
        habits: Habits,
        tally: Tally,
        memory: Memory,
        shared: str = "",
    ) -> None:
        self.name = name
        self._chance = random.Random(name)
        self._habits = habits
        self._tally = tally
        self._memory = memory
        self._shared = shared
        self._wire = Wire(url, key=key, patience=habits.patience)
        self._known: deque[Known] = deque(maxlen=KEPT_IN_MIND)
        self._made = 0
        acts: dict[str, Callable[[], Awaitable[None]]] = {
            "submit": self._submit,
            "poll job": self._poll_job,
            "read operation": self._read_operation,
            "values": self._read_values,
            "download": self._download,
            "list jobs": self._list_jobs,
            "cancel": self._cancel,
        }
        self._acts = [acts[name] for name in habits.weights]
        self._weights = list(habits.weights.values())

    @property
    def is_connected(self) -> bool:
        """Whether a connection is kept for the next request."""
        return self._wire.is_open

    async def live(self, *, over: asyncio.Event) -> None:
        """Do one thing after another until it is over."""
        pause = self._chance.uniform(0, self._habits.think)
        while not await _is_set(over, within=pause):
            act = self._chance.choices(self._acts, self._weights)[0]
            await self.try_to(act)
            pause = self._chance.uniform(0.5, 1.5) * self._habits.think
        self.hang_up()

    def hang_up(self) -> None:
        """Close the connection."""
        self._wire.close()

    async def try_to(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do it, and note when the service failed."""
        try:
            await act()
        except NoAnswer as error:
            self._tally.complain(NO_CONNECTION_BREAKS, (self.name, str(error)))
        except Exception as error:
            self._tally.complain("answers are as they are described", (self.name, repr(error)))

    async def submit(self, kind: str = "submit", **fields: Any) -> Known | None:
        """Submit a job of these fields; None when the service would not have it."""
        self._made += 1
        body = {
            "name": f"{self.name} {self._made}",
            "data_type": self._chance.choice(DATA_TYPES),
            "multiline_values": False,
            "requested_count": self._chance.choice(self._habits.sizes),
            "priority": self._chance.choice(self._habits.priorities),
            **fields,
        }
        if self._habits.retention is not None:
            body.setdefault("retention_time", self._habits.retention)
        with_key = self._chance.random() < 0.5
        headers = {"Idempotency-Key": body["name"]} if with_key else {}
        answer = await self._send(kind, body, headers)
        if answer is None:
            return None
        known = self._accept(body["name"], answer)
        if with_key and self._chance.random() < 0.3:
            # As one does who did not hear the answer.
            again = await self._send(kind, body, headers)
            if again is not None and again.json()["job"]["id"] != known.id:
                self._tally.complain("the same key gives the same job", again.body)
        return known

    async def has_values(self, operation_id: str) -> bool:
        """Whether an operation has begun to bring something."""
        answer = await self._ask("read operation", "GET", f"/ai/generate/{operation_id}")
        return bool(answer.json()["generated_count"])

    async def cancel_and_read(self, operation_id: str) -> dict[str, Any]:
        """End an operation early; return what became of it."""
        path = f"/ai/generate/{operation_id}"
        await self._ask("cancel", "POST", f"{path}/cancel", fair=(409,))
        answer = await self._ask("read operation", "GET", path)
        self.hang_up()
        return dict(answer.json())

    async def _send(
        self, kind: str, body: dict[str, Any], headers: dict[str, str]
    ) -> Answer | None:
        self._memory.unsure.add(body["name"])
        answer = await self._ask(
            kind, "POST", "/ai/generate", body=body, headers=headers, again=bool(headers)
        )
        self._memory.unsure.discard(body["name"])
        return answer if answer.status == 200 else None

    def _accept(self, name: str, answer: Answer) -> Known:
        job = answer.json()["job"]
        self._memory.accepted[name] = job["id"]
        known = Known(id=job["id"], operation_id=job["target_id"], name=name)
        self._known.append(known)
        return known

    async def _submit(self) -> None:
        await self.submit()

    async def _poll_job(self) -> None:
        known = await self._some()
        if known is None:
            return
        # As `docs/api.md` has it: what has not changed is a short 304.
        headers = {"If-None-Match": known.etag} if known.etag else {}
        answer = await self._ask("poll job", "GET", f"/jobs/{known.id}", headers=headers)
        if answer.status != 200:
            return
        known.etag = answer.headers.get("etag", "")
        job = answer.json()
        rank = RANKS[job["status"]]
        if job["target_name"] != known.name or rank < known.rank:
            self._tally.complain("what a client saw never goes back", (known, job))
        known.rank = rank

    async def _read_operation(self) -> None:
        known = await self._some()
        if known is None:
            return
        answer = await self._ask(
            "read operation", "GET", f"/ai/generate/{known.operation_id}", fair=self._if_gone
        )
        if answer.status == 200:
            self._check_counts(answer.json())

    def _check_counts(self, operation: dict[str, Any]) -> None:
        full = operation["generated_count"] == operation["requested_count"]
        if full != (operation["status"] == "COMPLETED"):
            self._tally.complain("complete is complete", operation)

    async def _read_values(self) -> None:
        target = await self._target()
        if target is None:
            return
        path = f"/ai/generate/{target}/values"
        answer = await self._ask("values", "GET", path, query={"limit": 100}, fair=self._if_gone)
        if answer.status != 200:
            return
        page = answer.json()
        cursor = page["response_metadata"].get("next_cursor")
        if cursor and self._chance.random() < 0.5:
            query = {"limit": 100, "cursor": cursor}
            more = await self._ask("values", "GET", path, query=query, fair=self._if_gone)
            if more.status == 200 and set(page["items"]) & set(more.json()["items"]):
                self._tally.complain("no value is on two pages", target)

    async def _download(self) -> None:
        known = await self._some()
        if known is not None:
            path = f"/ai/generate/{known.operation_id}/download"
            answer = await self._ask(
                "download", "GET", path, query={"format": "JSON"}, fair=self._if_gone
            )
            if answer.status == 200:
                answer.json()

    async def _list_jobs(self) -> None:
        answer = await self._ask("list jobs", "GET", "/jobs", query={"limit": 20})
        answer.json()

    async def _cancel(self) -> None:
        known = await self._some()
        if known is not None:
            path = f"/ai/generate/{known.operation_id}/cancel"
            await self._ask("cancel", "POST", path, fair=(409, *self._if_gone))

    @property
    def _if_gone(self) -> tuple[int, ...]:
        return () if self._habits.retention is None else (404,)

    async def _some(self) -> Known | None:
        """One of the jobs that it knows; when it knows none, it submits one instead."""
        if not self._known:
            await self.submit()
            return None
        return self._chance.choice(self._known)

    async def _target(self) -> str | None:
        if self._shared and self._chance.random() < 0.3:
            return self._shared
        known = await self._some()
        return None if known is None else known.operation_id

    async def _ask(
        self,
        kind: str,
        method: str,
        path: str,
        *,
        fair: tuple[int, ...] = (),
        again: bool = True,
        **options: Any,
    ) -> Answer:
        """Ask, and again when told to come back.

        :param again: a request may be sent twice: where the connection was stale, it is. One that
            may not has a connection of its own, as RFC 9110 (9.2.2) leaves no other way to be sure;
            it is sent again only where the server hung up because this client was late.
        """
        if not again:
            self._wire.close()
        for attempt in range(PATIENCE):
            began = perf_counter()
            try:
                answer = await self._wire.ask(method, BASE + path, **options)
            except Stale:
                self._tally.counts["stale connections"] += 1
                if attempt == PATIENCE - 1:
                    raise
                continue
            self._tally.seconds[kind].append(perf_counter() - began)
            self._tally.statuses[answer.status] += 1
            if answer.status != 429:
                break
            await asyncio.sleep(self._pause(answer))
        if answer.status not in (200, 204, 304, 429, *fair):
            self._tally.complain(
                "every answer is a fair one", (method, path, answer.status, answer.body[:500])
            )
        return answer

    def _pause(self, answer: Answer) -> float:
        wait = answer.headers.get("retry-after", "")
        if not wait.isdecimal() or int(wait) < 1:
            self._tally.complain("who is sent away is told when to come back", answer.headers)
            return 1.0
        return min(float(wait), 10.0)


async def _is_set(event: asyncio.Event, *, within: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), timeout=within)
    except TimeoutError:
        return False
    return True
