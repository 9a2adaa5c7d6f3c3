"""What can be filtered by.

A field may be nil; a list never is.
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
        the attributes ``members``, or of values of the type ``items``.
    :param storage: of a string; see :data:`Storage`.
    :param choices: of a string that has no other values than these.
    """

    name: str
    type: FieldType
    storage: Storage = "text"
    choices: tuple[str, ...] = ()
    members: tuple[Field, ...] = ()
    items: FieldType | None = None

    @property
    def item(self) -> Field | None:
        """Of a list of plain values: one of them, a field without a name."""
        return None if self.items is None else Field("", self.items)


def describe(fields: Sequence[Field]) -> dict[str, Any]:
    """The content of the OpenAPI extension ``x-filterable`` for these fields."""
    return {"fields": {field.name: _describe_type(field) for field in fields}}


def _describe_type(field: Field) -> dict[str, Any]:
    match field.type:
        case "date-time":
            return {"type": "string", "format": "date-time"}
        case "array" if field.items is not None:
            return {"type": "array", "items": {"type": field.items}}
        case "array":
            properties = {member.name: _describe_type(member) for member in field.members}
            return {"type": "array", "items": {"type": "object", "properties": properties}}
    return {"type": field.type}
