"""Leases: a worker's claim holds for as long as it is renewed, by the database's clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, TextClause, text

from shared.db.engine import Database
from shared.guard import guarded
from shared.queue.products import Leased, Product


def heartbeat(
    connection: Connection, leased: Leased, *, ids: Sequence[int], lease_seconds: float
) -> frozenset[int]:
    """Renew these leases; return those that are still ours.

    One that is not among them is closing because its work has ended, or was swept after its time:
    whoever works on it may stop, and gives it back.

    A row that is locked is being settled, given back or claimed on just now. It is left to the
    next beat, or to :func:`renew_overdue`: so one row that is held for long keeps no other from
    being renewed.
    """
    rows = connection.execute(_BEAT[leased], {"ids": list(ids), "lease": lease_seconds})
    return frozenset(rows.scalars())


def renew_overdue(
    connection: Connection, leased: Leased, *, ids: Sequence[int], lease_seconds: float
) -> None:
    """Renew those of these leases of which half is over: heartbeats have found them locked.

    Where prompts are settled one right after another, every beat may. So these are waited for, a
    quarter of a lease at most, and in the order of their ids, as everybody locks them. Call it in
    a transaction that holds nothing.

    :raises Unavailable: from the transaction, when that was too short.
    """
    patience = f"{max(1, int(lease_seconds * 250))}ms"
    connection.execute(text("SELECT set_config('lock_timeout', :most, true)"), {"most": patience})
    connection.execute(_OVERDUE[leased], {"ids": list(ids), "lease": lease_seconds})


def return_expired(
    database: Database, products: Iterable[Product], *, lease_seconds: float = 0.0
) -> int:
    """Return what is under leases that have run out; one transaction for each piece of work.

    :param lease_seconds: how long a lease is. A server that has come up more recently has kept
        workers from renewing theirs, so nothing is taken from anybody yet.
    """
    return sum(
        _give_back(database, product, _EXPIRED, {"lease": lease_seconds}, only_expired=True)
        for product in products
    )


def return_all_of(
    database: Database, products: Iterable[Product], *, worker: str, lost: bool = True
) -> int:
    """Return what a worker's predecessor of the same name left behind when it was killed.

    Spares waiting for the leases. Safe even if the predecessor lives: its claims are fenced.

    :param lost: False for a worker that stops in good order.
    """
    return sum(
        _give_back(database, product, _OF_WORKER, {"worker": worker}, lost=lost)
        for product in products
    )


def _give_back(
    database: Database,
    product: Product,
    which: Mapping[Leased, TextClause],
    parameters: Mapping[str, Any],
    *,
    lost: bool = True,
    only_expired: bool = False,
) -> int:
    with database.transaction() as connection:
        rows = connection.execute(which[product.leased], parameters).all()
    returned = 0
    for row in rows:
        # What cannot be returned keeps no other from it.
        with guarded("return leases", owner=row.owner), database.transaction() as connection:
            returned += product.give_back(
                connection, owner=row.owner, ids=row.ids, lost=lost, only_expired=only_expired
            )
    return returned


class _Statement(dict[Leased, TextClause]):
    """One statement over the tables of all products, written once for each."""

    def __init__(self, template: str) -> None:
        super().__init__()
        self._template = template

    def __missing__(self, leased: Leased) -> TextClause:
        # The names are constants of a product, never data.
        self[leased] = text(self._template.format(table=leased.table, owner=leased.owner))
        return self[leased]


_BEAT = _Statement(
    """
    WITH free AS MATERIALIZED (
        SELECT id FROM {table} WHERE id = ANY (:ids) AND NOT closing
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
    ), renewed AS (
        UPDATE {table} SET lease_until = clock_timestamp() + :lease * interval '1 second'
        FROM free WHERE {table}.id = free.id
    )
    SELECT id FROM {table} WHERE id = ANY (:ids) AND NOT closing
    """
)

_OVERDUE = _Statement(
    """
    WITH overdue AS MATERIALIZED (
        SELECT id FROM {table} WHERE id = ANY (:ids) AND NOT closing
            AND lease_until < clock_timestamp() + :lease * interval '0.5 seconds'
        ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE {table} SET lease_until = clock_timestamp() + :lease * interval '1 second'
    FROM overdue WHERE {table}.id = overdue.id
    """
)

_EXPIRED = _Statement(
    """
    SELECT {owner} AS owner, array_agg(id) AS ids FROM {table}
    WHERE lease_until < clock_timestamp()
        AND pg_postmaster_start_time() < clock_timestamp() - :lease * interval '1 second'
    GROUP BY {owner}
    """
)

_OF_WORKER = _Statement(
    """
    SELECT {owner} AS owner, array_agg(id) AS ids FROM {table}
    WHERE worker = :worker GROUP BY {owner}
    """
)
