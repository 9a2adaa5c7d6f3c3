"""Jobs, of whatever product."""

from __future__ import annotations

from sqlalchemy import (
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

#: What a client polls, of whatever product. Outlives what it works on.
jobs = Table(
    "jobs",
    metadata,
    Column("id", Uuid, primary_key=True),
    # The order of submission; breaks ties in lists.
    Column("number", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    # Of which product.
    Column("type", TEXT, nullable=False),
    # What it works on. The name is of the time when there was one product.
    Column("operation_id", Uuid, key="target_id", nullable=False),
    Column("target_name", TEXT, nullable=False),
    # Null only in the midst of a submit by the version before.
    Column("priority", Integer),
    Column("status", TEXT, nullable=False),
    # Whether a worker could start on something of it now, if it has what that takes.
    Column("has_work", Boolean, nullable=False),
    # Null where it is not known any more.
    Column("percent_complete", Integer),
    # What did not go as asked; why it has failed, or was ended; and what came of it, as an object.
    Column("warning", TEXT),
    Column("error_details", TEXT),
    Column("result", JSONB),
    Column("trace_id", TEXT, nullable=False),
    Column("submit_time", TIME, nullable=False),
    Column("start_time", TIME),
    Column("update_time", TIME, nullable=False),
    Column("end_time", TIME),
)

#: What clients write on jobs, to find them again. A key may have several values.
job_tags = Table(
    "job_tags",
    metadata,
    Column("job_id", ForeignKey("jobs.id"), primary_key=True),
    # 128 bits of BLAKE2b over key, NUL, value.
    Column("digest", Uuid, primary_key=True),
    Column("key", TEXT, nullable=False),
    Column("value", TEXT, nullable=False),
    # The order of creation.
    Column("position", BigInteger, Identity(always=True), nullable=False),
)

#: Requests that may be sent again without being done again.
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body_sha256", LargeBinary, nullable=False),
    Column("job_id", ForeignKey("jobs.id"), nullable=False),
    Column("created_at", TIME, nullable=False),
)
