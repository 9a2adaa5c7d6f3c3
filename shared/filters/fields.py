"""What can be filtered by.

A field may be nil; a list of objects never is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

FieldType = Literal["string", "integer", "boolean", "date-time", "array"]
#: How the database keeps a string: as text, or as a uuid that is shown with dashes (``uuid``)
#: or as 32 hex digits (``hex``).
Storage = Literal["text", "uuid", "hex"]


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute of the things that are searched.

    :param type: ``date-time`` is a string of that format; ``array`` is a list of objects with
        the attributes ``members``.
    :param storage: of a string; see :data:`Storage`.
    :param choices: of a string that has no other values than these.
    """

    name: str
    type: FieldType
    storage: Storage = "text"
    choices: tuple[str, ...] = ()
    members: tuple[Field, ...] = ()


def describe(fields: Sequence[Field]) -> dict[str, Any]:
    """The content of the OpenAPI extension ``x-filterable`` for these fields."""
    return {"fields": {field.name: _describe_type(field) for field in fields}}


def _describe_type(field: Field) -> dict[str, Any]:
    match field.type:
        case "date-time":
            return {"type": "string", "format": "date-time"}
        case "array":
            properties = {member.name: _describe_type(member) for member in field.members}
            return {"type": "array", "items": {"type": "object", "properties": properties}}
    return {"type": field.type}


OPERATIONS = (
    Field("id", "string", storage="uuid"),
    Field("name", "string"),
    Field("status", "string", choices=("PENDING", "STARTED", "FAILED", "COMPLETED")),
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

#: Without what is the same for every job of an account (so SEARCH would find all or none), and
#: without ``warning_message``, which changes with the state of the model servers.
JOBS = (
    Field("id", "string", storage="hex"),
    Field("type", "string"),
    Field(
        "status",
        "string",
        choices=(
            *("PENDING", "STARTED", "TIMEDOUT", "RUNNING", "CANCELED"),
            *("FAILED", "SUSPENDED", "WAITING", "COMPLETED", "ABANDONED"),
        ),
    ),
    Field("error_details", "string"),
    Field("target_id", "string", storage="uuid"),
    Field("target_name", "string"),
    Field("trace_id", "string"),
    Field("start_time", "date-time"),
    Field("update_time", "date-time"),
    Field("percent_complete", "integer"),
    Field("tags", "array", members=(Field("key", "string"), Field("value", "string"))),
)
