"""Value generation: lists of values, and what is asked of models for them."""

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
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.db.schema.base import TEXT, TIME, metadata

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
    Column("name", TEXT, nullable=False),
    Column("description", TEXT),
    Column("data_type", TEXT, nullable=False),
    Column("attributes", JSONB, nullable=False),
    Column("max_value_length", Integer, nullable=False),
    Column("requested_count", Integer, nullable=False),
    Column("filter_characters", TEXT, nullable=False),
    Column("allow_duplicates", Boolean, nullable=False),
    Column("trim_values", Boolean, nullable=False),
    Column("multiline_values", Boolean, nullable=False),
    Column("retention_time", BigInteger),
    Column("error_tolerance", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    # Null until the first claim where the request named none.
    Column("llm_model_name", TEXT),
    # How it stands.
    Column("status", TEXT, nullable=False),
    Column("failure_reason", Text),
    Column("warning", TEXT),
    Column("submit_time", TIME, nullable=False),
    Column("start_time", TIME),
    Column("update_time", TIME, nullable=False),
    Column("end_time", TIME),
    Column("expiration_time", TIME),
    Column("deleted_at", TIME),
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
    Column("waiting_since", TIME),
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
    Column("claimed_at", TIME, nullable=False),
    Column("lease_until", TIME, nullable=False),
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
    Column("value", TEXT, nullable=False),
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
    Column("model", TEXT, primary_key=True),
    Column("kind", TEXT, primary_key=True),
    # See worker.mill.arms.
    Column("arm", TEXT, primary_key=True),
    Column("said", Double, nullable=False),
    Column("fit", Double, nullable=False),
    Column("tokens", Double, nullable=False),
    # The last time that somebody added to it.
    Column("update_time", TIME, nullable=False),
)
