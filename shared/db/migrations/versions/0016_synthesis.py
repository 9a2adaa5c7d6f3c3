"""Synthesis: users and their sessions, engines, and runs in steps that are leased."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"

# Indexes: who is signed in for how long, and as whom; the engines of an account; what belongs to
# what; the next open step, and the next wave; leases by worker and by their end; repairs that are
# not done.
UP = """
CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts,
    email text COLLATE "C" NOT NULL UNIQUE CHECK (email = lower(email) AND length(email) <= 255),
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    disabled_at timestamptz
);
CREATE TABLE sessions (
    digest bytea PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_time ON sessions (seen_at);

CREATE TABLE workspaces (
    pk bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts,
    name text COLLATE "C" NOT NULL CHECK (length(name) <= 255),
    organization integer,
    owner_name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX workspaces_by_account ON workspaces (account_id, pk);
CREATE TABLE engines (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    account_id bigint NOT NULL REFERENCES accounts,
    workspace_pk bigint NOT NULL UNIQUE REFERENCES workspaces,
    settings jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
CREATE INDEX engines_by_account ON engines (account_id, number);
CREATE TABLE engine_databases (
    id uuid PRIMARY KEY,
    engine_number bigint NOT NULL REFERENCES engines,
    role text NOT NULL CHECK (role IN ('SOURCE', 'TARGET')),
    status text NOT NULL,
    synced_at timestamptz,
    structure jsonb,
    connector_id uuid NOT NULL UNIQUE,
    connector_type text NOT NULL,
    address jsonb NOT NULL,
    sealed bytea NOT NULL,
    ssh_host_key text,
    UNIQUE (engine_number, role)
);
CREATE TABLE source_tables (
    id uuid PRIMARY KEY,
    database_id uuid NOT NULL REFERENCES engine_databases,
    ordinal integer NOT NULL,
    schema_name text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    row_count bigint,
    is_excluded boolean NOT NULL DEFAULT false,
    settings jsonb NOT NULL,
    UNIQUE (database_id, schema_name, name)
);
CREATE TABLE source_columns (
    id uuid PRIMARY KEY,
    table_id uuid NOT NULL REFERENCES source_tables ON DELETE CASCADE,
    ordinal integer NOT NULL,
    name text COLLATE "C" NOT NULL,
    settings jsonb NOT NULL,
    finding jsonb,
    generator jsonb NOT NULL,
    by_hand boolean NOT NULL DEFAULT false,
    UNIQUE (table_id, name)
);

CREATE TABLE runs (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    engine_number bigint NOT NULL REFERENCES engines,
    type text NOT NULL,
    state text NOT NULL,
    settings jsonb NOT NULL,
    request jsonb NOT NULL,
    seed bytea NOT NULL,
    plan jsonb,
    summary jsonb NOT NULL DEFAULT '{}',
    report jsonb,
    warnings text[] NOT NULL DEFAULT '{}',
    reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    deleted_at timestamptz
);
CREATE INDEX runs_by_engine ON runs (engine_number, number);
-- An engine does one thing at a time.
CREATE UNIQUE INDEX runs_open ON runs (engine_number) WHERE ended_at IS NULL;
CREATE TABLE steps (
    run_number bigint NOT NULL REFERENCES runs,
    ordinal integer NOT NULL,
    kind text NOT NULL,
    parameters jsonb NOT NULL,
    state text NOT NULL DEFAULT 'OPEN',
    wave integer NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    not_before timestamptz,
    result jsonb,
    PRIMARY KEY (run_number, ordinal)
);
CREATE INDEX steps_open ON steps (run_number, ordinal) WHERE state = 'OPEN';
CREATE INDEX steps_to_do ON steps (run_number, wave) WHERE state IN ('WAITING', 'OPEN', 'CLAIMED');
CREATE TABLE step_claims (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_number bigint NOT NULL,
    step_ordinal integer NOT NULL,
    worker text NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    lease_until timestamptz NOT NULL,
    closing boolean NOT NULL DEFAULT false
);
CREATE INDEX step_claims_by_run ON step_claims (run_number, step_ordinal);
CREATE INDEX step_claims_by_worker ON step_claims (worker);
CREATE INDEX step_claims_by_lease ON step_claims (lease_until);
CREATE TABLE artifacts (
    run_number bigint NOT NULL REFERENCES runs,
    name text NOT NULL,
    part integer NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (run_number, name, part)
);
CREATE TABLE repairs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    engine_number bigint NOT NULL REFERENCES engines,
    run_number bigint NOT NULL,
    ordinal integer NOT NULL,
    statement text NOT NULL,
    done_at timestamptz
);
CREATE INDEX repairs_open ON repairs (engine_number, ordinal) WHERE done_at IS NULL;

-- A list that a run wants, as the API would write it; see shared.generation.orders. Whose it is,
-- how urgent, and what it is traced by is the run's, whatever was given. Null, and nothing was
-- written, where the account may not have so much more; 0 is no limit.
CREATE FUNCTION order_list(
    for_run uuid, operation jsonb, its_cells jsonb, its_job jsonb,
    most_operations bigint, most_values bigint
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    run record;
    holder record;
    asked operations := jsonb_populate_record(NULL::operations, operation);
    number_of_it bigint;
BEGIN
    SELECT e.account_id, j.priority, j.trace_id INTO run
    FROM runs r
    JOIN engines e ON e.number = r.engine_number
    JOIN jobs j ON j.operation_id = r.id
    WHERE r.id = for_run AND r.state IN ('STARTED', 'IN_PROGRESS') AND e.deleted_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no run that goes on wants this list';
    END IF;
    SELECT a.open_operations, a.held_values INTO holder
    FROM accounts a WHERE a.id = run.account_id FOR NO KEY UPDATE;
    IF most_operations > 0 AND holder.open_operations + 1 > most_operations
        OR most_values > 0 AND holder.held_values + asked.requested_count > most_values
    THEN
        RETURN NULL;
    END IF;
    INSERT INTO operations (
        id, account_id, name, description, data_type, attributes, max_value_length,
        requested_count, filter_characters, allow_duplicates, trim_values, multiline_values,
        retention_time, error_tolerance, priority, llm_model_name, open_count, waiting_since
    ) VALUES (
        asked.id, run.account_id, asked.name, asked.description, asked.data_type,
        asked.attributes, asked.max_value_length, asked.requested_count,
        asked.filter_characters, asked.allow_duplicates, asked.trim_values,
        asked.multiline_values, asked.retention_time, asked.error_tolerance, run.priority,
        asked.llm_model_name, asked.requested_count, now()
    ) RETURNING number INTO number_of_it;
    INSERT INTO cells (operation_number, ordinal, choice, quota, open_count)
    SELECT number_of_it, c.ordinal, c.choice, c.quota, c.quota
    FROM jsonb_to_recordset(its_cells) AS c (ordinal integer, choice integer[], quota integer);
    INSERT INTO jobs (
        id, account_id, type, operation_id, target_name, priority, has_work, percent_complete,
        trace_id
    ) VALUES (
        CAST(its_job ->> 'id' AS uuid), run.account_id, its_job ->> 'type', asked.id, asked.name,
        run.priority, true, 0, run.trace_id
    );
    RETURN number_of_it;
END
$$;
REVOKE ALL ON FUNCTION order_list(uuid, jsonb, jsonb, jsonb, bigint, bigint) FROM PUBLIC;
-- Whose rights it has must not find a temporary table of the caller's in place of ours.
DO $$
BEGIN
    EXECUTE format(
        'ALTER FUNCTION order_list(uuid, jsonb, jsonb, jsonb, bigint, bigint) '
        'SET search_path = %I, pg_temp', current_schema()
    );
END
$$;
"""

DOWN = """
DROP FUNCTION order_list(uuid, jsonb, jsonb, jsonb, bigint, bigint);
DROP TABLE repairs, artifacts, step_claims, steps, runs, source_columns, source_tables,
    engine_databases, engines, workspaces, sessions, users;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
