"""What makes sense for which field."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import column
from sqlalchemy.dialects.postgresql import psycopg

from shared.filters import Field, FilterError, describe, parse
from shared.filters.sql import to_sql
from shared.generation.fields import OPERATIONS
from shared.queue.fields import JOBS
from tests.unit.shared.filters.expressions import FIELDS

COLUMNS = {field.name: column(field.name) for field in OPERATIONS}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nam EQ 'x'", "unknown field 'nam' at 1: expected one of at, big, code, flag, id, "),
        ("NAME EQ 'x'", "unknown field 'NAME' at 1: "),
        ("title EQ 5", "unexpected '5' at 10: title is a string, expected a string in quotes or "),
        ("title EQ TRUE", "unexpected 'TRUE' at 10: title is a string"),
        ("small EQ '5'", "unexpected ''5'' at 10: small is an integer, expected a number or NIL"),
        ("small IN [1, 'b']", "unexpected ''b'' at 14: small is an integer, expected a number"),
        ("small GT NIL", "unexpected 'NIL' at 10: small is an integer, expected a number"),
        ("title IN ['a', nil]", "unexpected 'nil' at 16: title is a string, expected a string"),
        ("title CONTAINS NIL", "unexpected 'NIL' at 16: title is a string, expected a string"),
        ("flag GT TRUE", "unexpected 'GT' at 6: flag is a boolean: expected one of EQ, IN, NE"),
        ("flag EQ 1", "unexpected '1' at 9: flag is a boolean, expected TRUE or FALSE or NIL"),
        ("small CONTAINS 1", "unexpected 'CONTAINS' at 7: small is an integer: expected one of "),
        ("at EQ '2026'", "unexpected ''2026'' at 7: at is a date-time, expected a date-time wit"),
        ("at GT 2026", "unexpected '2026' at 7: at is a date-time, expected a date-time without"),
        ("tags EQ NIL", "unexpected 'EQ' at 6: tags is a list: expected CONTAINS"),
        ("tags CONTAINS 'a'", "unexpected 'CONTAINS' at 6: its members are objects: expected {"),
        ("notes CONTAINS {a EQ 'a'}", "unexpected 'CONTAINS {' at 7: its members are no objects: "),
        ("notes CONTAINS 7", "unexpected '7' at 16: notes is an array, expected a string in quo"),
        ("notes CONTAINS NIL", "unexpected 'NIL' at 16: notes is an array, expected a string"),
        ("notes EQ 'a'", "unexpected 'EQ' at 7: notes is a list: expected CONTAINS"),
        ("sizes CONTAINS 'a'", "unexpected ''a'' at 16: sizes is an array, expected a number"),
        ("title CONTAINS {a EQ 1}", "unexpected 'CONTAINS {' at 7: title is a string: expected "),
        ("tags CONTAINS {id EQ 'a'}", "unknown field 'id' at 16: expected one of key, value"),
        ("tags CONTAINS {key EQ 1}", "unexpected '1' at 23: key is a string, expected a string"),
        ("key EQ 'a'", "unknown field 'key' at 1: "),
        ("flag EQ TRUE AND (NOT small EQ 'a')", "unexpected ''a'' at 32: small is an integer"),
    ],
)
def test_an_error_says_where_and_what_was_expected(text: str, message: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text, FIELDS)
    assert str(caught.value).startswith(f"filter_expression: {message}")


def test_at_most_eight_identifiers() -> None:
    eight = [f"{field.name} EQ NIL" for field in FIELDS[:7]]
    parse(" AND ".join([*eight, "at EQ NIL", *eight]), FIELDS)
    with pytest.raises(FilterError, match=r"'key' at \d+: at most 8 different fields") as caught:
        parse(" AND ".join([*eight, "tags CONTAINS {key EQ 'a'}"]), FIELDS)
    assert caught.value.position == len(" AND ".join(eight)) + len(" AND tags CONTAINS {") + 1


def test_at_most_a_hundred_values_in_a_list() -> None:
    hundred = ", ".join(["1"] * 100)
    parse(f"small IN [{hundred}]", FIELDS)
    with pytest.raises(FilterError, match="'7' at 311: a list may have at most 100 values"):
        parse(f"small IN [{hundred}, 7]", FIELDS)


def test_at_most_fifty_searches() -> None:
    fifty = " OR ".join(["SEARCH 'a'"] * 50)
    parse(fifty, FIELDS)
    with pytest.raises(FilterError, match="SEARCH may be used at most 50 times"):
        parse(f"{fifty} OR tags CONTAINS {{SEARCH 'a'}}", FIELDS)


_valid = st.sampled_from(
    [
        'name EQ \'Goku\' AND priority GT 1.2e-2 OR NOT SEARCH "x\\"y"',
        "submit_time GE 2018-04-27T18:39:26.397237+00:00 AND id IN ['a', 'b'] ",
        "NOT (end_time EQ NIL OR (allow_duplicates EQ FALSE AND name CONTAINS '%_'))",
    ]
)
_fragments = st.sampled_from(
    [
        "'",
        '"',
        "\\",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        "NOT ",
        " AND ",
        "NIL",
        "-",
        "1e9",
        "\0",
        "ü",
    ]
)


@st.composite
def _mutations(draw: st.DrawFn) -> str:
    text = draw(_valid)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 8)))
        text = text[:start] + draw(_fragments | st.just("") | st.text(max_size=3)) + text[end:]
    return text


@given(text=st.text(max_size=60) | _mutations() | st.lists(_fragments).map("".join))
@example(text="(" * 50_000)
@example(text="NOT " * 12_500)
@example(text="name CONTAINS{" * 3_000)
@example(text="priority IN [" + "1," * 24_000 + "1]")
@example(text="priority EQ " + "9" * 49_000)
@example(text="priority EQ 1e999999999999999999 OR priority GT 1e-999999999999999999")
@example(text="'" * 50_000)
@example(text='name EQ "' + "\\" * 49_000)
@example(text="a" * 50_000)
@example(text=" " * 50_000)
@example(text="[" * 50_000)
@example(text="\ud800" * 100)
def test_whatever_is_sent_is_a_filter_or_a_filter_error(text: str) -> None:
    try:
        condition = to_sql(parse(text, OPERATIONS), COLUMNS)
    except FilterError as error:
        refused = error
    else:
        assert str(condition.compile(dialect=psycopg.dialect()))
        return
    assert 1 <= refused.position <= len(text) + 1
    assert len(str(refused)) <= 1024
    assert str(refused).encode()


def test_the_description_is_what_openapi_shows() -> None:
    described = describe(OPERATIONS)["fields"]
    assert described["name"] == {"type": "string"}
    assert described["priority"] == {"type": "integer"}
    assert described["trim_values"] == {"type": "boolean"}
    assert described["end_time"] == {"type": "string", "format": "date-time"}
    text = {"type": "string"}
    assert describe(JOBS)["fields"]["tags"] == {
        "type": "array",
        "items": {"type": "object", "properties": {"key": text, "value": text}},
    }
    assert describe(JOBS)["fields"]["engine_ids"] == {"type": "array", "items": text}
    assert describe([Field("a", "integer")]) == {"fields": {"a": {"type": "integer"}}}
