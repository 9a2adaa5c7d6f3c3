"""Field types: what each takes, what it makes of it, and what it says of the rest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields

from api.http.fields import QueryNumber, Sort, Text, Time, TrueOrFalse, WholeNumber

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


def is_whole(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and value == value // 1)


@given(JSON)
def test_a_whole_number_is_a_json_number_within_its_bounds(value: Any) -> None:
    field = WholeNumber(minimum=-5, maximum=5)
    if is_whole(value) and -5 <= value <= 5:
        found = field.deserialize(value)
        assert type(found) is int
        assert found == value
    else:
        with pytest.raises(ValidationError):
            field.deserialize(value)


@given(JSON)
def test_true_and_false_are_what_they_are(value: Any) -> None:
    if isinstance(value, bool):
        assert TrueOrFalse().deserialize(value) is value
    else:
        with pytest.raises(ValidationError):
            TrueOrFalse().deserialize(value)


@given(JSON | st.text(st.characters(), max_size=8))
def test_a_text_can_be_stored(value: Any) -> None:
    storable = isinstance(value, str) and "\0" not in value and len(value) <= 5
    if storable and not any("\ud800" <= character <= "\udfff" for character in value):
        assert Text(max_length=5).deserialize(value) == value
    else:
        with pytest.raises(ValidationError):
            Text(max_length=5).deserialize(value)


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u00a0\u2003"])
def test_a_filled_text_is_not_blank(blank: str) -> None:
    assert Text(max_length=5).deserialize(blank) == blank
    with pytest.raises(ValidationError, match="blank"):
        Text(max_length=5, filled=True).deserialize(blank)


@given(st.text(max_size=4))
def test_a_number_in_a_query_has_digits_alone(value: str) -> None:
    field = QueryNumber(minimum=1, maximum=1000)
    if value.isascii() and value.isdigit() and 1 <= int(value) <= 1000:
        assert field.deserialize(value) == int(value)
    else:
        with pytest.raises(ValidationError):
            field.deserialize(value)


@pytest.mark.parametrize(
    ("value", "found"), [("", None), ("null", None), ("name", "name"), ("-size", "-size")]
)
def test_a_sort_is_a_column_or_none(value: str, found: str | None) -> None:
    assert Sort("name", "size").deserialize(value) == found


@pytest.mark.parametrize("value", ["-", "NAME", "name ", "--name", "None"])
def test_a_sort_by_anything_else_says_what_there_is(value: str) -> None:
    with pytest.raises(ValidationError, match="name, -name, size, -size"):
        Sort("name", "size").deserialize(value)


class TimeSchema(Schema):
    at = Time()


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2022, 11, 15, 8, 51, 34, tzinfo=UTC), "2022-11-15T08:51:34.000Z"),
        (datetime(2022, 11, 15, 8, 51, 34, 999_999, tzinfo=UTC), "2022-11-15T08:51:34.999Z"),
        (
            datetime(2022, 11, 15, 1, 0, tzinfo=timezone(timedelta(hours=5.5))),
            "2022-11-14T19:30:00.000Z",
        ),
        (datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC), "9999-12-31T23:59:59.999Z"),
    ],
)
def test_times_are_utc_with_milliseconds(moment: datetime, text: str) -> None:
    assert TimeSchema().dump({"at": moment}) == {"at": text}


def test_messages_say_how_to_mend_it() -> None:
    schema = Schema.from_dict(
        {"n": WholeNumber(minimum=1, maximum=9, required=True), "s": Text(max_length=3)}
    )
    with pytest.raises(ValidationError) as caught:
        schema().load({"s": None})
    assert caught.value.messages == {
        "n": ["is missing; it must be given"],
        "s": ["must not be null; leave it out instead"],
    }
    assert isinstance(schema().fields["n"], fields.Integer)
