"""Batches that are closing, gateways that asked for a pause, and an index to count lists by."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

# When an operation ends, its prompts still run until their workers hear of it. Until then they
# hold their slots, though they will not be settled any more.
#
# The total that every page of a list carries is read from operations_visible alone, without
# visiting the rows. Texts are sorted by their first 600 characters, see shared.db.listing.
UP = """
ALTER TABLE batches ADD COLUMN closing boolean NOT NULL DEFAULT false;
ALTER TABLE gateways ADD COLUMN busy_until timestamptz;
CREATE INDEX operations_visible ON operations (account_id, expiration_time)
    WHERE deleted_at IS NULL;
DROP INDEX operations_by_status;
CREATE INDEX operations_by_status ON operations (account_id, "left"(status, 600), number);
"""

DOWN = """
DROP INDEX operations_by_status;
CREATE INDEX operations_by_status ON operations (account_id, status, number);
DROP INDEX operations_visible;
ALTER TABLE gateways DROP COLUMN busy_until;
ALTER TABLE batches DROP COLUMN closing;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
