"""What jobs can be filtered by."""

from __future__ import annotations

from shared.filters import Field
from shared.queue.job import JobState

#: Published, and without a value for every job here.
NEVER_SET = (
    "work_source_id",
    "work_source_name",
    "work_source_type",
    "compliance_node_id",
    "compliance_node_name",
    "execution_id",
)

#: As published, those included that have no value here, or the same for every job of an account.
JOBS = (
    Field("id", "string", storage="hex"),
    Field("status", "string", choices=tuple(JobState)),
    Field("is_waiting_for_telemetry", "boolean"),
    Field("type", "string"),
    Field("localized_type", "string"),
    Field("error_details", "string"),
    # The one that is stored: what a job waits for is worked out when it is read.
    Field("warning_message", "string"),
    Field("target_id", "string", storage="uuid"),
    Field("target_name", "string"),
    Field("start_time", "date-time"),
    Field("update_time", "date-time"),
    Field("trace_id", "string"),
    Field("engine_ids", "array", items="string"),
    Field("tags", "array", members=(Field("key", "string"), Field("value", "string"))),
    Field(
        "engines", "array", members=(Field("engine_id", "string"), Field("engine_name", "string"))
    ),
    Field("account_id", "integer"),
    Field("account_name", "string"),
    Field("percent_complete", "integer"),
    *(Field(name, "string") for name in NEVER_SET),
)
