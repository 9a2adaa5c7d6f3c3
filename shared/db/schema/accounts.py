"""Accounts, and what opens them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    LargeBinary,
    Table,
    Text,
)

from shared.db.schema.base import TIME, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created_at", TIME, nullable=False),
    # In use, for limits: operations that have not ended, and values that are stored or still
    # wanted. Triggers on operations count them.
    Column("open_operations", BigInteger, nullable=False),
    Column("held_values", BigInteger, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("name", Text, nullable=False),
    # Of 256 random bits, so a plain hash is enough: there is nothing to guess at.
    Column("secret_sha256", LargeBinary, nullable=False),
    Column("created_at", TIME, nullable=False),
    Column("last_used_at", TIME),
    Column("revoked_at", TIME),
    Column("expires_at", TIME),
    # The secret before the last rotation, and until when it still opens.
    Column("previous_sha256", LargeBinary),
    Column("previous_until", TIME),
)
