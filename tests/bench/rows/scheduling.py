"""Who gets the next free slot."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import psycopg

from tests.bench.figures import Figure, Row, told
from tests.bench.service import sample_model, service

TRIES = 20
WARM_UP_SECONDS = 2.0

# The order of events as the database itself has it. A deferred trigger runs when its transaction
# commits, and without waiting for the disk that is the moment from which all can see its rows.
EVENTS = """
CREATE TABLE bench_events (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    operation_number bigint NOT NULL,
    began timestamptz NOT NULL DEFAULT now(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    what text NOT NULL
);
CREATE FUNCTION bench_note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO bench_events (operation_number, what)
    VALUES ((to_jsonb(NEW) ->> TG_ARGV[0])::bigint, TG_TABLE_NAME);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER bench_note AFTER INSERT ON operations
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bench_note('number');
CREATE TRIGGER bench_note AFTER INSERT ON batches
    FOR EACH ROW EXECUTE FUNCTION bench_note('operation_number');
"""

# A claim that began before the urgent request could be seen may have chosen before, too.
JUDGE = """
SELECT extract(epoch FROM first.at - submit.at)::float AS waited, (
    SELECT count(*) FROM bench_events passed
    WHERE passed.what = 'batches' AND passed.operation_number <> urgent.number
        AND passed.began > submit.at AND passed.number < first.number
) AS passed_by
FROM operations urgent
JOIN bench_events submit ON submit.operation_number = urgent.number AND submit.what = 'operations'
JOIN LATERAL (
    SELECT * FROM bench_events WHERE operation_number = urgent.number AND what = 'batches'
    ORDER BY number LIMIT 1
) first ON true
WHERE urgent.id = ANY (%s)
"""


def priority(folder: Path) -> Iterator[Figure]:
    """Whether urgent requests get the next free slot of a busy service."""
    with (
        sample_model(slots=4, tokens_per_second=100) as model,
        service(folder, model, durable=False) as running,
        psycopg.connect(running.info.database_url, autocommit=True) as connection,
    ):
        connection.execute(EVENTS)
        bulk = running.api.submit(100_000)
        time.sleep(WARM_UP_SECONDS)
        urgent = []
        for _ in range(TRIES):
            operation = running.generate(10, seconds=30, priority=1)
            urgent.append(UUID(operation["id"]))
            time.sleep(random.uniform(0, 0.3))
        stuck = _stopped(running.api.operation(bulk))
        seen = connection.execute(JUDGE, [urgent]).fetchall()
        running.api.post(f"ai/generate/{bulk['target_id']}/cancel")
    if stuck or len(seen) != TRIES:
        raise RuntimeError(stuck or f"of {TRIES} urgent requests {len(seen)} were ever claimed")
    first = sum(passed_by == 0 for _, passed_by in seen)
    waits = [waited for waited, _ in seen]
    yield Figure(
        case="next free slot", value=f"{first} of {TRIES}", target="all", met=first == TRIES
    )
    yield told(
        "submit to first prompt",
        f"median {median(waits) * 1000:.0f} ms, at most {max(waits) * 1000:.0f} ms",
    )


def _stopped(bulk: dict[str, Any]) -> str:
    """Why the tries say nothing; empty when there was a crowd to pass."""
    if bulk["status"] != "STARTED":
        return f"the 100,000 values were {bulk['status']} before the tries were over"
    return ""


PRIORITY = Row(
    name="priority",
    how="While 100,000 full names are made at priority 0 on 4 slots of 100 tokens/s, 10 are asked "
    "for at priority 1, 20 times. Triggers in the database note when a submit commits and when a "
    "prompt is claimed: no claim of the 100,000 may begin between the urgent submit and its first "
    "claim.",
    measure=priority,
)
