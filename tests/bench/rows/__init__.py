"""The rows, by what they are about."""

from __future__ import annotations

from tests.bench.figures import Row
from tests.bench.rows import (
    claims,
    requests,
    scheduling,
    storage,
    synthesis,
    throughput,
    uniqueness,
)

ROWS: dict[str, Row] = {
    row.name: row
    for row in (
        throughput.CEILING,
        throughput.TAIL,
        throughput.SMALL,
        uniqueness.UNIQUE,
        uniqueness.BEYOND,
        scheduling.PRIORITY,
        claims.PLANNING,
        claims.CROWD,
        throughput.SCALE_OUT,
        throughput.GATEWAYS,
        storage.OVERHEAD,
        throughput.FAULTY,
        storage.MEMORY,
        requests.POLL,
        storage.PAGING,
        storage.DOWNLOAD,
        synthesis.COPYING,
        synthesis.COPYING_SCALES,
    )
}
