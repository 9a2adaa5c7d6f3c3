"""Jobs that were there before are filled from their operations."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0008"
down_revision = "0007"

#: Operations that are locked at once.
CHUNK = 1_000

# A chunk at a time, each in a transaction of its own, so that what works on meanwhile is held up
# for no longer than that takes. Operations are locked before they are read: one that changes in
# between would leave its job with what it was, and no trigger would come again to put it right.
FILL = text(
    """
    WITH these AS MATERIALIZED (
        SELECT id, number, priority, has_work, generated_count, requested_count, warning,
            end_time, status, deleted_at
        FROM operations WHERE number > :after
        ORDER BY number LIMIT :chunk FOR NO KEY UPDATE
    ), filled AS (
        UPDATE jobs SET
            priority = o.priority,
            has_work = o.has_work,
            percent_complete = 100 * CAST(o.generated_count AS bigint) / o.requested_count,
            warning = o.warning,
            end_time = o.end_time,
            result = CASE WHEN o.end_time IS NOT NULL THEN jsonb_build_object(
                'id', o.id, 'status', o.status, 'generated_count', o.generated_count
            ) END
        FROM these o
        WHERE o.id = jobs.operation_id AND o.deleted_at IS NULL AND jobs.priority IS NULL
    )
    SELECT max(number) FROM these
    """
)

# What is left had its operation deleted: how far it came is not known any more.
FILL_REST = """
UPDATE jobs SET
    priority = 0,
    percent_complete = CASE WHEN status = 'COMPLETED' THEN 100 END,
    end_time = update_time
WHERE priority IS NULL
"""


def upgrade() -> None:
    with op.get_context().autocommit_block():
        last: int | None = 0
        while last is not None:
            last = op.get_bind().scalar(FILL, {"after": last, "chunk": CHUNK})
        op.execute(FILL_REST)


def downgrade() -> None:
    """Nothing: the columns go with the revision before."""
