"""SQLite's values as texts and back, and what stands in its statements."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.interface import Chunk
from shared.connectors.sqlite.statements import checks_of
from shared.connectors.sqlite.values import Value, chunk_of, from_text, rows_of, to_text

VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(),
    st.binary(),
)


@given(VALUES)
def test_a_value_comes_back_with_its_class(value: Value) -> None:
    found = from_text(to_text(value), type(value))
    assert found == value
    assert type(found) is type(value)
    if isinstance(value, float):
        assert math.copysign(1, value) == math.copysign(1, found)  # type: ignore[arg-type]


@given(st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=5), st.integers(0, 3))
def test_rows_come_back_whatever_is_decoded(rows: list[tuple[Value, ...]], decoded: int) -> None:
    names = ["a", "b", "c"]
    chunk = chunk_of(rows, decoded=names[:decoded], opaque=names[decoded:])
    assert list(rows_of(chunk, names[:decoded])) == rows


def test_a_text_that_cannot_be_of_the_class_is_a_text() -> None:
    assert from_text("x", int) == "x"
    assert from_text(str(2**63), int) == str(2**63)
    assert from_text("nan", float) == "nan"
    assert from_text("\\xzz", bytes) == "\\xzz"
    assert from_text("7", str) == "7"


def test_what_was_not_read_goes_as_a_text() -> None:
    chunk = chunk_of([(1, "x")], decoded=["a"], opaque=["b"])
    chunk.replace("a", ["5"])
    chunk.replace("new", ["6"])
    assert list(rows_of(chunk, ["a", "new"])) == [(5, "6", "x")]


def test_a_chunk_of_another_kind_is_refused() -> None:
    chunk = Chunk(rows=1, columns={}, opaque=("a",), rest=b"x\n", form="postgresql")
    with pytest.raises(ValueError, match="none of SQLite's"):
        list(rows_of(chunk, []))


def test_checks_are_found_where_they_stand() -> None:
    statement = """CREATE TABLE t (
        a TEXT CHECK (a <> 'check (b)') DEFAULT 'x', -- CHECK (c)
        "check" INTEGER CHECK("check" > (1 + 2)), /* CHECK (a) */ [b c] REAL,
        CONSTRAINT "both ways" CHECK (`B C` > length(a)))"""
    found = checks_of(statement, ["a", "check", "b c"])
    assert [(each.name, each.columns) for each in found] == [
        ("check 1", ("a",)),
        ("check 2", ("check",)),
        ("both ways", ("b c", "a")),
    ]
    assert found[1].expression == '"check" > ( 1 + 2 )'
    assert checks_of("CREATE TABLE t (a)", ["a"]) == ()
