"""The model server that answers at once: what the schema asks for, never the same twice."""

from __future__ import annotations

from tests.bench.instant import answer


def test_an_array_has_its_size_and_nothing_comes_twice() -> None:
    schema = {"type": "array", "items": {"type": "string"}, "minItems": 7, "maxItems": 7}
    first, second = answer(schema), answer(schema)
    assert len(first) == len(second) == 7
    assert len({*first, *second}) == 14


def test_an_array_within_an_object_is_filled_too() -> None:
    array = {"type": "array", "items": {"type": "string"}, "minItems": 3}
    found = answer({"type": "object", "properties": {"values": array}})
    assert list(found) == ["values"]
    assert len(found["values"]) == 3
