"""Tags: what clients write on jobs to find them again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import Response
from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from api.http.auth import account
from api.http.fields import Text
from api.http.rest import BASE, Blueprint, no_content
from api.http.schemas import RequestSchema
from api.jobs import examples
from api.jobs.answers import TAG_LENGTH, TagSchema, TagsResponseSchema
from api.jobs.ids import JOB_PARAMETER, parse_job_id
from api.parts import parts
from shared.queue import tags
from shared.queue.tags import MAX_TAGS, Tag

blueprint = Blueprint(
    "JobTags",
    __name__,
    url_prefix=f"{BASE}/jobs/<id:job_id>/tags",
    tag="Jobs",
)


_HOW_MANY = f"must hold 1 to {MAX_TAGS} tags"


def _check_unique(tags: Sequence[Tag]) -> None:
    if len(set(tags)) < len(tags):
        raise ValidationError("must hold no tag twice; send each once")


def _tag_list(*, minimum: int, **options: Any) -> fields.List[Any]:
    return fields.List(
        fields.Nested(TagSchema),
        validate=[validate.Length(min=minimum, max=MAX_TAGS, error=_HOW_MANY), _check_unique],
        metadata={"uniqueItems": True},
        error_messages={
            "required": "is missing; it must be given",
            "null": "must not be null; leave it out instead",
            "invalid": "must be a list of tags",
        },
        **options,
    )


class TagsRequestSchema(RequestSchema):
    """Tags to add."""

    tags = _tag_list(minimum=1, required=True)


class DeleteTagSchema(RequestSchema):
    """Which tags to take off: `tags`, or those with this `key` (and `value`), or all."""

    may_be_missing = True
    json_schema: ClassVar[dict[str, Any]] = {
        "if": {"required": ["key"], "properties": {"key": {"type": "string"}}},
        # Some generated clients send a list that they were not given as an empty one.
        "then": {"properties": {"tags": {"maxItems": 0}}},
        "else": {
            "anyOf": [
                {"maxProperties": 0},
                {
                    "required": ["tags"],
                    "properties": {
                        "tags": {"type": "array", "minItems": 1},
                        "value": {"type": "null"},
                    },
                },
            ]
        },
    }

    key = Text(min_length=1, max_length=TAG_LENGTH)
    value = Text(min_length=1, max_length=TAG_LENGTH)
    tags = _tag_list(minimum=0)

    @validates_schema(pass_original=True)
    def _check(self, data: dict[str, Any], original: dict[str, Any], **_: Any) -> None:
        # A key that a program has lost on its way is not to take off everything.
        for name in () if data else original:
            raise ValidationError("is null; to take off all tags, send no field at all", name)
        if "value" in data and "key" not in data:
            raise ValidationError("is missing; a value alone names no tag", "key")
        if data.get("tags") and "key" in data:
            raise ValidationError("send either tags or a key, not both", "tags")
        # Without a key, no list at all takes off everything, which an empty one may not.
        if data.get("tags") == [] and "key" not in data:
            raise ValidationError(_HOW_MANY, "tags")

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value != []}


@blueprint.route("", parameters=[JOB_PARAMETER], methods=["GET"])
@blueprint.doc(operationId="get_job_tags")
@blueprint.response(200, TagsResponseSchema, example={"tags": examples.TAGS})
@blueprint.refuses(404, "No such job")
def get(job_id: str) -> dict[str, Any]:
    """Read the tags of a job, the oldest first."""
    with parts().database.transaction() as connection:
        found = tags.read(connection, job_id=parse_job_id(job_id), account_id=account().id)
    return _render(found)


@blueprint.route("", parameters=[JOB_PARAMETER], methods=["POST"])
@blueprint.doc(operationId="create_job_tags")
@blueprint.arguments(TagsRequestSchema, example={"tags": examples.TAGS})
@blueprint.response(
    201,
    TagsResponseSchema,
    description="All tags of the job",
    example={"tags": examples.TAGS},
)
@blueprint.refuses(404, "No such job")
@blueprint.refuses(409, f"It would have more than {MAX_TAGS} tags")
def create(body: dict[str, list[Tag]], job_id: str) -> dict[str, Any]:
    """Add tags to a job; those that it has already stay as they are."""
    wanted = parse_job_id(job_id)
    found = parts().database.run(
        lambda connection: tags.create(
            connection, job_id=wanted, account_id=account().id, tags=body["tags"]
        )
    )
    return _render(found)


@blueprint.route("/delete", parameters=[JOB_PARAMETER], methods=["POST"])
@blueprint.doc(operationId="delete_job_tag")
@blueprint.arguments(
    DeleteTagSchema,
    required=False,
    examples={
        "all": {"value": {}},
        "of a key": {"value": {"key": "team"}},
        "one": {"value": {"key": "team", "value": "billing"}},
        "several": {"value": {"tags": examples.TAGS}},
    },
)
@blueprint.response(204, description="Deleted")
@blueprint.refuses(404, "No such job")
def delete(body: dict[str, Any], job_id: str) -> Response:
    """Take tags off a job.

    `{}` takes off all, `{"key"}` all with this key, `{"key", "value"}` one, `{"tags"}` those that
    are listed. Tags that the job does not have are no error.
    """
    with parts().database.transaction() as connection:
        tags.remove(connection, job_id=parse_job_id(job_id), account_id=account().id, **body)
    return no_content()


def _render(found: Sequence[Tag]) -> dict[str, Any]:
    return {"tags": [{"key": key, "value": value} for key, value in found]}
