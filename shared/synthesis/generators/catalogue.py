"""Which generators fit a column, and whether one is well said. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.errors import InvalidRequest
from shared.synthesis.generators.kinds import draw_of
from shared.synthesis.generators.limits import Limits
from shared.synthesis.locales import LOCALES
from shared.synthesis.plans import Entity, Generator, GeneratorType
from shared.synthesis.schema import Column, Kind

_TEXTS: Final = frozenset({Kind.TEXT, Kind.OTHER})
_NUMERIC: Final = frozenset({Kind.INTEGER, Kind.NUMBER})
_FORMS: Final = frozenset({Kind.TEXT, Kind.UUID, Kind.DATE, Kind.TIME, Kind.TIMESTAMP} | _NUMERIC)
_NEAR: Final = frozenset({Kind.DATE, Kind.TIME, Kind.TIMESTAMP} | _NUMERIC)

#: Entities that columns of other kinds than texts may have.
_OF_KINDS: Final[Mapping[Kind, frozenset[Entity]]] = {
    Kind.DATE: frozenset({Entity.DATE_OF_BIRTH}),
    Kind.TIMESTAMP: frozenset({Entity.DATE_OF_BIRTH}),
    Kind.UUID: frozenset({Entity.CARDINALITY}),
    **{
        kind: frozenset(
            {
                *(Entity.PHONE, Entity.POSTCODE, Entity.CREDIT_CARD, Entity.NATIONAL_ID),
                *(Entity.TAX_ID, Entity.PASSPORT, Entity.COORDINATE, Entity.CARDINALITY),
            }
        )
        for kind in _NUMERIC
    },
}

#: A model can name these; the others are made up by rules, or are no words.
_LISTED: Final = (
    *(Entity.FIRST_NAME, Entity.LAST_NAME, Entity.PERSON, Entity.EMAIL, Entity.LOGIN),
    *(Entity.STREET_ADDRESS, Entity.CITY, Entity.COMPANY, Entity.JOB_TITLE),
)


@dataclass(frozen=True, kw_only=True)
class _Type:
    """A type of generators.

    :param group: of the published API.
    :param parameters: each with its JSON schema, for a column.
    :param fits: whether a column can have it.
    """

    group: str
    label: str
    fits: Callable[[Column], bool]
    parameters: Callable[[Column], Mapping[str, Mapping[str, Any]]] = lambda _: {}


def _entities(column: Column) -> list[str]:
    if column.kind in _TEXTS:
        return [each.value for each in Entity]
    return sorted(each.value for each in _OF_KINDS.get(column.kind, ()))


_LOCALE: Final[Mapping[str, Any]] = {
    "type": "string",
    "enum": list(LOCALES),
    "description": "Where values are like; the engine's locale where it is left out.",
}


_BY: Final[Mapping[str, Any]] = {
    "type": "string",
    "enum": ["value", "row"],
    "description": "value: the same source value becomes the same new one everywhere; row: "
    "nothing depends on the source's values. Row where no entity is named.",
}
_NULL_SHARE: Final[Mapping[str, Any]] = {
    "type": "number",
    "minimum": 0,
    "maximum": 1,
    "default": 0,
    "description": "Made up by row: in so many rows, by chance, there is no value.",
}


def _mock_parameters(column: Column) -> dict[str, Mapping[str, Any]]:
    return {
        "entity": {
            "type": "string",
            "enum": _entities(column),
            "description": "What is made up; left out, anything of the column's kind.",
        },
        "locale": _LOCALE,
        "by": _BY,
        "null_share": _NULL_SHARE,
    }


def _list_parameters(_: Column) -> dict[str, Mapping[str, Any]]:
    return {
        "entity": {
            "type": "string",
            "enum": [each.value for each in _LISTED],
            "description": "What a model is to make a list of.",
        },
        "locale": _LOCALE,
        "by": _BY,
        "null_share": _NULL_SHARE,
    }


def _key_parameters(column: Column) -> dict[str, Mapping[str, Any]]:
    return {
        "method": {
            "type": "string",
            "enum": ["duplicate", "hash", "generate"],
            "description": "Of this key and all that refers to it; the engine's where left out.",
        },
        **_hash_parameters(column),
    }


def _hash_parameters(_: Column) -> dict[str, Mapping[str, Any]]:
    return {
        "keep": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Keys that stay as they are, such as one that a program knows.",
        }
    }


def _noise_parameters(column: Column) -> dict[str, Mapping[str, Any]]:
    if column.kind is Kind.TIME:
        return {}
    if column.kind in _NUMERIC:
        return {
            "share": {
                "type": "number",
                "minimum": 0,
                "maximum": 1,
                "default": 0.1,
                "description": "A number moves by at most this share of itself. (The setting "
                "noise_factor is another thing: it is for values of a model.)",
            }
        }
    return {
        "days": {
            "type": "integer",
            "minimum": 1,
            "maximum": 36_500,
            "default": 30,
            "description": "A date moves by at most so many days, and by at least one.",
        }
    }


def _text_parameters(_: Column) -> dict[str, Mapping[str, Any]]:
    return {
        "locale": _LOCALE,
        "cutoff_length": {
            "type": "integer",
            "minimum": 0,
            "default": 4_000,
            "description": "So many characters are looked at; the rest is dropped.",
        },
        "pii_mock_replace": {
            "type": "boolean",
            "default": True,
            "description": "Made-up values for what is found; else a label, as <PERSON>.",
        },
    }


_TYPES: Final[Mapping[GeneratorType, _Type]] = {
    GeneratorType.MOCK: _Type(
        group="Mockers", label="Made-up values", fits=lambda _: True, parameters=_mock_parameters
    ),
    GeneratorType.LIST: _Type(
        group="Mockers",
        label="Values of a list that a model makes",
        fits=lambda column: column.kind is Kind.TEXT,
        parameters=_list_parameters,
    ),
    GeneratorType.FREE_TEXT: _Type(
        group="Mockers",
        label="Texts without what is personal in them",
        fits=lambda column: column.kind in _TEXTS | {Kind.ARRAY},
        parameters=_text_parameters,
    ),
    GeneratorType.JSON: _Type(
        group="Mockers",
        label="Documents without what is personal in them",
        fits=lambda column: column.kind in (Kind.JSON, Kind.TEXT, Kind.ARRAY),
        parameters=_text_parameters,
    ),
    GeneratorType.FORMAT_PRESERVING: _Type(
        group="Mask",
        label="Other values of the same form, one to one",
        fits=lambda column: column.kind in _FORMS,
    ),
    GeneratorType.NOISE: _Type(
        group="Mask",
        label="Numbers and dates nearby",
        fits=lambda column: column.kind in _NEAR,
        parameters=_noise_parameters,
    ),
    GeneratorType.NULL: _Type(group="Mask", label="No value", fits=lambda column: column.nullable),
    GeneratorType.HASH: _Type(
        group="Hash",
        label="One to one, in the shape of a key",
        fits=lambda _: True,
        parameters=_hash_parameters,
    ),
    GeneratorType.KEY: _Type(
        group="Key",
        label="As the engine's key method says",
        fits=lambda _: True,
        parameters=_key_parameters,
    ),
    GeneratorType.DUPLICATE: _Type(group="Duplicate", label="As it is", fits=lambda _: True),
    GeneratorType.EXCLUDE: _Type(
        group="Exclude",
        label="Not written: the database takes its default",
        fits=lambda column: column.nullable or column.default is not None or bool(column.identity),
    ),
}


def supported_types(
    column: Column, entity: Entity | None = None
) -> dict[str, list[dict[str, Any]]]:
    """The generators that fit a column, in the groups of the published API.

    :param entity: what the column was found to hold; it is the default of what is made up.
    :returns: by group, such as ``Mockers``: for each generator its ``type``, ``label`` and the
        ``parameters`` that it can have, each with its JSON schema.
    """
    groups: dict[str, list[dict[str, Any]]] = {}
    if column.generated:
        return {"Calculated_column": []}
    for kind, one in _TYPES.items():
        if not one.fits(column):
            continue
        parameters = {name: dict(schema) for name, schema in one.parameters(column).items()}
        named = parameters.get("entity")
        if named is not None and entity is not None and entity.value in named["enum"]:
            named["default"] = entity.value
        groups.setdefault(one.group, []).append(
            {"type": kind.value, "label": one.label, "parameters": parameters}
        )
    return groups


def check(generator: Generator, column: Column) -> None:
    """Refuse a generator that this column cannot have.

    :raises InvalidRequest: says what is wrong, and how to mend it; ``field`` is the path within the
        generator, as ``parameters.locale``.
    """
    if column.generated:
        raise InvalidRequest(
            f"the column {column.name} is computed by the database; it has no generator",
            field="type",
        )
    one = _TYPES.get(generator.type)
    if one is None:
        # Its parameters are those of the part that draws from models.
        return
    if not one.fits(column):
        raise InvalidRequest(_misfit(generator.type, column), field="type")
    parameters = one.parameters(column)
    for name, value in generator.parameters.items():
        field = f"parameters.{name}"
        schema = parameters.get(name)
        if schema is None:
            known = ", ".join(sorted(parameters)) or "none"
            raise InvalidRequest(
                f"{generator.type} has no such parameter; it has {known}", field=field
            )
        if name == "entity" and column.kind in _OF_KINDS:
            # All others are masked there, which fits any number or date.
            schema = {**schema, "enum": [each.value for each in Entity]}
        if value is not None and (problem := _problem(value, schema)):
            raise InvalidRequest(problem, field=field)
    is_plain_mock = generator.type is GeneratorType.MOCK and not generator.parameters.get("entity")
    if is_plain_mock and draw_of(column, Limits(), ()) is None:
        raise InvalidRequest(
            f"no values of {column.type} can be made up; choose null or duplicate", field="type"
        )
    if generator.type is GeneratorType.LIST and not generator.parameters.get("entity"):
        raise InvalidRequest("name what the list is of", field="parameters.entity")


def _misfit(kind: GeneratorType, column: Column) -> str:
    if kind is GeneratorType.NULL:
        return f"the column {column.name} must have a value in each row; choose another type"
    if kind is GeneratorType.EXCLUDE:
        return f"the column {column.name} must have a value and has no default; choose another type"
    fitting = ", ".join(name for name, one in _TYPES.items() if one.fits(column))
    return f"{kind} does not fit {column.name}, which is of {column.type}; what fits is {fitting}"


def _problem(value: object, schema: Mapping[str, Any]) -> str | None:
    """What is wrong with a value, of the few words of JSON schema that are used above."""
    kind = schema["type"]
    if kind == "array":
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
            return "give a list of texts"
        return None
    if kind == "boolean":
        return None if isinstance(value, bool) else "give true or false"
    if kind == "string":
        if not isinstance(value, str):
            return "give a text"
        if "enum" in schema and value not in schema["enum"]:
            shown = ", ".join(schema["enum"][:40]) or "nothing: leave it out"
            return f"{value[:60]!r} is not known here; what is known is {shown}"
        return None
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole and not (kind == "number" and isinstance(value, float)):
        return "give a whole number" if kind == "integer" else "give a number"
    low, high = schema.get("minimum"), schema.get("maximum")
    # Not a number is neither.
    if (low is not None and not value >= low) or (high is not None and not value <= high):
        return f"give a number from {low} to {high}" if high is not None else f"at least {low}"
    return None
