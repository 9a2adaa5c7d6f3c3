"""What storing, paging and downloading cost, and whether memory grows with the values."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import psycopg

from shared.db.engine import Database
from tests.bench.figures import Figure, Row, at_least, at_most, told
from tests.bench.filling import Filled
from tests.bench.memory import megabytes
from tests.bench.service import Service, instant_model, service, took

MILLION = 1_000_000


def overhead(folder: Path) -> Iterator[Figure]:
    """Values a second stored, over COPY of the same rows."""
    from tests.bench.settling import BATCH, claim_and_settle

    count = 20_000
    values = [f"value number {index}" for index in range(count)]
    with instant_model(slots=8) as model:
        with service(folder, workers=0) as running:
            with Database(running.info.database_url, pool_size=1) as database:
                stored = count / _seconds(lambda: claim_and_settle(database, values))
            copied = count / _seconds(lambda: _copy_in(running.info.database_url, values))
        yield at_least(
            "claim and settle",
            stored / copied,
            0.04,
            f"{stored:,.0f} of {copied:,.0f} values/s; {BATCH} a batch on one connection",
        )
        with service(folder, model) as running:
            operation = running.generate_for(MILLION, seconds=10)
            copied = count / _seconds(lambda: _copy_in(running.info.database_url, values))
        stored = operation["generated_count"] / took(operation)
    yield told("whole service", f"{stored / copied:.3f} ({stored:,.0f} of {copied:,.0f} values/s)")


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _copy_in(database_url: str, values: list[str]) -> None:
    statement = (
        "COPY operation_values (operation_number, position, cell_ordinal, digest, value) FROM STDIN"
    )
    with (
        psycopg.connect(database_url) as connection,
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for position, value in enumerate(values, 1):
            digest = UUID(bytes=hashlib.blake2b(value.encode(), digest_size=16).digest())
            copy.write_row((0, position, 0, digest, value))


MAKING_SECONDS = 50.0
GROWTH = 1.15


class Memory:
    """What the workers and the API have, noted while an operation grows."""

    def __init__(self, running: Service) -> None:
        self._running = running
        self.workers: list[tuple[int, float]] = []

    def note(self, generated: int) -> None:
        """Note what the workers have at so many values."""
        pids = self._running.info.pids
        share = sum(megabytes(pid) for name, pid in pids.items() if name.startswith("worker"))
        self.workers.append((generated, share))

    def at(self, generated: float) -> float:
        """What the workers had when there were so many values."""
        return min(self.workers, key=lambda noted: abs(noted[0] - generated))[1]

    def of_api(self, operation_id: str) -> float:
        """The most that the API has while it sends the values as a file, in both formats."""
        pid = self._running.info.pids["api"]
        most = megabytes(pid)
        for file_format in ("SECURE_LOOKUP", "JSON"):
            for size in download_pieces(self._running, operation_id, file_format):
                if size:
                    most = max(most, megabytes(pid))
        return most


def memory(folder: Path) -> Iterator[Figure]:
    """Memory of workers and API while a million values are made, and downloaded."""
    with instant_model(slots=8) as model, service(folder, model) as running:
        seen = Memory(running)
        job = running.api.submit(MILLION)
        api_early, early, end = 0.0, 0, time.monotonic() + MAKING_SECONDS
        while "end_time" not in (operation := running.api.operation(job)):
            made, now = operation["generated_count"], time.monotonic()
            seen.note(made)
            late = now > end - 0.8 * MAKING_SECONDS
            if not api_early and (late or made >= 0.2 * MILLION):
                early, api_early = made, seen.of_api(job["target_id"])
            if now > end:
                running.api.post(f"ai/generate/{job['target_id']}/cancel")
            time.sleep(0.3)
        made = operation["generated_count"]
        seen.note(made)
        api_late = seen.of_api(job["target_id"])
    tenths = [seen.at(made * tenth / 10) for tenth in range(1, 11)]
    yield at_most(
        "workers",
        tenths[-1] / tenths[1],
        GROWTH,
        f"{' '.join(f'{each:.0f}' for each in tenths)} MB at every tenth of {made:,} values",
    )
    yield at_most(
        "API",
        api_late / api_early,
        GROWTH,
        f"{api_late:.0f} MB while {made:,} values are downloaded, {api_early:.0f} MB at {early:,}",
    )


def download_pieces(running: Service, operation_id: str, file_format: str) -> Iterator[int]:
    """Download a file; yield the sizes of its pieces."""
    path = f"ai/generate/{operation_id}/download"
    with running.api.http.stream("GET", path, params={"format": file_format}) as response:
        response.raise_for_status()
        yield from (len(piece) for piece in response.iter_raw())


def paging(folder: Path) -> Iterator[Figure]:
    """Pages at the end of ten million values, over pages at their beginning."""
    count, page, tries = 10 * MILLION, 100, 100
    with (
        service(folder, workers=0, durable=False) as running,
        psycopg.connect(running.info.database_url, autocommit=True) as connection,
    ):
        filled = Filled(running, connection, count)
        # A hundred rows and one more, alone in the table, end in the cursor that pages through
        # all of them would have come to.
        last = range(count - 2 * page, count - page + 1)
        cursors = {}
        for sort, positions in (
            ("", [position + 1 for position in last]),
            ("value", [filled.position_of_rank(rank) for rank in last]),
        ):
            filled.put(positions)
            cursors[sort] = next_cursor(running, filled.id, sort)
        loading = _seconds(filled.put_all)
        for sort, cursor in cursors.items():
            near, far = next_cursor(running, filled.id, sort), cursor
            times: dict[str, list[float]] = {near: [], far: []}
            for _ in range(tries):
                for each in (near, far):
                    times[each].append(_read_page(running, filled.id, sort, each, page))
            early, late = (median(times[each]) * 1000 for each in (near, far))
            yield at_most(
                f"sort {sort or 'none'}",
                late / early,
                1.5,
                f"medians of {tries}: {late:.1f} ms at row {count - page:,}, {early:.1f} ms at "
                f"row {page}",
            )
    yield told("loading", f"{loading:.0f} s for {count:,} rows and their indexes")


def next_cursor(running: Service, operation_id: str, sort: str) -> str:
    """The cursor of the second page of an operation's values."""
    found = _get_page(running, operation_id, {"sort": sort} if sort else {})
    return str(found["response_metadata"]["next_cursor"])


def _read_page(running: Service, operation_id: str, sort: str, cursor: str, size: int) -> float:
    """Seconds that a page takes, which must be a full one."""
    parameters = {"cursor": cursor, **({"sort": sort} if sort else {})}
    began = time.perf_counter()
    found = _get_page(running, operation_id, parameters)
    seconds = time.perf_counter() - began
    if len(found["items"]) != size:
        raise RuntimeError(f"a page of {len(found['items'])} values, where there should be {size}")
    return seconds


def _get_page(running: Service, operation_id: str, parameters: dict[str, str]) -> Any:
    path = f"ai/generate/{operation_id}/values"
    return running.api.http.get(path, params=parameters).raise_for_status().json()


def download(folder: Path) -> Iterator[Figure]:
    """A million values over HTTP, over COPY of the same."""
    tries = 5
    with (
        service(folder, workers=0, durable=False) as running,
        psycopg.connect(running.info.database_url, autocommit=True) as connection,
    ):
        filled = Filled(running, connection, MILLION)
        filled.put_all()
        ways: dict[str, Callable[[], int]] = {
            "COPY": lambda: _copy_out(connection, filled.number),
            "SECURE_LOOKUP": lambda: sum(download_pieces(running, filled.id, "SECURE_LOOKUP")),
            "JSON": lambda: sum(download_pieces(running, filled.id, "JSON")),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(tries):
            for name, way in ways.items():
                times[name].append(_seconds(way))
    copied = median(times.pop("COPY"))
    for name, seconds in times.items():
        took_ = median(seconds)
        yield at_least(
            name,
            copied / took_,
            0.5,
            f"medians of {tries}: {took_:.2f} s, COPY {copied:.2f} s for {MILLION:,} values",
        )


def _copy_out(connection: psycopg.Connection[Any], number: int) -> int:
    statement = (
        "COPY (SELECT value FROM operation_values "
        f"WHERE operation_number = {number} ORDER BY position) TO STDOUT"
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        return sum(len(piece) for piece in copy)


OVERHEAD = Row(
    name="overhead",
    how="A model that answers at once: values/s stored over COPY of 20,000 such rows into the same "
    "table with its indexes. Once with the claim and the settle alone, which is compared with "
    "twice what they made in the beginning (0.02); once with the whole service on two workers and "
    "8 slots, for 10 s, where the model server takes its share of the processors too.",
    measure=overhead,
)
MEMORY = Row(
    name="memory",
    how="1,000,000 values from a model that answers at once, or as many as two workers make in "
    f"{MAKING_SECONDS:.0f} s, and both downloads of them. Memory (PSS, all processes of a part "
    "together): of the workers at the end over that at a fifth of the values; of the API, its most "
    "during the downloads at the end over its most during downloads at a fifth.",
    measure=memory,
)
PAGING = Row(
    name="paging",
    how="Pages of 100 through HTTP out of 10,000,000 values, loaded by SQL: the page after row "
    "9,999,900 over the page after row 100, in turns. The cursors are the service's own, the far "
    "ones given out while only the rows around them were there.",
    measure=paging,
)
DOWNLOAD = Row(
    name="download",
    how="1,000,000 values (of 21 characters) over HTTP, in turns with `COPY (SELECT value … ORDER "
    "BY position) TO STDOUT` of the same through psycopg: the time of COPY over that of the "
    "download.",
    measure=download,
)
