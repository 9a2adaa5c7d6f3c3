"""Claim a batch: find the most urgent work that a free slot can do, and take it with a lease.

A *batch* is one prompt: so many values of one cell, a slot of one gateway, and a lease. It holds
by the database's clock, so clocks of worker hosts do not matter. The lease is fenced by the
batch's id: settling, sweeping and cancelling delete the row, and an id is never given twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection, RowMapping, text

from shared.generation.claim import Claim
from shared.generation.outlook import Outlook, Share
from shared.queue import jobs
from shared.queue.claims import Offer, most_urgent, take_turn

Other = TypeVar("Other")

#: Operations that may end one after another while a claim waits for them, before it gives up.
MOST_GONE = 100


def claim(
    connection: Connection,
    *,
    worker: str,
    gateways: Sequence[str],
    lease_seconds: float,
    plan: Callable[[Outlook], Share | None],
    default_model: str = "",
    let_go: Sequence[int | None] = (None,),
    others: Sequence[Offer[Other]] = (),
    others_have_work: str = "true",
) -> list[Claim | Other | None]:
    """Claim the most urgent work that free slots of ``gateways`` can do.

    Most urgent is the highest priority, and the oldest within it. Nothing is skipped because it
    is locked: the claim waits the moment that it takes, or lower priorities would slip past.

    Locks are taken in one order: an operation's row is waited for as long as no other is held,
    and batches come last, in the order of their ids.

    :param plan: decides what to ask for; called under locks, so it has to be quick. None: not
        now; nothing is claimed then, nor for the items that follow.
    :param default_model: the model of operations that name none; empty: the gateway's first.
    :param let_go: one item for each claim wanted: a batch of this worker whose answer is whole,
        so that its slot counts as free from then on, or None.
    :param others: what else the worker could do; it is claimed where it is more urgent.
    :param others_have_work: a condition in SQL without which they are not asked.
    :returns: a claim for each item, None where there is no more such work, or no such slot. Fewer
        where the others are better asked for again: in a transaction that holds nothing yet.
    """
    asked = others_have_work if others else "false"
    beside = others if take_turn(connection, asked=asked) else ()
    claimed: list[Claim | Other | None] = []
    released: list[int] = []
    for batch_id in let_go:
        free = released if batch_id is None else [*released, batch_id]
        offer = ListOffer(
            worker=worker,
            gateways=gateways,
            lease_seconds=lease_seconds,
            plan=plan,
            default_model=default_model,
            let_go=free,
            holds=any(claimed),
        )
        found = most_urgent(connection, _offers(offer, beside))
        if found is None and any(claimed):
            break
        if found is None:
            # Another of these batches may have a slot where there is work.
            claimed.append(None)
            continue
        taken = found.take(connection)
        if taken is None:
            break
        claimed.append(taken)
        released = free
    if released:
        connection.execute(_LET_GO, {"ids": released})
    return claimed


def _offers(offer: ListOffer, beside: Sequence[Offer[Other]]) -> list[Offer[Claim | Other]]:
    """All offers, in the order in which they take locks: operations first."""
    return [offer, *beside]


@dataclass(frozen=True, kw_only=True)
class ListOffer:
    """What a worker could do of lists now; see :func:`claim`, and ``shared.queue.claims.Offer``."""

    worker: str
    gateways: Sequence[str]
    lease_seconds: float
    plan: Callable[[Outlook], Share | None]
    default_model: str
    let_go: Sequence[int]
    #: Whether the transaction has claimed before, so that it may wait for no row.
    holds: bool

    def most_urgent(self, connection: Connection) -> _Candidate | None:
        """The most urgent operation that a free slot can do, with its row locked."""
        parameters = {
            "urls": list(self.gateways),
            "default_model": self.default_model,
            "let_go": list(self.let_go),
        }
        statement = _MOST_URGENT_AT_ONCE if self.holds else _MOST_URGENT
        # A statement of its own: its snapshot must be younger than the lock. Again where there is
        # work, because an operation that ran out of it while its lock was waited for comes back
        # as no row at all, though others have some. At once there is no row, too, where the
        # operation's is locked: whoever has it may wait for ours.
        for _ in range(MOST_GONE):
            row = connection.execute(statement, parameters).mappings().one_or_none()
            if row is not None:
                return _Candidate(offer=self, row=row)
            if self.holds or not connection.scalar(_HAS_NEXT, parameters):
                break
        return None


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    offer: ListOffer
    row: RowMapping

    @property
    def urgency(self) -> tuple[int, int]:
        return self.row["priority"], -self.row["job_number"]

    def take(self, connection: Connection) -> Claim | None:
        """Write the batch; None where the plan is not to prompt for it now."""
        found, offer = self.row, self.offer
        parameters = {
            "number": found["number"], "let_go": list(offer.let_go), "worker": offer.worker,
        }  # fmt: skip
        cell = connection.execute(_CELL, parameters).mappings().one()
        share = offer.plan(Outlook.from_rows(found, cell))
        if share is None:
            return None
        asked = min(max(1, share.asked), cell["open_count"])
        batch_id = connection.execute(
            _TAKE,
            {
                "number": found["number"],
                "cell": cell["ordinal"],
                "asked": asked,
                "focus": share.focus,
                "gateway": found["gateway_id"],
                "worker": offer.worker,
                "lease": offer.lease_seconds,
            },
        ).scalar_one()
        if found["start_time"] is None or found["llm_model_name"] is None:
            connection.execute(_START, {"number": found["number"], "model": found["model"]})
            jobs.start(connection, target_id=found["id"])
        return Claim.from_rows(found, cell, batch_id=batch_id, asked=asked, focus=share.focus)


# A gateway that is well goes before one that was busy last time; among equals the one with the
# largest share of its slots free gets the work, so load spreads evenly.
_NEXT = """
    WITH slots AS MATERIALIZED (
        SELECT g.id, g.url, g.models, g.status, s.slots AS total, s.willing,
            -- Those of answers that are whole are ours to go on with.
            s.slots - s.taken + (
                SELECT count(*) FROM batches b WHERE b.id = ANY (CAST(:let_go AS bigint[]))
                    AND b.gateway_id = g.id AND NOT b.let_go
            ) AS free,
            CASE WHEN :default_model <> '' THEN :default_model ELSE g.models[1] END AS model
        FROM gateways g JOIN gateway_slots s USING (id)
        WHERE g.url = ANY (:urls)
    ), free AS MATERIALIZED (
        SELECT * FROM slots WHERE free > 0 AND willing
    ), next AS MATERIALIZED (
        SELECT o.number FROM operations o
        WHERE o.has_work AND EXISTS (
            SELECT FROM free WHERE coalesce(o.llm_model_name, free.model) = ANY (free.models)
        )
        ORDER BY o.priority DESC, o.number
        LIMIT 1
    )
"""
_HAS_NEXT = text(f"{_NEXT} SELECT EXISTS (SELECT FROM next)")  # noqa: S608 - a constant
_CHOOSE = """
    {next}, urgent AS MATERIALIZED (
        SELECT o.* FROM operations o JOIN next USING (number)
        WHERE o.has_work
        FOR NO KEY UPDATE OF o {or_not}
    )
    SELECT u.*, j.trace_id, j.number AS job_number, f.id AS gateway_id, f.url AS gateway_url,
        coalesce(u.llm_model_name, f.model) AS model,
        (
            SELECT jsonb_object_agg(slots.url, slots.total) FROM slots
            WHERE coalesce(u.llm_model_name, f.model) = ANY (slots.models)
        ) AS slots,
        (
            SELECT sum(greatest(0, free.free)) FROM free
            WHERE coalesce(u.llm_model_name, f.model) = ANY (free.models)
        ) AS free_slots,
        (
            SELECT coalesce(sum(stored), 0) FROM batches WHERE operation_number = u.number
        ) AS stored_ahead,
        (
            SELECT coalesce(jsonb_agg(jsonb_build_array(
                url, stored, asked, extract(epoch FROM clock_timestamp() - claimed_at)
            )), '[]')
            FROM batches JOIN gateways ON gateways.id = gateway_id
            WHERE operation_number = u.number
                AND NOT let_go AND batches.id <> ALL (CAST(:let_go AS bigint[]))
        ) AS under_way
    FROM urgent u
    JOIN jobs j ON j.operation_id = u.id
    JOIN LATERAL (
        SELECT * FROM free
        WHERE coalesce(u.llm_model_name, free.model) = ANY (free.models)
        ORDER BY free.status = 'BUSY', free.free::float / free.total DESC, free.id
        LIMIT 1
    ) f ON true
"""
_MOST_URGENT = text(_CHOOSE.format(next=_NEXT, or_not=""))
_MOST_URGENT_AT_ONCE = text(_CHOOSE.format(next=_NEXT, or_not="SKIP LOCKED"))

# The cell that lacks most, so that all fill up together. After the operation's lock, so that
# no settle can come between. What became of answers that are whole and not settled yet is known
# to their own worker alone; to others they are still under way.
_CELL = text(
    """
    SELECT c.*, (
        SELECT coalesce(jsonb_agg(jsonb_build_array(b.focus, b.asked)), '[]')
        FROM batches b WHERE b.operation_number = :number AND b.cell_ordinal = c.ordinal
            AND NOT (b.let_go AND b.worker = :worker)
            AND b.id <> ALL (CAST(:let_go AS bigint[]))
    ) AS beside
    FROM cells c
    WHERE c.operation_number = :number AND c.open_count > 0
    ORDER BY c.open_count DESC, c.ordinal
    LIMIT 1
    """
)

_TAKE = text(
    """
    WITH cell AS (
        UPDATE cells SET open_count = open_count - :asked
        WHERE operation_number = :number AND ordinal = :cell
    ), operation AS (
        UPDATE operations SET
            open_count = open_count - :asked,
            waiting_seconds = waiting_seconds
                + coalesce(extract(epoch FROM clock_timestamp() - waiting_since), 0),
            waiting_since = NULL
        WHERE number = :number
    )
    INSERT INTO batches
        (operation_number, cell_ordinal, gateway_id, worker, asked, focus, lease_until)
    VALUES (:number, :cell, :gateway, :worker, :asked, :focus,
        clock_timestamp() + :lease * interval '1 second')
    RETURNING id
    """
)

_LET_GO = text(
    """
    WITH whole AS MATERIALIZED (
        SELECT id FROM batches WHERE id = ANY (:ids) ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE batches SET let_go = true WHERE id IN (SELECT id FROM whole)
    """
)

_START = text(
    """
    UPDATE operations SET
        status = 'STARTED',
        start_time = coalesce(start_time, now()),
        update_time = now(),
        llm_model_name = coalesce(llm_model_name, :model)
    WHERE number = :number
    """
)
