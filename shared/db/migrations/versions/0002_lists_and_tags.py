"""Lists, tags and idempotency keys."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

# Lists are read per account in the order asked for. The orders that people page through have
# an index; the others sort the account's rows anew for each page, which docs/benchmarks.md
# puts figures to. Columns that change with every prompt stay without one, see 0001.
UP = """
ALTER TABLE jobs ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY;
ALTER TABLE jobs ADD CONSTRAINT jobs_number UNIQUE (number);
DROP INDEX jobs_account;
CREATE INDEX jobs_by_start ON jobs
    (account_id, coalesce(start_time, submit_time), number);

CREATE INDEX operations_by_submission ON operations (account_id, submit_time, number);
CREATE INDEX operations_by_name ON operations (account_id, "left"(name, 600), number);
CREATE INDEX operations_by_start ON operations (account_id, start_time, number);
CREATE INDEX operations_by_end ON operations (account_id, end_time, number);
CREATE INDEX operations_by_priority ON operations (account_id, priority, number);
CREATE INDEX operations_by_status ON operations (account_id, status, number);

CREATE TABLE job_tags (
    job_id uuid NOT NULL REFERENCES jobs,
    key text NOT NULL,
    value text NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (job_id, key, value)
);

CREATE TABLE idempotency_keys (
    account_id bigint NOT NULL REFERENCES accounts,
    key text NOT NULL,
    body_sha256 bytea NOT NULL CHECK (octet_length(body_sha256) = 32),
    job_id uuid NOT NULL REFERENCES jobs,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
"""

DOWN = """
DROP TABLE idempotency_keys, job_tags;
DROP INDEX operations_by_status, operations_by_priority, operations_by_end, operations_by_start,
    operations_by_name, operations_by_submission;
DROP INDEX jobs_by_start;
CREATE INDEX jobs_account ON jobs (account_id, submit_time);
ALTER TABLE jobs DROP COLUMN number;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
