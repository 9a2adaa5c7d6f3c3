"""Value generation: accounts, jobs, operations, cells, batches, values, gateways."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE accounts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE api_keys (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts,
    name text NOT NULL,
    secret_sha256 bytea NOT NULL CHECK (octet_length(secret_sha256) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX api_keys_account ON api_keys (account_id);

CREATE TABLE gateways (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    url text NOT NULL UNIQUE,
    max_concurrent_tasks integer NOT NULL CHECK (max_concurrent_tasks > 0),
    status text NOT NULL DEFAULT 'UNKNOWN' CHECK (status IN (
        'UNKNOWN',  -- not asked yet
        'UP',       -- answers
        'BUSY',     -- its last answer was: come back later
        'DOWN'      -- does not answer
    )),
    status_reason text,
    models text[] NOT NULL DEFAULT '{}',
    last_status_change_time timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now()
);

-- An operation is updated once for each prompt, so its pages keep room for new row versions
-- beside the old (heap-only tuples). That is why no index may name a counter: has_work changes
-- twice in an operation's life where open_count changes with every prompt.
CREATE TABLE operations (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    account_id bigint NOT NULL REFERENCES accounts,
    name text NOT NULL,
    description text,
    data_type text NOT NULL,
    attributes jsonb NOT NULL,
    max_value_length integer NOT NULL,
    requested_count integer NOT NULL,
    filter_characters text NOT NULL,
    allow_duplicates boolean NOT NULL,
    trim_values boolean NOT NULL,
    multiline_values boolean NOT NULL,
    retention_time bigint,
    error_tolerance integer NOT NULL,
    priority integer NOT NULL,
    llm_model_name text,
    status text NOT NULL DEFAULT 'PENDING' CHECK (status IN (
        'PENDING',    -- no prompt yet
        'STARTED',    -- at least one prompt was claimed
        'FAILED',     -- out of tolerance, or cancelled; keeps the values that it has
        'COMPLETED'   -- generated_count = requested_count
    )),
    failure_reason text,
    warning text,
    submit_time timestamptz NOT NULL DEFAULT now(),
    start_time timestamptz,
    update_time timestamptz NOT NULL DEFAULT now(),
    end_time timestamptz,
    expiration_time timestamptz,
    deleted_at timestamptz,
    generated_count integer NOT NULL DEFAULT 0,
    open_count integer NOT NULL CHECK (open_count >= 0),
    has_work boolean GENERATED ALWAYS AS
        (open_count > 0 AND end_time IS NULL AND deleted_at IS NULL) STORED,
    prompts bigint NOT NULL DEFAULT 0,
    asked bigint NOT NULL DEFAULT 0,
    wasted bigint NOT NULL DEFAULT 0,
    duplicates bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    failed_prompts bigint NOT NULL DEFAULT 0,
    lost_prompts bigint NOT NULL DEFAULT 0,
    prompt_tokens bigint NOT NULL DEFAULT 0,
    output_tokens bigint NOT NULL DEFAULT 0,
    CONSTRAINT never_more_than_requested
        CHECK (generated_count + open_count <= requested_count),
    CONSTRAINT ended_means_ended
        CHECK ((end_time IS NULL) = (status IN ('PENDING', 'STARTED')))
) WITH (fillfactor = 70);

-- The claim reads the first row of this.
CREATE INDEX operations_claimable ON operations (priority DESC, number) WHERE has_work;
CREATE INDEX operations_account ON operations (account_id, number);
-- What the sweeper has to remove.
CREATE INDEX operations_expiring ON operations (expiration_time)
    WHERE expiration_time IS NOT NULL;
CREATE INDEX operations_deleted ON operations (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE cells (
    operation_number bigint NOT NULL REFERENCES operations,
    ordinal integer NOT NULL,
    choice integer[] NOT NULL,
    quota integer NOT NULL,
    open_count integer NOT NULL CHECK (open_count >= 0),
    generated_count integer NOT NULL DEFAULT 0,
    barren integer NOT NULL DEFAULT 0,
    dry boolean NOT NULL DEFAULT false,
    PRIMARY KEY (operation_number, ordinal),
    CONSTRAINT within_quota CHECK (generated_count + open_count <= quota)
) WITH (fillfactor = 70);
-- The claim takes the cell that lacks most, so that all fill up together.
CREATE INDEX cells_claimable ON cells (operation_number, open_count DESC, ordinal)
    WHERE open_count > 0;

CREATE TABLE batches (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    operation_number bigint NOT NULL REFERENCES operations,
    cell_ordinal integer NOT NULL,
    gateway_id integer NOT NULL REFERENCES gateways,
    worker text NOT NULL,
    asked integer NOT NULL CHECK (asked > 0),
    claimed_at timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX batches_operation ON batches (operation_number);
CREATE INDEX batches_gateway ON batches (gateway_id);
CREATE INDEX batches_worker ON batches (worker);

-- Values reach 4000 characters of four bytes; an index entry may have about 2700 bytes. So
-- uniqueness is by digest, and sorting by the first 600 characters (at most 2400 bytes), the
-- rest by an incremental sort among equals. "C" is code point order, by definition of UTF-8.
CREATE TABLE operation_values (
    operation_number bigint NOT NULL,
    position integer NOT NULL,
    cell_ordinal integer NOT NULL,
    digest uuid,
    value text COLLATE "C" NOT NULL,
    PRIMARY KEY (operation_number, position)
);
CREATE UNIQUE INDEX operation_values_unique ON operation_values (operation_number, digest)
    WHERE digest IS NOT NULL;
CREATE INDEX operation_values_sorted
    ON operation_values (operation_number, "left"(value, 600));

CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts,
    type text NOT NULL,
    operation_id uuid NOT NULL UNIQUE,
    target_name text NOT NULL,
    status text NOT NULL DEFAULT 'PENDING' CHECK (status IN (
        'PENDING', 'STARTED', 'TIMEDOUT', 'RUNNING', 'CANCELED', 'FAILED', 'SUSPENDED',
        'WAITING', 'COMPLETED', 'ABANDONED'
    )),
    error_details text,
    trace_id text NOT NULL,
    submit_time timestamptz NOT NULL DEFAULT now(),
    start_time timestamptz,
    update_time timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX jobs_account ON jobs (account_id, submit_time);
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE jobs, operation_values, batches, cells, operations, gateways")
    op.execute("DROP TABLE api_keys, accounts")
