"""Values that took too long to filter, and refusals, are counted by these names."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"

# Constants as defaults: no row is rewritten, and code that does not know the columns goes on.
UP = """
ALTER TABLE operations
    ADD COLUMN filter_timeout bigint NOT NULL DEFAULT 0,
    ADD COLUMN refusal bigint NOT NULL DEFAULT 0;
"""

DOWN = "ALTER TABLE operations DROP COLUMN filter_timeout, DROP COLUMN refusal"


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
