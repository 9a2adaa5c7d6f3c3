"""Claim a batch, keep its lease, give it back.

A *batch* is one prompt: so many values of one cell, a slot of one gateway, and a lease. It holds
by the database's clock, so clocks of worker hosts do not matter. The lease is fenced by the
batch's id: settling, sweeping and cancelling delete the row, and an id is never given twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, text

from shared.requests import Attribute

#: Claims are taken one at a time, over all workers.
CLAIM_LOCK = 7_305_100_002


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What a claim knows of the work when it decides how many values to ask for."""

    #: Values of the operation that no batch asks for yet.
    open_count: int
    #: The longest that a value may be, in code points.
    max_value_length: int
    #: Free slots, this one included, and all slots, of the gateways that this worker may use.
    free_slots: int
    total_slots: int


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A batch that is ours to prompt for, and all that is needed to do so."""

    batch_id: int
    #: New values wanted.
    asked: int
    operation_id: str
    operation_number: int
    trace_id: str
    gateway_url: str
    #: Null where neither the request nor an earlier claim named one.
    model: str
    data_type: str
    #: ``(label, value)`` of the cell, without those left out.
    attributes: tuple[tuple[str | None, str], ...]
    max_value_length: int
    filter_characters: str
    allow_duplicates: bool
    trim_values: bool
    multiline_values: bool


def claim(
    connection: Connection,
    *,
    worker: str,
    gateways: Sequence[str],
    lease_seconds: float,
    size: Callable[[Outlook], int],
    default_model: str = "",
) -> Claim | None:
    """Claim the most urgent work that a free slot of ``gateways`` can do.

    Most urgent is the highest priority, and the oldest within it. Nothing is skipped because it
    is locked: the claim waits the moment that it takes, or lower priorities would slip past.

    :param size: decides how many values to ask for; what the cell lacks is the upper limit.
    :param default_model: the model of operations that name none; empty: the gateway's first.
    :returns: None when there is no such work, or no such slot.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CLAIM_LOCK})
    found = _most_urgent(connection, gateways, default_model)
    if found is None:
        return None
    outlook = Outlook(
        open_count=found["open_count"],
        max_value_length=found["max_value_length"],
        free_slots=found["free_slots"],
        total_slots=found["total_slots"],
    )
    batch = (
        connection.execute(
            _TAKE,
            {
                "number": found["number"],
                "gateway": found["gateway_id"],
                "worker": worker,
                "lease": lease_seconds,
                "wanted": max(1, size(outlook)),
            },
        )
        .mappings()
        .one()
    )
    if found["start_time"] is None or found["llm_model_name"] is None:
        connection.execute(_START, {"number": found["number"], "model": found["model"]})
    return _as_claim(found, batch)


def _most_urgent(
    connection: Connection, gateways: Sequence[str], default_model: str
) -> RowMapping | None:
    # A statement of its own: its snapshot must be younger than the lock. Twice, because an
    # operation that ran out of work while its lock was waited for comes back as no row at all,
    # though others have work.
    for _ in range(2):
        found = connection.execute(
            _MOST_URGENT, {"urls": list(gateways), "default_model": default_model}
        )
        row = found.mappings().one_or_none()
        if row is not None:
            return row
    return None


# A gateway that is well goes before one that was busy last time; among equals the one with the
# largest share of its slots free gets the work, so load spreads evenly.
_MOST_URGENT = text(
    """
    WITH slots AS MATERIALIZED (
        SELECT g.id, g.url, g.models, g.status, g.max_concurrent_tasks AS total,
            coalesce(g.busy_until, '-infinity') <= clock_timestamp() AS willing,
            g.max_concurrent_tasks - count(b.id) AS free,
            CASE WHEN :default_model <> '' THEN :default_model ELSE g.models[1] END AS model
        FROM gateways g LEFT JOIN batches b ON b.gateway_id = g.id
        WHERE g.url = ANY (:urls) AND g.status IN ('UP', 'BUSY')
        GROUP BY g.id
    ), free AS MATERIALIZED (
        SELECT * FROM slots WHERE free > 0 AND willing
    ), urgent AS MATERIALIZED (
        SELECT o.* FROM operations o
        WHERE o.has_work AND EXISTS (
            SELECT FROM free WHERE coalesce(o.llm_model_name, free.model) = ANY (free.models)
        )
        ORDER BY o.priority DESC, o.number
        LIMIT 1
        FOR NO KEY UPDATE OF o
    )
    SELECT u.*, j.trace_id, f.id AS gateway_id, f.url AS gateway_url,
        coalesce(u.llm_model_name, f.model) AS model,
        (SELECT sum(free) FROM free) AS free_slots,
        (SELECT sum(total) FROM slots) AS total_slots
    FROM urgent u
    JOIN jobs j ON j.operation_id = u.id
    JOIN LATERAL (
        SELECT * FROM free
        WHERE coalesce(u.llm_model_name, free.model) = ANY (free.models)
        ORDER BY free.status = 'BUSY', free.free::float / free.total DESC, free.id
        LIMIT 1
    ) f ON true
    """
)

_TAKE = text(
    """
    WITH cell AS MATERIALIZED (
        SELECT ordinal, choice, least(open_count, :wanted) AS asked
        FROM cells
        WHERE operation_number = :number AND open_count > 0
        ORDER BY open_count DESC, ordinal
        LIMIT 1
        FOR NO KEY UPDATE
    ), taken AS (
        UPDATE cells SET open_count = cells.open_count - cell.asked FROM cell
        WHERE cells.operation_number = :number AND cells.ordinal = cell.ordinal
    ), counted AS (
        UPDATE operations SET open_count = operations.open_count - cell.asked FROM cell
        WHERE operations.number = :number
    )
    INSERT INTO batches (operation_number, cell_ordinal, gateway_id, worker, asked, lease_until)
    SELECT :number, cell.ordinal, :gateway, :worker, cell.asked,
        clock_timestamp() + :lease * interval '1 second'
    FROM cell
    RETURNING id, asked, (SELECT choice FROM cell) AS choice
    """
)

_START = text(
    """
    WITH started AS (
        UPDATE operations SET
            status = 'STARTED',
            start_time = coalesce(start_time, now()),
            update_time = now(),
            llm_model_name = coalesce(llm_model_name, :model)
        WHERE number = :number
        RETURNING id
    )
    UPDATE jobs SET
        status = 'STARTED', start_time = coalesce(start_time, now()), update_time = now()
    FROM started WHERE jobs.operation_id = started.id
    """
)


def _as_claim(found: RowMapping, batch: RowMapping) -> Claim:
    chosen = [
        (attribute.label, attribute.values[index])
        for attribute, index in zip(
            map(Attribute.from_json, found["attributes"]), batch["choice"], strict=True
        )
    ]
    return Claim(
        batch_id=batch["id"],
        asked=batch["asked"],
        operation_id=found["id"].hex,
        operation_number=found["number"],
        trace_id=found["trace_id"],
        gateway_url=found["gateway_url"],
        model=found["model"],
        data_type=found["data_type"],
        attributes=tuple((label, value) for label, value in chosen if value != ""),
        max_value_length=found["max_value_length"],
        filter_characters=found["filter_characters"],
        allow_duplicates=found["allow_duplicates"],
        trim_values=found["trim_values"],
        multiline_values=found["multiline_values"],
    )


def heartbeat(
    connection: Connection, *, batches: Sequence[int], lease_seconds: float
) -> frozenset[int]:
    """Renew the leases of these batches; return those that are still ours.

    A batch that is not among them is closing because its operation has ended, or was swept
    after its lease ran out: whoever works on it may stop, and gives it back.
    """
    rows = connection.execute(
        text(
            """
            UPDATE batches SET lease_until = clock_timestamp() + :lease * interval '1 second'
            WHERE id = ANY (:batches) AND NOT closing RETURNING id
            """
        ),
        {"batches": list(batches), "lease": lease_seconds},
    )
    return frozenset(rows.scalars())


def give_back(
    connection: Connection,
    *,
    batches: Sequence[int],
    operation_number: int,
    lost: bool = False,
    only_expired: bool = False,
) -> int:
    """Return batches of one operation to their cells, as if they had never been claimed.

    Nothing counts as wasted.

    :param lost: count them as lost prompts: their worker died, or went silent.
    :param only_expired: leave alone those whose lease was renewed meanwhile.
    :returns: how many of them there still were.
    """
    connection.execute(
        text("SELECT FROM operations WHERE number = :number FOR NO KEY UPDATE"),
        {"number": operation_number},
    )
    returned = connection.scalar(
        _GIVE_BACK,
        {
            "batches": list(batches),
            "number": operation_number,
            "lost": lost,
            "only_expired": only_expired,
        },
    )
    return int(returned or 0)


_GIVE_BACK = text(
    """
    WITH gone AS (
        DELETE FROM batches
        WHERE id = ANY (:batches) AND operation_number = :number
            AND (NOT :only_expired OR lease_until < clock_timestamp())
        RETURNING cell_ordinal, asked
    ), per_cell AS (
        SELECT cell_ordinal, sum(asked) AS asked FROM gone GROUP BY cell_ordinal
    ), cell AS (
        UPDATE cells SET open_count = open_count + per_cell.asked FROM per_cell
        WHERE operation_number = :number AND ordinal = per_cell.cell_ordinal
    ), operation AS (
        UPDATE operations SET
            open_count = open_count + (SELECT sum(asked) FROM gone),
            lost_prompts = lost_prompts
                + CASE WHEN :lost THEN (SELECT count(*) FROM gone) ELSE 0 END
        WHERE number = :number AND EXISTS (SELECT FROM gone)
    )
    SELECT count(*) FROM gone
    """
)
