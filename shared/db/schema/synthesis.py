"""Synthesis: users and their sessions, engines and what they know of two databases, runs."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.db.schema.base import TEXT, TIME, metadata

#: People of an account, who sign in with a password.
users = Table(
    "users",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    # In lower case.
    Column("email", TEXT, nullable=False, unique=True),
    # Argon2id, with its parameters, as argon2 writes it.
    Column("password_hash", Text, nullable=False),
    Column("created_at", TIME, nullable=False),
    Column("disabled_at", TIME),
)

#: Who is signed in. A session ends by being removed, or by not being used for long.
sessions = Table(
    "sessions",
    metadata,
    # SHA-256 of the cookie, which has 256 random bits.
    Column("digest", LargeBinary, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("created_at", TIME, nullable=False),
    Column("seen_at", TIME, nullable=False),
)

#: What a person calls an engine.
workspaces = Table(
    "workspaces",
    metadata,
    Column("pk", BigInteger, Identity(always=True), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("name", TEXT, nullable=False),
    Column("organization", Integer),
    Column("owner_name", Text, nullable=False),
    Column("created_at", TIME, nullable=False),
)

#: Reads a source database, and fills a target.
engines = Table(
    "engines",
    metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("workspace_pk", ForeignKey("workspaces.pk"), nullable=False, unique=True),
    # All of shared.synthesis.settings, each by its name.
    Column("settings", JSONB, nullable=False),
    Column("created_at", TIME, nullable=False),
    Column("updated_at", TIME, nullable=False),
    # Not shown any more, and removed once its runs have ended and the target is as it was.
    Column("deleted_at", TIME),
)

#: The source or the target of an engine, and how it is reached.
engine_databases = Table(
    "engine_databases",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("engine_number", ForeignKey("engines.number"), nullable=False),
    # SOURCE or TARGET.
    Column("role", Text, nullable=False),
    # CURRENT: as it was when it was last looked at; else see shared.synthesis.engines.
    Column("status", Text, nullable=False),
    Column("synced_at", TIME),
    # shared.synthesis.schema as it was read; null before the first look.
    Column("structure", JSONB),
    Column("connector_id", Uuid, nullable=False, unique=True),
    Column("connector_type", Text, nullable=False),
    # Where and as whom: host, port, database, schema_name, username, protocol, hooks_params.
    Column("address", JSONB, nullable=False),
    # What only workers can read: passwords and keys, in a sealed box (shared.sealing).
    Column("sealed", LargeBinary, nullable=False),
    # Of its SSH server, as it was met first; null: never met, or given in the address.
    Column("ssh_host_key", Text),
)

#: The tables of a source.
source_tables = Table(
    "source_tables",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("database_id", ForeignKey("engine_databases.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("schema_name", TEXT, nullable=False),
    Column("name", TEXT, nullable=False),
    Column("row_count", BigInteger),
    Column("is_excluded", Boolean, nullable=False),
    # Those of shared.synthesis.settings that are a table's own.
    Column("settings", JSONB, nullable=False),
)

#: Their columns, and what becomes of them.
source_columns = Table(
    "source_columns",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("table_id", ForeignKey("source_tables.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("name", TEXT, nullable=False),
    # Those of shared.synthesis.settings that are a column's own.
    Column("settings", JSONB, nullable=False),
    # shared.synthesis.plans.Finding; null: nothing personal was found.
    Column("finding", JSONB),
    # shared.synthesis.plans.Generator.
    Column("generator", JSONB, nullable=False),
    # Set by a person: no scan and no other mode changes it.
    Column("by_hand", Boolean, nullable=False),
)

#: One thing that an engine was told to do; the job that a client polls has the same id.
runs = Table(
    "runs",
    metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("engine_number", ForeignKey("engines.number"), nullable=False),
    # shared.synthesis.run.RunType and RunState.
    Column("type", Text, nullable=False),
    Column("state", Text, nullable=False),
    # As they were when it began, and what it was asked for besides.
    Column("settings", JSONB, nullable=False),
    Column("request", JSONB, nullable=False),
    # All that is drawn by chance comes of it.
    Column("seed", LargeBinary, nullable=False),
    # What was to become of tables and columns when it began: shared.synthesis.frozen.
    Column("plan", JSONB),
    # What was done so far; see shared.synthesis.progress.
    Column("summary", JSONB, nullable=False),
    Column("report", JSONB),
    Column("warnings", ARRAY(Text), nullable=False),
    Column("reason", Text),
    Column("created_at", TIME, nullable=False),
    Column("updated_at", TIME, nullable=False),
    # When nothing of it is left to do: after a client ended it, once the target is as it was.
    Column("ended_at", TIME),
    # Not shown any more, and removed with its engine at the latest.
    Column("deleted_at", TIME),
)

#: A run in parts that are each done by one process, and done again where it is lost.
steps = Table(
    "steps",
    metadata,
    Column("run_number", ForeignKey("runs.number"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    # What worker.synthesis does for it.
    Column("kind", Text, nullable=False),
    Column("parameters", JSONB, nullable=False),
    # shared.synthesis.run.StepState.
    Column("state", Text, nullable=False),
    # All steps of lower waves have to be done before.
    Column("wave", Integer, nullable=False),
    # How often its process was lost, or could not do it, since it last went on.
    Column("attempts", Integer, nullable=False),
    Column("not_before", TIME),
    # What its process has told; of one that holds something for others, while it holds it.
    Column("result", JSONB),
)

#: A step under way, for as long as its lease is renewed; an id is never used again.
step_claims = Table(
    "step_claims",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("run_number", BigInteger, nullable=False),
    Column("step_ordinal", Integer, nullable=False),
    Column("worker", Text, nullable=False),
    Column("claimed_at", TIME, nullable=False),
    Column("lease_until", TIME, nullable=False),
    Column("closing", Boolean, nullable=False),
)

#: What steps leave to later ones, in parts: arrays of numbers, never a value of a source.
artifacts = Table(
    "artifacts",
    metadata,
    Column("run_number", ForeignKey("runs.number"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

#: Statements that put a target back as it was, written down before it is changed.
repairs = Table(
    "repairs",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("engine_number", ForeignKey("engines.number"), nullable=False),
    Column("run_number", BigInteger, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("statement", Text, nullable=False),
    Column("done_at", TIME),
)
