"""What all answers have in common; also what the OpenAPI description says of it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_dump


class AnswerSchema(Schema):
    """A JSON object without the fields that have no value."""

    @post_dump
    def _drop_nulls(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value is not None}


class PaginatedResponseMetadataSchema(AnswerSchema):
    """Where the pages beside this one start, and how many items there are on all pages."""

    prev_cursor = fields.String(metadata={"minLength": 1, "maxLength": 4096})
    next_cursor = fields.String(metadata={"minLength": 1, "maxLength": 4096})
    total = fields.Integer(required=True)


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
