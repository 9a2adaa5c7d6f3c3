"""The shape of a request for values; also what the OpenAPI description says of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from api.http.fields import Text, TrueOrFalse, int32, int64
from api.http.schemas import NAME_LENGTH, TEXT_LENGTH, RequestSchema
from shared.generation import requests
from shared.generation.requests import Attribute, GenerateRequest
from shared.javaregex import JavaRegexError, compile_java
from shared.queue import idempotency

#: Most attributes of one request, and bytes of all of them as JSON, which bounds their values.
MAX_ATTRIBUTES = 50
MAX_ATTRIBUTES_BYTES = 65_536


def _check_java_regex(pattern: str) -> None:
    try:
        compile_java(pattern)
    except JavaRegexError as error:
        raise ValidationError(str(error)) from error


class GenerateDataAttributeSchema(RequestSchema):
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


def _check_size(attributes: Sequence[Attribute]) -> None:
    # Each claim of a prompt reads them, and each page shows them.
    size = len(json.dumps([a.as_json() for a in attributes], ensure_ascii=False).encode())
    if size > MAX_ATTRIBUTES_BYTES:
        raise ValidationError(
            f"have {size} bytes as JSON, at most {MAX_ATTRIBUTES_BYTES} can be taken; give fewer "
            "or shorter values"
        )


class GenerateDataRequestSchema(RequestSchema):
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
        validate=[
            validate.Length(
                max=MAX_ATTRIBUTES, error=f"must hold at most {MAX_ATTRIBUTES} attributes"
            ),
            _check_size,
        ],
        error_messages={
            "null": "must not be null; leave it out instead",
            "invalid": "must be a list of attributes",
        },
        metadata={
            "default": [],
            "description": "Properties to vary. Every combination of their values gets the same "
            "share of the generated values, give or take one. As JSON they may have "
            f"{MAX_ATTRIBUTES_BYTES} bytes.",
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
            "format": "java-regex",
            "default": "",
            "description": "A Java regular expression; whatever it matches is removed from each "
            "value.",
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

    ai_orchestrator_id = Text(
        max_length=NAME_LENGTH,
        metadata={
            "description": "Taken, since a published version has it, and without a meaning: there "
            "is one orchestrator."
        },
    )

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> GenerateRequest:
        data.pop("ai_orchestrator_id", None)
        length = (
            requests.DEFAULT_LENGTH_MULTILINE
            if data["multiline_values"]
            else requests.DEFAULT_LENGTH
        )
        attributes = tuple(data.pop("attributes"))
        return GenerateRequest(**{"max_value_length": length, **data}, attributes=attributes)


class IdempotencyHeaderSchema(Schema):
    """How a client makes sure that what it sends twice is done once."""

    class Meta:
        unknown = EXCLUDE  # the other headers

    key = fields.String(
        data_key="Idempotency-Key",
        validate=validate.Regexp(
            r"[ -~]{1,255}\Z", error="must be 1 to 255 printable ASCII characters"
        ),
        metadata={
            "minLength": 1,
            "maxLength": 255,
            "pattern": "^[ -~]{1,255}$",
            "description": "A name of your own for this request, new for each. Sent again with the "
            f"same body within {idempotency.LIFETIME_HOURS} hours, it answers the same job and "
            "starts no other.",
        },
    )
