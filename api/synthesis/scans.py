"""Looking for personal data in a source."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from api.http.fields import Choice, Text
from api.http.schemas import RequestSchema
from api.http.tracing import trace_id
from api.parts import parts
from api.synthesis import examples
from api.synthesis.access import principal
from api.synthesis.ids import DATABASE, ENGINE, parse_id
from api.synthesis.jobs import StartedSchema, render_started
from api.synthesis.queries import QueryFlag
from api.synthesis.rest import Blueprint
from shared.synthesis.locales import LOCALES
from shared.synthesis.plans import Entity
from shared.synthesis.requests import ScanRequest

scans = Blueprint(
    "PII scan",
    __name__,
    url_prefix="/pii_scan",
    description="Looking for personal data in a source.",
)

#: Most words in a list.
MOST_WORDS = 1_000


class ScanQuerySchema(Schema):
    """How to look."""

    data_scan = QueryFlag(
        load_default=True, metadata={"description": "In values too, not in names alone."}
    )
    locale = Choice(LOCALES, metadata={"description": "Left out: the engine's."})
    cardinality_check = QueryFlag(
        load_default=False,
        metadata={
            "description": "Whether a column of which nearly every value is another one counts: "
            "numbers of orders and of articles do, so the first look leaves it out, too."
        },
    )
    overwrite_previous_scans = QueryFlag(
        load_default=True, metadata={"description": "Forget what was found before."}
    )


def _words(description: str) -> fields.List[Any]:
    return fields.List(
        Text(max_length=500, min_length=1),
        load_default=list,
        validate=validate.Length(max=MOST_WORDS),
        metadata={"description": description},
    )


class ScanBodySchema(RequestSchema):
    """What to look for."""

    may_be_missing = True

    allow_list = _words("Words that are not personal.")
    deny_list = _words("Words that are.")
    deselected_entities = fields.List(
        Choice(tuple(Entity)),
        load_default=list,
        validate=validate.Length(max=MOST_WORDS),
        metadata={"description": "What is not looked for."},
    )


class RecognizerSchema(Schema):
    """Something personal that is looked for."""

    name = fields.String(required=True)
    entity = fields.String(required=True, validate=validate.OneOf(list(Entity)))


class RecognizersResponseSchema(Schema):
    """All that is looked for."""

    recognizers = fields.List(fields.Nested(RecognizerSchema), required=True)


@scans.route("/<database_id>/start/", methods=["POST"], parameters=[DATABASE])
@scans.doc(operationId="start_pii_scan")
@scans.arguments(ScanQuerySchema, location="query")
@scans.arguments(ScanBodySchema, required=False)
@scans.response(200, StartedSchema, example=examples.STARTED)
@scans.refuses(404, "there is no such database")
@scans.refuses(409, "another job of this engine goes on")
@scans.refuses(422, "that is the target of its engine")
def start_scan(query: dict[str, Any], body: dict[str, Any], database_id: str) -> dict[str, Any]:
    """Look for personal data in a source once more

    Columns that nobody set by hand get new generators by what is found.
    """
    run = parts().engines.scan(
        parse_id(database_id, "database"),
        ScanRequest(**query, **body),
        account_id=principal().account_id,
        trace_id=trace_id(),
    )
    return render_started(run)


@scans.route("/<engine_id>/recognizers/", methods=["GET"], parameters=[ENGINE])
@scans.doc(operationId="list_recognizers")
@scans.response(200, RecognizersResponseSchema)
@scans.refuses(404, "there is no such engine")
def get_recognizers(engine_id: str) -> dict[str, Any]:
    """List what is looked for"""
    parts().engines.get(parse_id(engine_id, "engine"), account_id=principal().account_id)
    return {
        "recognizers": [
            {"name": entity.replace("_", " ").capitalize(), "entity": entity} for entity in Entity
        ]
    }
