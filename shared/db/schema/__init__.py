"""The tables as SQLAlchemy sees them.

``migrations`` makes them; a test holds the two equal. What each column means is said here, why
the indexes are as they are is said in the migration that makes them.

============== ===================================================
``base``       what all tables share
``accounts``   accounts, and what opens them
``queue``      jobs, of whatever product
``models``     model servers
``generation`` lists of values, and what is asked of models
``synthesis``  users, engines, what they know of databases, runs
============== ===================================================
"""

from shared.db.schema.accounts import accounts, api_keys
from shared.db.schema.base import metadata
from shared.db.schema.generation import (
    batches,
    cells,
    operation_values,
    operations,
    outcomes,
    repeats,
    yields,
)
from shared.db.schema.models import gateway_slots, gateways, live_gateways, views
from shared.db.schema.queue import idempotency_keys, job_tags, jobs
from shared.db.schema.synthesis import (
    artifacts,
    engine_databases,
    engines,
    repairs,
    runs,
    sessions,
    source_columns,
    source_tables,
    step_claims,
    steps,
    users,
    workspaces,
)

__all__ = [
    "accounts",
    "api_keys",
    "artifacts",
    "batches",
    "cells",
    "engine_databases",
    "engines",
    "gateway_slots",
    "gateways",
    "idempotency_keys",
    "job_tags",
    "jobs",
    "live_gateways",
    "metadata",
    "operation_values",
    "operations",
    "outcomes",
    "repairs",
    "repeats",
    "runs",
    "sessions",
    "source_columns",
    "source_tables",
    "step_claims",
    "steps",
    "users",
    "views",
    "workspaces",
    "yields",
]
