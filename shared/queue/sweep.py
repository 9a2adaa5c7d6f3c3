"""What a timer puts right, beside leases. Harmless when two sweepers do it at once."""

from __future__ import annotations

from collections.abc import Iterable

from shared.db import sessions
from shared.db.engine import Database
from shared.queue import idempotency
from shared.queue.products import Product


def remove(database: Database, products: Iterable[Product]) -> None:
    """Remove what was deleted, or is past its time."""
    for product in products:
        product.remove(database)
    database.run(idempotency.forget_old)
    database.run(sessions.forget_old)


def wanted_wakeups(database: Database, products: Iterable[Product]) -> int:
    """How many workers could start on something now."""
    with database.transaction() as connection:
        return sum(product.could_start(connection) for product in products)
