"""What requests cost, beside a route of the same framework that does nothing."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import Signals
from statistics import median
from typing import Any

import httpx
import psycopg

from deploy.local.options import PROJECT
from deploy.local.parts import Commands
from deploy.local.ports import Ports
from deploy.local.unprivileged import launch_command
from tests.bench.figures import Figure, Row, at_least, at_most, told
from tests.bench.filling import Filled
from tests.bench.service import Service, service
from tests.load.wire import Answer, Wire
from tests.support.waiting import wait_until

CLIENTS = 8
ROUNDS = 15
ROUND_SECONDS = 0.4
PATIENCE = 30.0
#: One client is to ask more often here than any other may; it is counted all the same.
NO_LIMIT = {"VALUEMILL_RATE_LIMIT": "10000000/minute"}

Ask = Callable[[Wire], Awaitable[Answer]]


def poll(folder: Path) -> Iterator[Figure]:
    """Requests a second of several kinds, in turns."""
    with (
        bare_url() as bare,
        service(folder, workers=0, environment=NO_LIMIT) as running,
        psycopg.connect(running.info.database_url, autocommit=True) as connection,
    ):
        filled = Filled(running, connection, 10_000)
        filled.put_all()
        job = running.api.submit(5)
        rates = asyncio.run(_measure(bare, running, job, filled.id))
    noted = {name: f"{rate:,.0f} requests/s" for name, rate in rates.items()}
    cost = {name: 1000 / rate for name, rate in rates.items()}
    yield at_least(
        "GET /jobs/{id}", rates["job"] / rates["bare"], 0.5, f"{noted['job']} of {noted['bare']}"
    )
    yield at_most(
        "304",
        (cost["same"] - cost["bare"]) / (cost["job"] - cost["bare"]),
        0.5,
        f"{noted['same']}: {cost['same'] - cost['bare']:.2f} ms more than nothing, a 200 "
        f"{cost['job'] - cost['bare']:.2f} ms",
    )
    for name, case in (("submit", "POST /ai/generate"), ("page", "a page of 100 values")):
        yield told(case, f"{rates[name] / rates['bare']:.3f} ({noted[name]})")


@contextmanager
def bare_url() -> Iterator[str]:
    """A server as the API has it, of an application that does nothing; yields its address."""
    ports = Ports(["bare"])
    port = ports.numbers["bare"]
    *command, _ = (word.replace("{port}", str(port)) for word in Commands().api)
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        launch_command((*command, "tests.bench.bare:create_app()"), death_signal=Signals.SIGTERM),
        cwd=PROJECT,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: _answers(url), seconds=PATIENCE, what="the bare server")
        yield url
    finally:
        process.terminate()
        process.wait()
        ports.release()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/bare", trust_env=False).is_success
    except httpx.TransportError:
        return False


async def _measure(
    bare: str, running: Service, job: dict[str, Any], operation_id: str
) -> dict[str, float]:
    """Requests a second, for each kind the median of its rounds."""
    base, key = running.info.api_url, running.info.api_key
    path = f"/dct/v3/jobs/{job['id']}"
    first = Wire(base, key=key, patience=PATIENCE)
    etag = (await first.ask("GET", path)).headers["etag"]
    first.close()
    names = itertools.count(1)

    def submit(wire: Wire) -> Awaitable[Answer]:
        body = {"name": f"some {next(names)}", "data_type": "word", "multiline_values": False}
        return wire.ask("POST", "/dct/v3/ai/generate", body=body)

    kinds: dict[str, tuple[str, int, Ask]] = {
        "bare": (bare, 200, lambda wire: wire.ask("GET", "/bare")),
        "job": (base, 200, lambda wire: wire.ask("GET", path)),
        "same": (
            base,
            304,
            lambda wire: wire.ask("GET", path, headers={"If-None-Match": etag}),
        ),
        "page": (
            base,
            200,
            lambda wire: wire.ask("GET", f"/dct/v3/ai/generate/{operation_id}/values"),
        ),
        "submit": (base, 200, submit),
    }
    rates: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(ROUNDS):
        for name, (url, status, ask) in kinds.items():
            rates[name].append(await _rate(url, key, status, ask))
    return {name: median(found) for name, found in rates.items()}


async def _rate(url: str, key: str, status: int, ask: Ask) -> float:
    """Requests a second that so many clients get answered at once, each as this status."""
    wires = [Wire(url, key=key, patience=PATIENCE) for _ in range(CLIENTS)]
    end = time.perf_counter() + ROUND_SECONDS

    async def go_on(wire: Wire) -> int:
        answered = 0
        while time.perf_counter() < end:
            answer = await ask(wire)
            if answer.status != status:
                raise RuntimeError(f"{answer.status} where it should be {status}: {answer.body!r}")
            answered += 1
        return answered

    began = time.perf_counter()
    try:
        answered = sum(await asyncio.gather(*map(go_on, wires)))
    finally:
        for wire in wires:
            wire.close()
    return answered / (time.perf_counter() - began)


POLL = Row(
    name="poll",
    how=f"Requests/s of {CLIENTS} clients that keep their connections, medians of {ROUNDS} rounds "
    f"of {ROUND_SECONDS} s each, all kinds in turns: over those of a Flask route that does "
    "nothing, in a server of its own that is run by the same command. A 304: the time that it "
    "takes beyond that route, over the time that a 200 takes beyond it.",
    measure=poll,
)
