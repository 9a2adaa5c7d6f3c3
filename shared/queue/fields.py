"""What jobs can be filtered by."""

from __future__ import annotations

from shared.filters import Field
from shared.queue.job import JobState

#: Without what is the same for every job of an account (so SEARCH would find all or none), and
#: without ``warning_message``, which changes with the state of the model servers.
JOBS = (
    Field("id", "string", storage="hex"),
    Field("type", "string"),
    Field("status", "string", choices=tuple(JobState)),
    Field("error_details", "string"),
    Field("target_id", "string", storage="uuid"),
    Field("target_name", "string"),
    Field("trace_id", "string"),
    Field("start_time", "date-time"),
    Field("update_time", "date-time"),
    Field("percent_complete", "integer"),
    Field("tags", "array", members=(Field("key", "string"), Field("value", "string"))),
)
