"""Up to which value of an operation the folded digests are there."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"

# The version before adds values without a word of `folded`, and goes on to do so while hosts are
# upgraded. It does not move this count either: so what it has left undone is known exactly.
UP = "ALTER TABLE operations ADD COLUMN folded_count integer NOT NULL DEFAULT 0"

DOWN = "ALTER TABLE operations DROP COLUMN folded_count"


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
