"""What the ways of asking have shown, shared by all workers and kept for the next operation."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"

# The index finds what was learned lately, and what was not used for long.
UP = """
CREATE TABLE yields (
    model text COLLATE "C" NOT NULL CHECK (length(model) <= 200),
    kind text COLLATE "C" NOT NULL CHECK (length(kind) <= 200),
    arm text COLLATE "C" NOT NULL CHECK (length(arm) <= 200),
    said double precision NOT NULL,
    fit double precision NOT NULL,
    tokens double precision NOT NULL,
    update_time timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (model, kind, arm)
);
CREATE INDEX yields_by_time ON yields (update_time);
"""

DOWN = "DROP TABLE yields"


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
