"""After a restart of PostgreSQL, workers that live get the time to renew what they could not."""

from __future__ import annotations

from sqlalchemy import text

from shared.db.engine import Database
from shared.generation.claim import Claim
from shared.generation.product import BATCHES
from shared.queue import leases
from tests.integration.test_lease_machine import Mill
from tests.support.products import PRODUCTS
from tests.support.waiting import wait_until

#: Longer than any server runs that tests start: to such a lease it has only just come up.
LONG_LEASE = 7 * 24 * 3600.0


def expired_claim(mill: Mill) -> Claim:
    claim = mill.must_claim(lease=0.001)

    def has_expired() -> bool:
        with mill.database.transaction() as connection:
            return bool(
                connection.scalar(text("SELECT bool_and(lease_until < now()) FROM batches"))
            )

    wait_until(has_expired, what="the lease to run out")
    return claim


def test_a_server_that_has_just_come_up_waits_for_the_living(database: Database) -> None:
    mill = Mill(database)
    mill.submit(10)
    claim = expired_claim(mill)
    assert leases.return_expired(database, PRODUCTS, lease_seconds=LONG_LEASE) == 0
    with database.transaction() as connection:
        renewed = leases.heartbeat(connection, BATCHES, ids=[claim.batch_id], lease_seconds=10)
    assert renewed == {claim.batch_id}
    assert mill.settle(claim, ["a"]).stored == {claim.batch_id: 1}
    mill.check_the_books()


def test_a_server_that_was_there_all_the_time_waits_no_longer(database: Database) -> None:
    mill = Mill(database)
    operation = mill.submit(10)
    expired_claim(mill)
    assert leases.return_expired(database, PRODUCTS, lease_seconds=0.001) == 1
    assert mill.operation(operation)["lost_prompts"] == 1
    mill.check_the_books()
