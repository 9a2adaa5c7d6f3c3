"""Columns of a source: what is in them, what becomes of them, and what could."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, ValidationError, fields, post_load, validate

from api.http.fields import Choice
from api.http.schemas import RequestSchema
from api.parts import parts
from api.synthesis.access import principal
from api.synthesis.ids import COLUMN, Id, parse_id
from api.synthesis.rest import Blueprint
from api.synthesis.settings import own_fields
from shared.errors import InvalidRequest
from shared.synthesis.plans import Entity, Generator, GeneratorType
from shared.synthesis.requests import ColumnChange
from shared.synthesis.schema import Kind
from shared.synthesis.settings import Scope
from shared.synthesis.table import SourceColumn
from shared.synthesis.table_service import KnownTable

columns = Blueprint(
    "Column", __name__, url_prefix="/column", description="What becomes of single columns."
)


generators = Blueprint(
    "Generators",
    __name__,
    url_prefix="/generators",
    description="What can be written in place of values.",
)


#: Most columns that are changed at once.
MOST_COLUMNS = 1_000


#: Longest parameters of a generator, in characters of JSON.
MOST_PARAMETERS = 100_000


class Parameters(fields.Dict):
    """A JSON object that our database can store; what may be in it, the column says."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError("must be a JSON object")
        try:
            written = json.dumps(value, ensure_ascii=False, allow_nan=False)
            written.encode()
        except ValueError:
            raise ValidationError("holds half a surrogate pair, or a number without end") from None
        if len(written) > MOST_PARAMETERS:
            raise ValidationError(f"must have at most {MOST_PARAMETERS} characters")
        if "\\u0000" in written and "\0" in "".join(_texts(value)):
            raise ValidationError("must not contain the character NUL")
        return value


def _texts(value: Any) -> Iterator[str]:
    """All texts in a JSON value, names of members included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from _texts(each)


class GeneratorSchema(RequestSchema):
    """What is written in place of a column's values.

    Which parameters a type has is said by `GET /generators/{column_id}/supported_types/`.
    """

    type = Choice(tuple(GeneratorType), required=True)
    parameters = Parameters(load_default=dict, metadata={"additionalProperties": True})

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> Generator:
        return Generator(type=GeneratorType(data["type"]), parameters=data["parameters"])


class FindingSchema(Schema):
    """What personal data a column seems to hold, and how that is known."""

    entity = fields.String(required=True, validate=validate.OneOf(list(Entity)))
    confidence = fields.Float(required=True, validate=validate.Range(0, 1))
    evidence = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "In words; never a value of the source."},
    )


class ShownGeneratorSchema(Schema):
    """What is written in place of a column's values."""

    type = fields.String(required=True, validate=validate.OneOf(list(GeneratorType)))
    parameters = fields.Dict(required=True, metadata={"additionalProperties": True})


ColumnSchema: type[Schema] = Schema.from_dict(
    {
        "id": fields.UUID(required=True),
        "table_id": fields.UUID(required=True),
        "name": fields.String(required=True),
        "type": fields.String(
            required=True,
            allow_none=True,
            metadata={"description": "As the source writes it."},
        ),
        "kind": fields.String(required=True, allow_none=True, metadata={"enum": [*Kind, None]}),
        "nullable": fields.Boolean(required=True, allow_none=True),
        "length": fields.Integer(required=True, allow_none=True),
        "is_primary_key": fields.Boolean(required=True),
        "finding": fields.Nested(
            FindingSchema,
            required=True,
            allow_none=True,
            metadata={"description": "Null: nothing personal was found, or looked for."},
        ),
        "generator": fields.Nested(ShownGeneratorSchema, required=True),
        "by_hand": fields.Boolean(
            required=True,
            metadata={"description": "Set by a person: no scan and no other mode changes it."},
        ),
        **own_fields(Scope.COLUMN, asked=False),
    },
    name="Column",
)


class _ChangeColumnSchema(RequestSchema):
    id = Id(required=True)
    generator = fields.Nested(GeneratorSchema)

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> ColumnChange:
        column_id, generator = data.pop("id"), data.pop("generator", None)
        return ColumnChange(id=column_id, generator=generator, settings=data)


ChangeColumnSchema: type[Schema] = _ChangeColumnSchema.from_dict(
    {**own_fields(Scope.COLUMN, asked=True)}, name="ChangeColumn"
)


class ChangeColumnsSchema(RequestSchema):
    """Some columns, each with what it is to have from now on."""

    columns = fields.List(
        fields.Nested(ChangeColumnSchema),
        required=True,
        validate=validate.Length(1, MOST_COLUMNS),
    )


class ColumnsResponseSchema(Schema):
    """The columns that were changed, as they are now."""

    columns = fields.List(fields.Nested(ColumnSchema), required=True)


_SUPPORTED = {
    "Mockers": [{"type": "mock", "label": "First name", "parameters": {}}],
    "Duplicate": [{"type": "duplicate", "label": "Duplicate", "parameters": {}}],
}


#: By the names of groups: generators that a column can have.
_GROUPS = {
    "type": "object",
    "additionalProperties": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["type", "label", "parameters"],
            "properties": {
                "type": {"type": "string", "enum": list(GeneratorType)},
                "label": {"type": "string"},
                "parameters": {
                    "type": "object",
                    "description": "Each that it can have, with its JSON schema.",
                },
            },
        },
    },
}


@columns.route("/", methods=["PUT"])
@columns.doc(operationId="change_columns")
@columns.arguments(
    ChangeColumnsSchema,
    example={"columns": [{"id": "123e4567-e89b-12d3-a456-426614174000", "locale": "de"}]},
)
@columns.response(200, ColumnsResponseSchema)
@columns.refuses(404, "there is no such column")
@columns.refuses(422, "columns.0.generator.type: the column name must have a value in each row")
def change_columns(request: dict[str, Any]) -> dict[str, Any]:
    """Choose what becomes of columns

    A column with a generator counts as set by hand from then on. All columns are changed, or none.
    """
    changes = request["columns"]
    if len({change.id for change in changes}) < len(changes):
        raise InvalidRequest("must name each column once", field="columns")
    found = parts().tables.change_columns(changes, account_id=principal().account_id)
    return {"columns": [render_column(known, column) for known, column in found]}


@generators.route("/<column_id>/supported_types/", methods=["GET"], parameters=[COLUMN])
@generators.doc(operationId="list_supported_generators")
@generators.response(
    200,
    _GROUPS,
    description="By group",
    example=_SUPPORTED,
)
@generators.refuses(404, "there is no such column")
@generators.refuses(409, "the source has no such column any more")
def get_supported_types(column_id: str) -> Response:
    """List the generators that fit a column, in groups"""
    return jsonify(
        parts().tables.supported_types(
            parse_id(column_id, "column"), account_id=principal().account_id
        )
    )


def render_column(known: KnownTable, column: SourceColumn) -> dict[str, Any]:
    """Shape a column for ``ColumnSchema``."""
    structure = known.structure
    shape = known.shapes.get(column.name)
    return {
        **column.settings,
        "id": column.id,
        "table_id": column.table_id,
        "name": column.name,
        "type": shape.type if shape else None,
        "kind": shape.kind if shape else None,
        "nullable": shape.nullable if shape else None,
        "length": shape.length if shape else None,
        "is_primary_key": structure is not None and column.name in structure.primary_key,
        "finding": column.finding.to_json() if column.finding else None,
        "generator": column.generator.to_json(),
        "by_hand": column.by_hand,
    }
