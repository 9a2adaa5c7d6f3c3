"""Jobs that were there before are filled from their operations."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"

# In a revision of its own, so that no lock on a table is held meanwhile. Jobs of ended operations
# are written by nobody else, those of open ones by the triggers, which agree. What is left had its
# operation deleted: how far it came is not known any more.
UP = """
UPDATE jobs SET
    priority = o.priority,
    has_work = o.has_work,
    percent_complete = 100 * CAST(o.generated_count AS bigint) / o.requested_count,
    warning = o.warning,
    end_time = o.end_time,
    result = CASE WHEN o.end_time IS NOT NULL THEN jsonb_build_object(
        'id', o.id, 'status', o.status, 'generated_count', o.generated_count
    ) END
FROM operations o
WHERE o.id = jobs.operation_id AND o.deleted_at IS NULL AND jobs.priority IS NULL;

UPDATE jobs SET
    priority = 0,
    percent_complete = CASE WHEN status = 'COMPLETED' THEN 100 END,
    end_time = update_time
WHERE priority IS NULL;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    """Nothing: the columns go with the revision before."""
