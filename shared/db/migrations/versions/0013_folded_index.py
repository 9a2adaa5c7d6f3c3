"""The index of folded digests."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"

# It has only values that differ from what they are folded to, so it is small, and most inserts do
# not touch it. One over both digests, in place of the two, is for a version whose predecessor folds
# too: today's would break it.
UP = """
CREATE UNIQUE INDEX CONCURRENTLY operation_values_folded
    ON operation_values (operation_number, folded) WHERE folded IS NOT NULL
"""

# What a try has left that was cut off; it is of no use.
DROP = "DROP INDEX CONCURRENTLY IF EXISTS operation_values_folded"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # It waits for the transactions that were there before it, and holds up nobody meanwhile.
        waiting = op.get_bind().exec_driver_sql("SHOW lock_timeout").scalar_one()
        op.execute("SET lock_timeout = 0")
        op.execute(DROP)
        op.execute(UP)
        op.execute(f"SET lock_timeout = '{waiting}'")


def downgrade() -> None:
    op.execute("DROP INDEX operation_values_folded")
