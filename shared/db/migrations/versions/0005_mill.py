"""What the mill learns: repeats, steered prompts, why values were refused, a gateway's level."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

# A batch that has let go holds no slot: its answer is whole and about to be settled, while the
# slot works for another batch already.
#
# Values that were said more than once stand in `repeats`; all others were said once. Few values
# repeat, so this is smaller and cheaper than a counter on each value.
UP = """
ALTER TABLE operations
    ADD COLUMN too_long bigint NOT NULL DEFAULT 0,
    ADD COLUMN several_lines bigint NOT NULL DEFAULT 0,
    ADD COLUMN empty bigint NOT NULL DEFAULT 0,
    ADD COLUMN broken_prompts bigint NOT NULL DEFAULT 0,
    ADD COLUMN refused_prompts bigint NOT NULL DEFAULT 0,
    ADD COLUMN cut_prompts bigint NOT NULL DEFAULT 0,
    ADD COLUMN waiting_since timestamptz,
    ADD COLUMN waiting_seconds double precision NOT NULL DEFAULT 0,
    ADD COLUMN reachable integer;
UPDATE operations SET waiting_since = now() WHERE has_work;

ALTER TABLE cells
    ADD COLUMN said bigint NOT NULL DEFAULT 0,
    ADD COLUMN said_again integer NOT NULL DEFAULT 0,
    ADD COLUMN said_twice integer NOT NULL DEFAULT 0,
    ADD COLUMN asked bigint NOT NULL DEFAULT 0,
    ADD COLUMN prompts bigint NOT NULL DEFAULT 0,
    ADD COLUMN trend double precision[] NOT NULL DEFAULT '{}';

ALTER TABLE batches
    ADD COLUMN let_go boolean NOT NULL DEFAULT false,
    ADD COLUMN stored integer NOT NULL DEFAULT 0,
    ADD COLUMN focus text;

ALTER TABLE gateways
    ADD COLUMN level integer,
    ADD COLUMN loaded text[] NOT NULL DEFAULT '{}',
    ADD COLUMN pulling text,
    ADD COLUMN pull_progress text;

CREATE TABLE repeats (
    operation_number bigint NOT NULL,
    position integer NOT NULL,
    times integer NOT NULL CHECK (times > 1),
    PRIMARY KEY (operation_number, position)
);

-- What came of steered prompts, for the other processes to learn from.
CREATE TABLE outcomes (
    operation_number bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    cell_ordinal integer NOT NULL,
    worker text NOT NULL,
    focus text NOT NULL,
    asked integer NOT NULL,
    said integer NOT NULL,
    fresh integer NOT NULL,
    PRIMARY KEY (operation_number, id)
);
"""

DOWN = """
DROP TABLE outcomes;
DROP TABLE repeats;
ALTER TABLE gateways
    DROP COLUMN level, DROP COLUMN loaded, DROP COLUMN pulling,
    DROP COLUMN pull_progress;
ALTER TABLE batches DROP COLUMN focus, DROP COLUMN stored, DROP COLUMN let_go;
ALTER TABLE cells
    DROP COLUMN said, DROP COLUMN said_again, DROP COLUMN said_twice, DROP COLUMN asked,
    DROP COLUMN prompts, DROP COLUMN trend;
ALTER TABLE operations
    DROP COLUMN too_long, DROP COLUMN several_lines, DROP COLUMN empty,
    DROP COLUMN broken_prompts, DROP COLUMN refused_prompts, DROP COLUMN cut_prompts,
    DROP COLUMN waiting_since, DROP COLUMN waiting_seconds, DROP COLUMN reachable;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
