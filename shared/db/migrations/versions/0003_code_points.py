"""Texts that lists sort by are in the order of code points; tags may be long."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

# The order of a list may not depend on the locale that a database happens to have, nor change
# with the next version of the operating system. Neither rewrites a table.
TEXTS = {
    "operations": (
        "name",
        "description",
        "data_type",
        "filter_characters",
        "status",
        "llm_model_name",
        "warning",
    ),
    "jobs": ("type", "target_name", "status", "error_details", "trace_id"),
}

# A key and a value of 4000 characters are more than an index entry holds, so that a job has a
# tag only once is told by a digest, which the code makes.
TAGS_UP = """
DROP TABLE job_tags;
CREATE TABLE job_tags (
    job_id uuid NOT NULL REFERENCES jobs,
    digest uuid NOT NULL,
    key text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (job_id, digest)
);
"""

TAGS_DOWN = """
DROP TABLE job_tags;
CREATE TABLE job_tags (
    job_id uuid NOT NULL REFERENCES jobs,
    key text NOT NULL,
    value text NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (job_id, key, value)
);
"""


def _collate(collation: str) -> None:
    for table, columns in TEXTS.items():
        changes = (f'ALTER COLUMN {name} TYPE text COLLATE "{collation}"' for name in columns)
        op.execute(f"ALTER TABLE {table} {', '.join(changes)}")


def upgrade() -> None:
    _collate("C")
    op.execute(TAGS_UP)


def downgrade() -> None:
    op.execute(TAGS_DOWN)
    _collate("default")
