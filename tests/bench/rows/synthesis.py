"""How fast a database is copied, beside the tools that come with it."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from deploy.local.binaries import find_binaries
from deploy.shop import loading
from deploy.synthesize.addresses import read_address
from deploy.synthesize.copying import Order, copy
from deploy.synthesize.engines import Engines
from tests.bench.figures import Figure, Row, at_least, at_most
from tests.bench.service import Service, sample_model, service
from tests.support import tpch
from tests.support.narrow import narrow

#: Of TPC-H; 1 is 8.7 million rows.
SCALE = 0.3
SMALL_SCALE = 0.05

#: Of a target that is far away, on each connection.
BYTES_A_SECOND = 2_000_000


def copying(folder: Path) -> Iterator[Figure]:
    """A copy of TPC-H, over what ``pg_dump --data-only | psql`` takes for its rows."""
    with sample_model(slots=8) as model, service(folder, model, shop=True) as running:
        source, target = running.info.shop_url, running.info.shop_copy_url
        loading.empty(source)
        rows = tpch.load(source, scale=SCALE)
        loading.empty(target)
        _execute(target, tpch.SCHEMA)
        dumping = _dump(source, target)
        with _peaks() as peaks:
            seconds = _copy(running, source, target)
    yield at_least(
        f"rows/s over pg_dump --data-only | psql, {rows:,} rows",
        dumping / seconds,
        0.5,
        f"{rows / seconds:,.0f} rows/s, with indexes and all checks; {rows / dumping:,.0f} of "
        "pg_dump and psql into bare tables",
    )
    yield at_most("memory of a child (MiB)", max(peaks.values(), default=0) / 1024, 1024)


def workers(folder: Path) -> Iterator[Figure]:
    """What a second worker brings where the target is slow."""
    seconds = {}
    for count in (1, 2):
        with (
            sample_model(slots=8) as model,
            service(folder, model, workers=count, shop=True, environment=ONE_CHILD) as running,
        ):
            source, target = running.info.shop_url, running.info.shop_copy_url
            loading.empty(source)
            rows = tpch.load(source, scale=SMALL_SCALE)
            port = urlsplit(target).port
            assert port
            with narrow(port, bytes_a_second=BYTES_A_SECOND) as way:
                seconds[count] = _copy(running, source, _at(target, way), children=count)
    yield at_least(
        "rate of two workers over one",
        seconds[1] / seconds[2],
        1.6,
        f"{rows / seconds[2]:,.0f} rows/s, with one {rows / seconds[1]:,.0f}",
    )


#: Each worker does one step at a time.
ONE_CHILD = {"VALUEMILL_SYNTHESIS_PROCESSES": "1"}


def _copy(running: Service, source: str, target: str, *, children: int = 2) -> float:
    """Seconds of a run, without the first look at the databases."""
    loading.empty(_at(target, urlsplit(running.info.shop_copy_url).port or 0))
    order = Order(
        name="TPC-H",
        source=read_address(source, read_file=lambda _: ""),
        target=read_address(target, read_file=lambda _: ""),
        mode="DEIDENTIFY",
        key_method="duplicate",
        locale="en",
        seed=1,
        parallel=children,
    )
    quiet = _Quiet()
    with closing(Engines(running.info.api_url, running.info.api_key)) as engines:
        copy(engines, order, quiet)
    return time.monotonic() - quiet.began


class _Quiet:
    """Notes when the copy itself begins."""

    began = 0.0

    def progress(self, text: str, percent: int | None = None) -> None:  # noqa: ARG002 - as asked
        if not self.began and text.startswith("Copying"):
            self.began = time.monotonic()


def _dump(source: str, target: str) -> float:
    """Seconds that PostgreSQL's own programs take for the rows."""
    programs = find_binaries().postgres.parent
    began = time.monotonic()
    dump = subprocess.Popen(
        [programs / "pg_dump", "--data-only", "--dbname", source],
        stdout=subprocess.PIPE,
    )
    subprocess.run(
        [programs / "psql", "--quiet", "--no-psqlrc", "--dbname", target],
        stdin=dump.stdout,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    if dump.wait():
        raise RuntimeError(f"pg_dump ended with {dump.returncode}")
    return time.monotonic() - began


@contextmanager
def _peaks() -> Iterator[Mapping[int, int]]:
    """The most memory that each process of a step has had, in KiB, by its number."""
    found: dict[int, int] = {}
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.2):
            for process in Path("/proc").glob("[0-9]*"):
                with suppress(OSError):
                    if b"worker.synthesis.step" in (process / "cmdline").read_bytes():
                        for line in (process / "status").read_text().splitlines():
                            if line.startswith("VmHWM"):
                                found[int(process.name)] = int(line.split()[1])

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    try:
        yield found
    finally:
        over.set()
        watch.join()


def _at(url: str, port: int) -> str:
    parts = urlsplit(url)
    credentials, _, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{credentials}@127.0.0.1:{port}"))


def _execute(url: str, statements: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(statements)


COPYING = Row(
    name="copying",
    how=f"TPC-H at scale {SCALE:g}, de-identified into an empty database on the same server by two "
    "workers, two steps at once, over `pg_dump --data-only | psql` of the same rows into tables "
    "without keys and indexes. And the most memory that a process of a step has had.",
    measure=copying,
)
COPYING_SCALES = Row(
    name="copying_scales",
    how=f"TPC-H at scale {SMALL_SCALE:g} into a target that takes {BYTES_A_SECOND // 1_000_000} MB "
    "a second on each connection, by two workers of one process each, over one such worker.",
    measure=workers,
)
