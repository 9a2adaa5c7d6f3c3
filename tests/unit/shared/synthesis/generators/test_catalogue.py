"""Which generators fit a column, and what is said of one that does not."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from shared.errors import InvalidRequest
from shared.synthesis.generators import check, supported_types
from shared.synthesis.plans import Entity, Generator, GeneratorType
from shared.synthesis.schema import Column, Kind


def _column(kind: Kind = Kind.TEXT, **more: Any) -> Column:
    return Column(name="c", type=kind.value, kind=kind, **more)


def _said(type_: GeneratorType, column: Column, **parameters: Any) -> tuple[str, str | None]:
    with pytest.raises(InvalidRequest) as refusal:
        check(Generator(type=type_, parameters=parameters), column)
    return str(refusal.value), refusal.value.field


@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_supported_passes_with_its_defaults(kind: Kind) -> None:
    column = _column(kind, labels=("a",) if kind is Kind.ENUM else ())
    groups = supported_types(column, Entity.FIRST_NAME)
    json.dumps(groups)
    types = [each["type"] for group in groups.values() for each in group]
    assert len(types) == len(set(types))
    assert {"Mockers", "Duplicate", "Exclude", "Hash", "Key", "Mask"} >= set(groups)
    for group in groups.values():
        for one in group:
            type_ = GeneratorType(one["type"])
            parameters = {
                name: schema["default"]
                for name, schema in one["parameters"].items()
                if "default" in schema
            }
            if type_ is GeneratorType.LIST:
                parameters["entity"] = "FIRST_NAME"
            if type_ is GeneratorType.MOCK and kind is Kind.OTHER:
                parameters["entity"] = "IP_ADDRESS"
            check(Generator(type=type_, parameters=parameters), column)
            for schema in one["parameters"].values():
                jsonschema_rs.validator_for(schema)


def test_what_was_found_is_the_default() -> None:
    (mock, *_) = supported_types(_column(), Entity.IBAN)["Mockers"]
    assert mock["parameters"]["entity"]["default"] == "IBAN"


def test_computed_columns_have_none() -> None:
    computed = _column(generated=True)
    assert supported_types(computed) == {"Calculated_column": []}
    assert _said(GeneratorType.DUPLICATE, computed)[1] == "type"


@pytest.mark.parametrize(
    ("type_", "parameters", "field"),
    [
        (GeneratorType.MOCK, {"locale": "xx"}, "parameters.locale"),
        (GeneratorType.MOCK, {"entity": "MOTHER"}, "parameters.entity"),
        (GeneratorType.MOCK, {"colour": "red"}, "parameters.colour"),
        (GeneratorType.MOCK, {"by": "chance"}, "parameters.by"),
        (GeneratorType.MOCK, {"null_share": 2}, "parameters.null_share"),
        (GeneratorType.MOCK, {"null_share": float("nan")}, "parameters.null_share"),
        (GeneratorType.MOCK, {"null_share": True}, "parameters.null_share"),
        (GeneratorType.LIST, {}, "parameters.entity"),
        (GeneratorType.KEY, {"keep": "1"}, "parameters.keep"),
        (GeneratorType.KEY, {"keep": [1]}, "parameters.keep"),
        (GeneratorType.KEY, {"method": "rot13"}, "parameters.method"),
        (GeneratorType.FREE_TEXT, {"cutoff_length": -1}, "parameters.cutoff_length"),
        (GeneratorType.FREE_TEXT, {"cutoff_length": 1.5}, "parameters.cutoff_length"),
        (GeneratorType.FREE_TEXT, {"pii_mock_replace": "yes"}, "parameters.pii_mock_replace"),
        (GeneratorType.NOISE, {}, "type"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    type_: GeneratorType, parameters: dict[str, Any], field: str
) -> None:
    assert _said(type_, _column(), **parameters)[1] == field


def test_columns_that_must_have_a_value_are_not_left_empty() -> None:
    required = _column(nullable=False)
    for type_ in (GeneratorType.NULL, GeneratorType.EXCLUDE):
        said, field = _said(type_, required)
        assert "choose another type" in said
        assert field == "type"
    check(Generator(type=GeneratorType.EXCLUDE), _column(nullable=False, default="now()"))


def test_types_that_nobody_knows_are_not_made_up() -> None:
    odd = Column(name="c", type="geometry", kind=Kind.OTHER)
    assert "can be made up" in _said(GeneratorType.MOCK, odd)[0]
