"""Jobs that have work, the most urgent first."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS jobs_claimable")
        op.execute(
            "CREATE INDEX CONCURRENTLY jobs_claimable ON jobs (priority DESC, number) "
            "WHERE has_work"
        )


def downgrade() -> None:
    op.execute("DROP INDEX jobs_claimable")
