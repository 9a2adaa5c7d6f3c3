from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.generation.exports import LINE_BREAKS, is_single_line, write

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
CHUNKS = st.lists(st.lists(TEXT, max_size=5), max_size=5)


def encode(chunks: list[list[str]], file_format: str) -> str:
    return b"".join(write(chunks, file_format=file_format)).decode()


@given(chunks=CHUNKS)
def test_json_is_one_array_of_all_values(chunks: list[list[str]]) -> None:
    assert json.loads(encode(chunks, "JSON")) == [value for chunk in chunks for value in chunk]


@given(chunks=CHUNKS)
def test_secure_lookup_is_one_value_a_line(chunks: list[list[str]]) -> None:
    lines = [[value for value in chunk if is_single_line(value)] for chunk in chunks]
    values = [value for chunk in lines for value in chunk]
    written = encode(lines, "SECURE_LOOKUP")
    assert written == "\n".join(values)
    assert written.splitlines() == values


def test_nothing_is_an_empty_array_and_an_empty_file() -> None:
    assert encode([], "JSON") == "[]"
    assert encode([[]], "SECURE_LOOKUP") == ""


def test_every_line_break_that_python_knows_is_known() -> None:
    breaks = {chr(code) for code in range(0x110000) if len(f"a{chr(code)}b".splitlines()) > 1}
    assert breaks == LINE_BREAKS


@pytest.mark.parametrize("first", ["\ufeffAnna", "\ufeff\ufeffAnna", "\ufeff"])
@pytest.mark.parametrize("file_format", ["JSON", "SECURE_LOOKUP"])
def test_field_c3_no_file_begins_with_a_byte_order_mark(first: str, file_format: str) -> None:
    written = encode([[], [first, "Ben"], ["\ufeffCleo"]], file_format)
    assert not written.startswith("\ufeff")
    assert written.endswith("\ufeffCleo" if file_format == "SECURE_LOOKUP" else '"\ufeffCleo"]')
