"""The tables as SQLAlchemy sees them.

``migrations`` makes them; a test holds the two equal. What each column means is said here, why
the indexes are as they are is said in the migration that makes them.
"""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Computed,
    Double,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

metadata = MetaData()

_TIME = TIMESTAMP(timezone=True)
# In the order of code points, whatever the locale.
_TEXT = Text(collation="C")

accounts = Table(
    "accounts",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created_at", _TIME, nullable=False),
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
    Column("created_at", _TIME, nullable=False),
    Column("last_used_at", _TIME),
    Column("revoked_at", _TIME),
    Column("expires_at", _TIME),
    # The secret before the last rotation, and until when it still opens.
    Column("previous_sha256", LargeBinary),
    Column("previous_until", _TIME),
)

#: One request for values.
operations = Table(
    "operations",
    metadata,
    # Our own key, short because every value carries it; also the order of submission.
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    # What clients know it by.
    Column("id", Uuid, nullable=False, unique=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    # As requested, with the defaults filled in.
    Column("name", _TEXT, nullable=False),
    Column("description", _TEXT),
    Column("data_type", _TEXT, nullable=False),
    Column("attributes", JSONB, nullable=False),
    Column("max_value_length", Integer, nullable=False),
    Column("requested_count", Integer, nullable=False),
    Column("filter_characters", _TEXT, nullable=False),
    Column("allow_duplicates", Boolean, nullable=False),
    Column("trim_values", Boolean, nullable=False),
    Column("multiline_values", Boolean, nullable=False),
    Column("retention_time", BigInteger),
    Column("error_tolerance", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    # Null until the first claim where the request named none.
    Column("llm_model_name", _TEXT),
    # How it stands.
    Column("status", _TEXT, nullable=False),
    Column("failure_reason", Text),
    Column("warning", _TEXT),
    Column("submit_time", _TIME, nullable=False),
    Column("start_time", _TIME),
    Column("update_time", _TIME, nullable=False),
    Column("end_time", _TIME),
    Column("expiration_time", _TIME),
    Column("deleted_at", _TIME),
    # Counts of values: rows stored, and values that no open batch is asking for.
    Column("generated_count", Integer, nullable=False),
    Column("open_count", Integer, nullable=False),
    # Values up to this position have their `folded`; those beyond it are of the version before.
    Column("folded_count", Integer, nullable=False),
    Column(
        "has_work",
        Boolean,
        Computed("open_count > 0 AND end_time IS NULL AND deleted_at IS NULL", persisted=True),
    ),
    # What it cost: of values asked for and answered, `wasted` came to nothing. Of what the
    # model said, so many were repeats, or refused (empty, too long, multiline).
    Column("prompts", BigInteger, nullable=False),
    Column("asked", BigInteger, nullable=False),
    Column("wasted", BigInteger, nullable=False),
    Column("duplicates", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("failed_prompts", BigInteger, nullable=False),
    Column("lost_prompts", BigInteger, nullable=False),
    Column("prompt_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    # Of the rejected ones, why; what is left over was not storable.
    Column("too_long", BigInteger, nullable=False),
    Column("several_lines", BigInteger, nullable=False),
    Column("empty", BigInteger, nullable=False),
    Column("filter_timeout", BigInteger, nullable=False),
    # Those that the look at each value refused; see ``shared.generation.refusals``.
    Column("echo", BigInteger, nullable=False),
    Column("markup", BigInteger, nullable=False),
    Column("counting", BigInteger, nullable=False),
    Column("cut_off", BigInteger, nullable=False),
    Column("run_away", BigInteger, nullable=False),
    Column("off_shape", BigInteger, nullable=False),
    Column("refusal", BigInteger, nullable=False),
    # Of the failed prompts: no list of values in the answer, refused by the server, cut short.
    Column("broken_prompts", BigInteger, nullable=False),
    Column("refused_prompts", BigInteger, nullable=False),
    Column("cut_prompts", BigInteger, nullable=False),
    # Since when it has work and no prompt under way, and for how long that was so before.
    Column("waiting_since", _TIME),
    Column("waiting_seconds", Double, nullable=False),
    # About as many values as the model can give; null while there is no limit in sight.
    Column("reachable", Integer),
)

#: One combination of attribute values, with its share of the requested count.
cells = Table(
    "cells",
    metadata,
    Column("operation_number", ForeignKey("operations.number"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    # For each attribute of the operation, the index of the value taken.
    Column("choice", ARRAY(Integer), nullable=False),
    # quota = generated_count + open_count + what its open batches ask for.
    Column("quota", Integer, nullable=False),
    Column("open_count", Integer, nullable=False),
    Column("generated_count", Integer, nullable=False),
    # Values asked for in a row without a single new one.
    Column("barren", Integer, nullable=False),
    Column("dry", Boolean, nullable=False),
    # What the model has said: fit values, repeats included; of the distinct ones among them,
    # those said more than once, and those said exactly twice.
    Column("said", BigInteger, nullable=False),
    Column("said_again", Integer, nullable=False),
    Column("said_twice", Integer, nullable=False),
    Column("asked", BigInteger, nullable=False),
    Column("prompts", BigInteger, nullable=False),
    # Decayed sums of a regression of yield on values found; see shared.generation.estimates.
    Column("trend", ARRAY(Double), nullable=False),
)

#: One prompt under way: a claim on some values of a cell and on a slot of a gateway, for as
#: long as its lease is renewed. Settling or sweeping deletes it; an id is never used again, so
#: a worker that comes too late finds nothing to settle (the id is the fencing token).
batches = Table(
    "batches",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("operation_number", ForeignKey("operations.number"), nullable=False),
    Column("cell_ordinal", Integer, nullable=False),
    Column("gateway_id", ForeignKey("gateways.id"), nullable=False),
    Column("worker", Text, nullable=False),
    # Values still wanted; `stored` came while the answer was under way.
    Column("asked", Integer, nullable=False),
    Column("stored", Integer, nullable=False),
    Column("claimed_at", _TIME, nullable=False),
    Column("lease_until", _TIME, nullable=False),
    # The part of all values that the prompt is steered to, so that no two prompts share one;
    # null: any. See worker.mill.regions.
    Column("focus", Text),
    # The answer is whole: the slot is free, though the batch is not settled yet.
    Column("let_go", Boolean, nullable=False),
    # The operation has ended; the slot is held until the worker has closed its stream.
    Column("closing", Boolean, nullable=False),
)

#: The values, one row each. No foreign key: rows are only written under the operation's lock.
operation_values = Table(
    "operation_values",
    metadata,
    Column("operation_number", BigInteger, primary_key=True, autoincrement=False),
    # 1, 2, 3 ... without gaps, in the order of generation.
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("cell_ordinal", Integer, nullable=False),
    # 128 bits of BLAKE2b over UTF-8; null where duplicates are allowed.
    Column("digest", Uuid),
    # The same of what equal values have in common (``shared.equality``), where that is
    # another text; a second value that is equal to one of before the folding has none.
    Column("folded", Uuid),
    Column("value", _TEXT, nullable=False),
)

#: Values that the model said more than once; `times` counts all. Those not here were said once.
repeats = Table(
    "repeats",
    metadata,
    Column("operation_number", BigInteger, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("times", Integer, nullable=False),
)

#: What came of steered prompts: values asked for, said, and new. Processes learn from each other.
outcomes = Table(
    "outcomes",
    metadata,
    Column("operation_number", BigInteger, primary_key=True, autoincrement=False),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("cell_ordinal", Integer, nullable=False),
    Column("worker", Text, nullable=False),
    Column("focus", Text, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("said", Integer, nullable=False),
    Column("fresh", Integer, nullable=False),
)

#: What the ways of asking a model have shown with a kind of value: values said, those that were
#: fit, and tokens. Sums of all workers, which forget; see shared.generation.yields. Kinds stay when
#: the operations that named them are gone.
yields = Table(
    "yields",
    metadata,
    # Names and kinds that are long stand as digests.
    Column("model", _TEXT, primary_key=True),
    Column("kind", _TEXT, primary_key=True),
    # See worker.mill.arms.
    Column("arm", _TEXT, primary_key=True),
    Column("said", Double, nullable=False),
    Column("fit", Double, nullable=False),
    Column("tokens", Double, nullable=False),
    # The last time that somebody added to it.
    Column("update_time", _TIME, nullable=False),
)

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
    Column("last_status_change_time", _TIME, nullable=False),
    # It has said, or shown, that it wants no prompts until then.
    Column("busy_until", _TIME),
    # The last time that a worker who may use it looked.
    Column("seen_at", _TIME, nullable=False),
)

#: What a client polls, of whatever product. Outlives what it works on.
jobs = Table(
    "jobs",
    metadata,
    Column("id", Uuid, primary_key=True),
    # The order of submission; breaks ties in lists.
    Column("number", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    # Of which product.
    Column("type", _TEXT, nullable=False),
    # What it works on. The name is of the time when there was one product.
    Column("operation_id", Uuid, key="target_id", nullable=False),
    Column("target_name", _TEXT, nullable=False),
    # Null only in the midst of a submit by the version before.
    Column("priority", Integer),
    Column("status", _TEXT, nullable=False),
    # Whether a worker could start on something of it now, if it has what that takes.
    Column("has_work", Boolean, nullable=False),
    # Null where it is not known any more.
    Column("percent_complete", Integer),
    # What did not go as asked; why it has failed, or was ended; and what came of it, as an object.
    Column("warning", _TEXT),
    Column("error_details", _TEXT),
    Column("result", JSONB),
    Column("trace_id", _TEXT, nullable=False),
    Column("submit_time", _TIME, nullable=False),
    Column("start_time", _TIME),
    Column("update_time", _TIME, nullable=False),
    Column("end_time", _TIME),
)

#: What clients write on jobs, to find them again. A key may have several values.
job_tags = Table(
    "job_tags",
    metadata,
    Column("job_id", ForeignKey("jobs.id"), primary_key=True),
    # 128 bits of BLAKE2b over key, NUL, value.
    Column("digest", Uuid, primary_key=True),
    Column("key", _TEXT, nullable=False),
    Column("value", _TEXT, nullable=False),
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
    Column("created_at", _TIME, nullable=False),
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
