"""The heartbeat of a worker, on a real database that now and then objects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from shared.db.engine import Database
from shared.generation.leases import give_back
from tests.integration.test_lease_machine import Mill
from tests.support.waiting import wait_until
from worker.leases import Heartbeat
from worker.models.inflight import InFlight, InFlightPrompts, Verdict
from worker.models.learning import Patience

LEASE_SECONDS = 1000


@dataclass
class Beating:
    """A heartbeat that was started for one prompt."""

    mill: Mill
    prompt: InFlight

    def is_renewed(self) -> bool:
        with self.mill.database.transaction() as connection:
            left = connection.scalar(
                text(
                    "SELECT extract(epoch FROM lease_until - clock_timestamp()) FROM batches "
                    "WHERE id = :id"
                ),
                {"id": self.prompt.batch_id},
            )
        return left is not None and left > LEASE_SECONDS / 2


@contextmanager
def renewals_fail(database: Database) -> Iterator[None]:
    """Have every renewal fail, in a way that does not look as if it would pass by itself."""
    with database.transaction() as connection:
        connection.exec_driver_sql(
            """
            CREATE FUNCTION object() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE division_by_zero; END $$;
            CREATE TRIGGER objects BEFORE UPDATE ON batches
                FOR EACH STATEMENT EXECUTE FUNCTION object()
            """
        )
    try:
        yield
    finally:
        with database.transaction() as connection:
            connection.exec_driver_sql("DROP FUNCTION object() CASCADE")


@pytest.fixture
def beating(database: Database) -> Iterator[Beating]:
    """One whose first rounds have failed."""
    mill = Mill(database)
    mill.submit(10)
    claim = mill.must_claim(size=5, lease=30)
    prompt = InFlight(
        claim.batch_id,
        operation_number=claim.operation_number,
        patience=Patience(first_token=60, stall=60),
    )
    prompts = InFlightPrompts()
    prompts.watch(prompt)
    heartbeat = Heartbeat(database, prompts, lease_seconds=LEASE_SECONDS, heartbeat_seconds=0.02)
    with renewals_fail(database), capture_logs() as logs:
        heartbeat.start()
        wait_until(lambda: len(logs) >= 2, seconds=60, what="renewals to fail")
    assert {(line["log_level"], line["what"]) for line in logs} == {("error", "renew leases")}
    yield Beating(mill, prompt)
    heartbeat.stop()


def test_leases_are_renewed_after_renewals_that_failed(beating: Beating) -> None:
    wait_until(beating.is_renewed, seconds=60, what="the lease to be renewed")
    assert beating.prompt.verdict is None


def test_a_prompt_whose_batch_was_taken_back_is_ended(beating: Beating) -> None:
    with beating.mill.database.transaction() as connection:
        give_back(
            connection,
            batches=[beating.prompt.batch_id],
            operation_number=beating.prompt.operation_number,
        )
    wait_until(
        lambda: beating.prompt.verdict is Verdict.LOST, seconds=60, what="the prompt to be ended"
    )


def test_field_e2_a_lease_that_was_locked_at_every_beat_is_renewed_before_it_runs_out(
    database: Database,
) -> None:
    mill = Mill(database)
    mill.submit(10)
    claim = mill.must_claim(size=5, lease=30)
    prompt = InFlight(
        claim.batch_id,
        operation_number=claim.operation_number,
        patience=Patience(first_token=60, stall=60),
    )
    prompts = InFlightPrompts()
    prompts.watch(prompt)
    # Half of this is over at once.
    heartbeat = Heartbeat(database, prompts, lease_seconds=LEASE_SECONDS, heartbeat_seconds=1000)
    with database.transaction() as settling:
        settling.execute(text("SELECT FROM batches FOR UPDATE"))
        heartbeat.start()
        wait_until(lambda: _somebody_waits(database), seconds=60, what="the heartbeat to wait")
    wait_until(Beating(mill, prompt).is_renewed, seconds=60, what="the lease to be renewed")
    heartbeat.stop()


def _somebody_waits(database: Database) -> bool:
    with database.transaction() as connection:
        return bool(connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
