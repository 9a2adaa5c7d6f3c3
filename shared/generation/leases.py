"""Give batches back: their values are open again, as if they had never been claimed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text


def give_back(
    connection: Connection,
    *,
    batches: Sequence[int],
    operation_number: int,
    lost: bool = False,
    only_expired: bool = False,
) -> int:
    """Return batches of one operation to their cells; nothing counts as wasted.

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
    WITH theirs AS MATERIALIZED (
        SELECT id FROM batches
        WHERE id = ANY (:batches) AND operation_number = :number
            AND (NOT :only_expired OR lease_until < clock_timestamp())
        ORDER BY id FOR UPDATE
    ), gone AS (
        DELETE FROM batches WHERE id IN (SELECT id FROM theirs)
        RETURNING id, cell_ordinal, asked
    ), per_cell AS (
        SELECT cell_ordinal, sum(asked) AS asked FROM gone GROUP BY cell_ordinal
    ), cell AS (
        UPDATE cells SET open_count = open_count + per_cell.asked FROM per_cell
        WHERE operation_number = :number AND ordinal = per_cell.cell_ordinal
    ), operation AS (
        UPDATE operations SET
            open_count = open_count + (SELECT sum(asked) FROM gone),
            waiting_since = CASE WHEN EXISTS (
                SELECT FROM batches b WHERE b.operation_number = :number
                    AND b.id NOT IN (SELECT id FROM gone)
            ) THEN waiting_since ELSE clock_timestamp() END,
            lost_prompts = lost_prompts
                + CASE WHEN :lost THEN (SELECT count(*) FROM gone) ELSE 0 END
        WHERE number = :number AND EXISTS (SELECT FROM gone)
    )
    SELECT count(*) FROM gone
    """
)
