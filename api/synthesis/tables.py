"""Tables of a source, with their columns."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields, post_load

from api.http.fields import TrueOrFalse
from api.http.schemas import RequestSchema
from api.parts import parts
from api.synthesis.access import principal
from api.synthesis.columns import ColumnSchema, render_column
from api.synthesis.ids import DATABASE, TABLE, Id, parse_id
from api.synthesis.queries import QueryFlag
from api.synthesis.rest import Blueprint
from api.synthesis.settings import own_fields
from shared.synthesis.requests import TableChange
from shared.synthesis.settings import Scope
from shared.synthesis.table_service import KnownTable

tables = Blueprint(
    "Table",
    __name__,
    url_prefix="/table",
    description="What an engine has found in its source, and what becomes of it.",
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


class ExcludeQuerySchema(Schema):
    """Out, or in."""

    is_excluded = QueryFlag(required=True)


class ExcludedSchema(Schema):
    """What was done."""

    database_id = fields.UUID(required=True)
    is_excluded = fields.Boolean(required=True)
    n_tables = fields.Integer(required=True)


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
