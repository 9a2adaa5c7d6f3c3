"""Junk, by name."""

from __future__ import annotations

import pytest

from tests.eval import junk
from tests.eval.kinds import KINDS


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("german_first_names", "Gender: male", junk.ECHO),
        ("german_first_names", "German first names", junk.ECHO),
        ("german_first_names", "No line breaks", junk.ECHO),
        ("german_first_names", "At most 20 characters each", junk.ECHO),
        ("german_first_names", "15,", junk.COUNTING),
        ("german_first_names", "Name 4", junk.COUNTING),
        ("german_first_names", "Karl", junk.REPEAT),
        ("german_first_names", "Abrahamsssssssssssssonsson", junk.RUN_AWAY),
        ("german_first_names", "Maximilian Alexander-", junk.CUT),
        ("german_first_names", "table", junk.OFF_KIND),
        ("countries", "Population: 1,276", junk.MARKUP),
        ("countries", '{"name', junk.MARKUP),
        ("countries", "Korea (South", junk.CUT),
        ("countries", "country 12", junk.COUNTING),
        ("iso_dates", "31.12.1999", junk.OFF_KIND),
        ("delivery_notes", "Delivery note for a courier", junk.ECHO),
        ("delivery_notes", "The parcel, the parcel, the parcel, the parcel.", junk.RUN_AWAY),
        ("delivery_notes", "The sky is blue today.", junk.OFF_KIND),
    ],
)
def test_junk_is_named(kind: str, value: str, expected: str) -> None:
    assert junk.classify(KINDS[kind], value, before={"karl"}) == expected
