"""What all bodies have in common; also what the OpenAPI description says of it."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import RAISE, Schema, pre_load

#: Longest names, in characters: of operations, labels, models.
NAME_LENGTH = 500

#: Longest other texts, in characters.
TEXT_LENGTH = 10_000


class RequestSchema(Schema):
    """A body: a JSON object of which every field is known.

    Null is as good as absent for what may be absent: some generated clients spell out so whatever
    they were not given.
    """

    #: Whether no body at all is the same as ``{}``.
    may_be_missing: ClassVar[bool] = False
    #: What its fields cannot say of themselves, as keywords of JSON Schema.
    json_schema: ClassVar[dict[str, Any]] = {}

    class Meta:
        unknown = RAISE

    error_messages = {  # noqa: RUF012 - typed by its base
        "type": "must be a JSON object",
        "unknown": "is not known here; check its spelling, or leave it out",
    }

    @pre_load
    def _drop_nulls(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {
            name: value
            for name, value in data.items()
            if value is not None or name not in self.fields or self.fields[name].required
        }
