"""Values that look the same are equal: what their digests are folded to."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"

# The version before finds repeats by `digest`, so that stays what it was: of the value as it is.
# `folded` is the digest of what equal values have in common, where that is another; most values
# have none. Alone in its revision, because downloads hold this table for long, and nothing else may
# be held up while it waits for them.
UP = "ALTER TABLE operation_values ADD COLUMN folded uuid"

DOWN = "ALTER TABLE operation_values DROP COLUMN folded"


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
