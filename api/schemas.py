"""The shapes of requests and answers; they are also what the OpenAPI description says."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_dump, post_load, validate

from api.fields import Choice, Text, Time, TrueOrFalse, int32, int64
from shared import requests
from shared.errors import ValuemillError
from shared.javaregex import compile_java
from shared.requests import Attribute, GenerateRequest

#: Longest names, in characters: of operations, labels, models.
NAME_LENGTH = 500
#: Longest other texts, in characters.
TEXT_LENGTH = 10_000
#: Most attributes of one request.
MAX_ATTRIBUTES = 50


class _Request(Schema):
    """A body: a JSON object of which every field is known."""

    class Meta:
        unknown = RAISE

    error_messages = {  # noqa: RUF012 - typed by its base
        "type": "must be a JSON object",
        "unknown": "is not known here; check its spelling, or leave it out",
    }


class _Answer(Schema):
    """A JSON object without the fields that have no value."""

    @post_dump
    def _drop_nulls(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value is not None}


def _check_java_regex(pattern: str) -> None:
    try:
        compile_java(pattern)
    except ValuemillError as error:
        raise ValidationError(str(error)) from error


class GenerateDataAttributeSchema(_Request):
    """A property that some of the values shall have."""

    label = Text(
        max_length=NAME_LENGTH,
        metadata={
            "description": "What the values are, where they are nouns: `Country` for `Italy`. "
            "Adjectives, like `Italian`, need none."
        },
    )
    values = fields.List(
        Text(max_length=TEXT_LENGTH),
        required=True,
        validate=validate.Length(min=1, error="must hold at least one string"),
        error_messages={
            "required": "is missing; it must be given",
            "null": "must be a list of strings, not null",
            "invalid": "must be a list of strings",
        },
        metadata={
            "description": "The generated values are shared evenly among these. The empty string "
            "leaves the attribute out of its share."
        },
    )

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> Attribute:
        return Attribute(values=tuple(data["values"]), label=data.get("label") or None)


class GenerateDataRequestSchema(_Request):
    """What is asked for."""

    name = Text(
        required=True,
        filled=True,
        max_length=NAME_LENGTH,
        metadata={"description": "What to call the list; downloaded files are named after it."},
    )
    description = Text(
        max_length=TEXT_LENGTH,
        metadata={"description": "A note for people; the model does not see it."},
    )
    data_type = Text(
        required=True,
        filled=True,
        max_length=TEXT_LENGTH,
        metadata={"description": "What each value is, such as `first name`."},
    )
    attributes = fields.List(
        fields.Nested(GenerateDataAttributeSchema),
        load_default=(),
        validate=validate.Length(
            max=MAX_ATTRIBUTES, error=f"must hold at most {MAX_ATTRIBUTES} attributes"
        ),
        error_messages={
            "null": "must not be null; leave it out instead",
            "invalid": "must be a list of attributes",
        },
        metadata={
            "default": [],
            "description": "Properties to vary. Every combination of their values gets the same "
            "share of the generated values, give or take one.",
        },
    )
    max_value_length = int32(
        minimum=1,
        maximum=requests.MAX_LENGTH,
        metadata={
            "description": "Longest value to keep, in Unicode code points. The default is "
            f"{requests.DEFAULT_LENGTH}, or {requests.DEFAULT_LENGTH_MULTILINE} with "
            "`multiline_values`."
        },
    )
    requested_count = int32(
        minimum=1,
        load_default=requests.DEFAULT_COUNT,
        metadata={"description": "How many values to generate."},
    )
    filter_characters = Text(
        max_length=TEXT_LENGTH,
        load_default="",
        check=_check_java_regex,
        metadata={
            "description": "A Java regular expression; whatever it matches is removed from each "
            "value."
        },
    )
    allow_duplicates = TrueOrFalse(
        load_default=False,
        metadata={"description": "Whether a value may be in the list more than once."},
    )
    trim_values = TrueOrFalse(
        load_default=True,
        metadata={"description": "Whether white space around a value is removed."},
    )
    multiline_values = TrueOrFalse(
        required=True,
        metadata={
            "description": "Whether a value may have several lines. Such lists have no "
            "`SECURE_LOOKUP` file."
        },
    )
    retention_time = int64(
        minimum=0,
        metadata={
            "description": "Seconds after its end at which the operation and its values are "
            "deleted. Without it they are kept until you delete them."
        },
    )
    error_tolerance = int32(
        minimum=0,
        load_default=requests.DEFAULT_TOLERANCE,
        metadata={
            "description": "The operation fails once it has asked the model in vain for more "
            "values than this percentage of `requested_count`."
        },
    )
    priority = int32(
        load_default=0,
        metadata={"description": "Work of a higher priority goes first; within one, the oldest."},
    )
    llm_model_name = Text(
        filled=True,
        max_length=NAME_LENGTH,
        metadata={
            "description": "The model to use, as Ollama names it (`llama3.2:1b`). The default is "
            "the server's choice."
        },
    )

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> GenerateRequest:
        length = (
            requests.DEFAULT_LENGTH_MULTILINE
            if data["multiline_values"]
            else requests.DEFAULT_LENGTH
        )
        attributes = tuple(data.pop("attributes"))
        return GenerateRequest(**{"max_value_length": length, **data}, attributes=attributes)


class StatisticsSchema(_Answer):
    """What an operation has cost so far."""

    prompts = fields.Integer(metadata={"description": "Prompts that the model answered."})
    asked = fields.Integer(metadata={"description": "Values that those prompts asked for."})
    wasted = fields.Integer(metadata={"description": "Of them, those that came to nothing."})
    duplicates = fields.Integer(metadata={"description": "Values given more than once."})
    rejected = fields.Integer(
        metadata={"description": "Values that were empty, too long, or on several lines."}
    )
    failed_prompts = fields.Integer(
        metadata={"description": "Prompts whose answer was broken or missing."}
    )
    lost_prompts = fields.Integer(
        metadata={"description": "Prompts given to another worker because theirs went silent."}
    )
    prompt_tokens = fields.Integer(metadata={"description": "Tokens read by the model."})
    output_tokens = fields.Integer(metadata={"description": "Tokens written by the model."})


class GenerateDataOperationSchema(_Answer):
    """One list of values and how far it is."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    description = fields.String()
    status = fields.String(
        required=True, metadata={"enum": ["PENDING", "STARTED", "FAILED", "COMPLETED"]}
    )
    data_type = fields.String(required=True)
    attributes = fields.List(fields.Nested(GenerateDataAttributeSchema), required=True)
    max_value_length = fields.Integer(required=True, metadata={"format": "int32"})
    requested_count = fields.Integer(required=True, metadata={"format": "int32"})
    generated_count = fields.Integer(required=True, metadata={"format": "int32"})
    filter_characters = fields.String(required=True)
    allow_duplicates = fields.Boolean(required=True)
    trim_values = fields.Boolean(required=True)
    multiline_values = fields.Boolean(required=True)
    account_id = fields.String(required=True)
    submit_time = Time(required=True)
    start_time = Time(metadata={"description": "When its first prompt was given out."})
    end_time = Time()
    expiration_time = Time(
        metadata={
            "description": "When it will be deleted; known from its end on, if it was given a "
            "`retention_time`."
        }
    )
    error_tolerance = fields.Integer(required=True, metadata={"format": "int32"})
    llm_model_name = fields.String()
    priority = fields.Integer(required=True, metadata={"format": "int32"})
    failure_reason = fields.String(metadata={"description": "Why it failed, or was cancelled."})
    warning_message = fields.String(metadata={"description": "What did not go as asked."})
    statistics = fields.Nested(StatisticsSchema, required=True)


class TagSchema(Schema):
    """A word on a job."""

    key = fields.String(required=True)
    value = fields.String(required=True)


class JobSchema(_Answer):
    """What to poll: it works as long as its status is ``PENDING`` or ``STARTED``."""

    id = fields.String(required=True, metadata={"pattern": "^[0-9a-f]{32}$"})
    status = fields.String(
        required=True,
        metadata={
            "enum": [
                "PENDING", "STARTED", "TIMEDOUT", "RUNNING", "CANCELED", "FAILED", "SUSPENDED",
                "WAITING", "COMPLETED", "ABANDONED",
            ]
        },
    )  # fmt: skip
    type = fields.String(required=True)
    localized_type = fields.String(required=True)
    error_details = fields.String(metadata={"description": "Why it failed."})
    warning_message = fields.String(
        metadata={"description": "What it waits for, or what did not go as asked."}
    )
    target_id = fields.String(required=True, metadata={"description": "The id of the operation."})
    target_name = fields.String(required=True)
    start_time = Time(
        required=True,
        metadata={"description": "When work began; until then, when it was submitted."},
    )
    update_time = Time(required=True)
    trace_id = fields.String(required=True)
    tags = fields.List(fields.Nested(TagSchema), required=True)
    account_id = fields.Integer(required=True)
    account_name = fields.String(required=True)
    percent_complete = fields.Integer(
        metadata={"minimum": 0, "maximum": 100, "description": "Absent once it cannot be told."}
    )
    tasks = fields.List(fields.Dict(), required=True)
    is_waiting_for_telemetry = fields.Boolean(required=True)


class GenerateDataResponseSchema(Schema):
    """The job that was started."""

    job = fields.Nested(JobSchema, required=True)


class PaginatedResponseMetadataSchema(_Answer):
    """Where the pages beside this one start, and how many items there are on all pages."""

    prev_cursor = fields.String(metadata={"minLength": 1, "maxLength": 4096})
    next_cursor = fields.String(metadata={"minLength": 1, "maxLength": 4096})
    total = fields.Integer(required=True)


class ValuesPageSchema(Schema):
    """Some values of a list."""

    items = fields.List(fields.String(), required=True)
    response_metadata = fields.Nested(PaginatedResponseMetadataSchema, required=True)


class FormatQuerySchema(_Request):
    """Which file."""

    format = Choice(
        ("JSON", "SECURE_LOOKUP"),
        required=True,
        metadata={
            "description": "`JSON` is one array of strings; `SECURE_LOOKUP` is one value a line."
        },
    )


class ErrorSchema(Schema):
    """What is wrong and how to mend it."""

    error = fields.String(
        required=True,
        metadata={"minLength": 1, "maxLength": 1024, "description": "A code for programs."},
    )
    error_description = fields.String(
        required=True,
        metadata={"minLength": 1, "maxLength": 1024, "description": "A sentence for people."},
    )
