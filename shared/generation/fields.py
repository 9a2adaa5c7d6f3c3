"""What operations can be filtered by."""

from __future__ import annotations

from shared.filters import Field
from shared.generation.operation import OperationState

OPERATIONS = (
    Field("id", "string", storage="uuid"),
    Field("name", "string"),
    Field("status", "string", choices=tuple(OperationState)),
    Field("data_type", "string"),
    Field("description", "string"),
    Field("filter_characters", "string"),
    Field("llm_model_name", "string"),
    Field("max_value_length", "integer"),
    Field("requested_count", "integer"),
    Field("generated_count", "integer"),
    Field("error_tolerance", "integer"),
    Field("priority", "integer"),
    Field("allow_duplicates", "boolean"),
    Field("trim_values", "boolean"),
    Field("multiline_values", "boolean"),
    Field("submit_time", "date-time"),
    Field("start_time", "date-time"),
    Field("end_time", "date-time"),
    Field("expiration_time", "date-time"),
)
