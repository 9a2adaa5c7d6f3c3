"""Tables of a source, and their columns: what is in them, and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, ValidationError, fields, post_load, validate

from api.http.fields import Choice, TrueOrFalse
from api.http.schemas import RequestSchema
from api.parts import parts
from api.synthesis.access import principal
from api.synthesis.ids import COLUMN, DATABASE, TABLE, Id, parse_id
from api.synthesis.queries import QueryFlag
from api.synthesis.rest import Blueprint
from api.synthesis.settings import own_fields
from shared.errors import InvalidRequest
from shared.synthesis.plans import Entity, Generator, GeneratorType
from shared.synthesis.requests import ColumnChange, TableChange
from shared.synthesis.schema import Kind
from shared.synthesis.settings import Scope
from shared.synthesis.table import SourceColumn
from shared.synthesis.table_service import KnownTable

tables = Blueprint(
    "Table",
    __name__,
    url_prefix="/table",
    description="What an engine has found in its source, and what becomes of it.",
)
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

TableSchema: type[Schema] = Schema.from_dict(
    {
        "id": fields.UUID(required=True),
        "database_id": fields.UUID(required=True),
        "schema_name": fields.String(required=True),
        "name": fields.String(required=True),
        "n_rows": fields.Integer(
            required=True,
            allow_none=True,
            metadata={"description": "That the target is to have, about."},
        ),
        "n_rows_source": fields.Integer(required=True, allow_none=True),
        "fk_scan": fields.Boolean(
            required=True, metadata={"description": "Keys are read of the schema: false."}
        ),
        "is_excluded": fields.Boolean(required=True),
        "processing_config": fields.Dict(required=True),
        "adjust_n_rows_allowed": fields.Boolean(
            required=True, metadata={"description": "Waits for models of tables: false."}
        ),
        "primary_keys": fields.List(fields.String(), required=True),
        "unique_columns": fields.List(fields.List(fields.String()), required=True),
        "index_columns": fields.List(
            fields.String(), required=True, metadata={"description": "The names of indexes."}
        ),
        "check_constraints": fields.List(fields.String(), required=True),
        "data_in_target": fields.Boolean(
            required=True, metadata={"description": "Whether the target has got its rows."}
        ),
        **own_fields(Scope.TABLE, asked=False),
        "columns": fields.List(fields.Nested(ColumnSchema), required=True),
    },
    name="Table",
)


class ListTablesResponseSchema(Schema):
    """All tables of a source."""

    tables = fields.List(fields.Nested(TableSchema), required=True)


class _ChangeTableSchema(RequestSchema):
    id = Id(required=True)
    is_excluded = TrueOrFalse(metadata={"description": "Whether it stays without rows."})

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> TableChange:
        table_id, is_excluded = data.pop("id"), data.pop("is_excluded", None)
        return TableChange(id=table_id, is_excluded=is_excluded, settings=data)


ChangeTableSchema: type[Schema] = _ChangeTableSchema.from_dict(
    {**own_fields(Scope.TABLE, asked=True)}, name="ChangeTable"
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


class ExcludeQuerySchema(Schema):
    """Out, or in."""

    is_excluded = QueryFlag(required=True)


class ExcludedSchema(Schema):
    """What was done."""

    database_id = fields.UUID(required=True)
    is_excluded = fields.Boolean(required=True)
    n_tables = fields.Integer(required=True)


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


@tables.route("/<table_id>/", methods=["GET"], parameters=[TABLE])
@tables.doc(operationId="get_table")
@tables.response(200, TableSchema)
@tables.refuses(404, "there is no such table")
def get_table(table_id: str) -> dict[str, Any]:
    """Read a table with its columns"""
    found = parts().tables.get(parse_id(table_id, "table"), account_id=principal().account_id)
    return render_table(found)


@tables.route("/<database_id>/list/", methods=["GET"], parameters=[DATABASE])
@tables.doc(operationId="list_tables")
@tables.response(200, ListTablesResponseSchema)
@tables.refuses(404, "there is no such database")
def get_tables(database_id: str) -> Response:
    """List the tables of a source with their columns

    There are none before the source was looked at; and a target has none of its own.
    """
    found = parts().tables.list_all(
        parse_id(database_id, "database"), account_id=principal().account_id
    )
    # Of thousands of columns; to have the schema shape them takes ten times as long.
    return jsonify({"tables": [render_table(table) for table in found]})


@tables.route("/", methods=["PUT"])
@tables.doc(operationId="change_table")
@tables.arguments(ChangeTableSchema)
@tables.response(200, TableSchema)
@tables.refuses(404, "there is no such table")
def change_table(change: TableChange) -> dict[str, Any]:
    """Leave a table out, or give it settings of its own

    What is left out, or null, stays as it is.
    """
    return render_table(parts().tables.change(change, account_id=principal().account_id))


@tables.route("/<database_id>/exclude/", methods=["PUT"], parameters=[DATABASE])
@tables.doc(operationId="exclude_tables")
@tables.arguments(ExcludeQuerySchema, location="query")
@tables.response(200, ExcludedSchema)
@tables.refuses(404, "there is no such database")
def exclude_tables(query: dict[str, Any], database_id: str) -> dict[str, Any]:
    """Leave all tables of a source out, or in"""
    found = parse_id(database_id, "database")
    is_excluded = query["is_excluded"]
    number = parts().tables.exclude(
        found, is_excluded=is_excluded, account_id=principal().account_id
    )
    return {"database_id": found, "is_excluded": is_excluded, "n_tables": number}


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


def render_table(known: KnownTable) -> dict[str, Any]:
    """Shape a table for ``TableSchema``."""
    table, structure = known.table, known.structure
    return {
        **table.settings,
        "id": table.id,
        "database_id": table.database_id,
        "schema_name": table.schema_name,
        "name": table.name,
        "n_rows": 0 if table.is_excluded else table.row_count,
        "n_rows_source": table.row_count,
        "fk_scan": False,
        "is_excluded": table.is_excluded,
        "processing_config": {},
        "adjust_n_rows_allowed": False,
        "primary_keys": list(structure.primary_key) if structure else [],
        "unique_columns": [list(each.columns) for each in structure.uniques] if structure else [],
        "index_columns": list(structure.indexes) if structure else [],
        "check_constraints": [each.expression for each in structure.checks] if structure else [],
        "data_in_target": known.is_filled and not table.is_excluded,
        "columns": [render_column(known, column) for column in table.columns],
    }


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
