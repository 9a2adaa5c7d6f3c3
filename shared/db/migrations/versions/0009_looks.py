"""Values refused because they are none of the kind asked for are counted by reason."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"

# Constants as defaults: no row is rewritten, and code that does not know the columns goes on.
UP = """
ALTER TABLE operations
    ADD COLUMN echo bigint NOT NULL DEFAULT 0,
    ADD COLUMN markup bigint NOT NULL DEFAULT 0,
    ADD COLUMN counting bigint NOT NULL DEFAULT 0,
    ADD COLUMN cut_off bigint NOT NULL DEFAULT 0,
    ADD COLUMN run_away bigint NOT NULL DEFAULT 0,
    ADD COLUMN off_shape bigint NOT NULL DEFAULT 0;
"""

DOWN = """
ALTER TABLE operations
    DROP COLUMN echo, DROP COLUMN markup, DROP COLUMN counting,
    DROP COLUMN cut_off, DROP COLUMN run_away, DROP COLUMN off_shape;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
