"""Model servers."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Identity,
    Integer,
    MetaData,
    Table,
    Text,
)

from shared.db.schema.base import TIME, metadata

#: A model server, as the workers last saw it.
gateways = Table(
    "gateways",
    metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    Column("url", Text, nullable=False, unique=True),
    Column("max_concurrent_tasks", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("status_reason", Text),
    Column("models", ARRAY(Text), nullable=False),
    # The models in its memory.
    Column("loaded", ARRAY(Text), nullable=False),
    # The model that it is fetching, and how far it has come.
    Column("pulling", Text),
    Column("pull_progress", Text),
    # Prompts at once that it has shown to bear; null: as many as it may have.
    Column("level", Integer),
    Column("last_status_change_time", TIME, nullable=False),
    # It has said, or shown, that it wants no prompts until then.
    Column("busy_until", TIME),
    # The last time that a worker who may use it looked.
    Column("seen_at", TIME, nullable=False),
)

#: What is asked of gateways in more than one place; ``gateways`` says what the columns mean.
views = MetaData()

#: The gateways that a worker has looked at lately.
live_gateways = Table(
    "live_gateways",
    views,
    *(Column(column.name, column.type) for column in gateways.columns),
)

#: The prompts that a gateway may have at once, those that it has, whether it takes any at the
#: moment, and how many more it could take now.
gateway_slots = Table(
    "gateway_slots",
    views,
    Column("id", Integer),
    Column("slots", Integer),
    Column("taken", Integer),
    Column("willing", Boolean),
    Column("free", Integer),
)
