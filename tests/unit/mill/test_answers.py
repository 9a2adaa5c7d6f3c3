from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.mill.answers import read

STRINGS = st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=8)


@given(values=STRINGS, ascii_only=st.booleans(), wrapped=st.booleans())
def test_a_whole_answer_gives_all_its_values(
    values: list[str], ascii_only: bool, wrapped: bool
) -> None:
    body = {"values": values} if wrapped else values
    text = json.dumps(body, ensure_ascii=ascii_only, indent=2 if wrapped else None)
    assert read(text) == values


@given(values=STRINGS, data=st.data())
def test_a_cut_answer_gives_exactly_its_whole_values(
    values: list[str], data: st.DataObject
) -> None:
    text = json.dumps(values)
    cut = data.draw(st.integers(0, len(text)))
    got = read(text[:cut])
    assert got == values[: len(got)]
    # Whole: the text up to the cut closes the string.
    ends = [len(json.dumps(values[:n])) - 1 for n in range(1, len(values) + 1)]
    assert len(got) == sum(end <= cut for end in ends)


@given(text=st.text())
def test_no_text_breaks_it(text: str) -> None:
    assert all(isinstance(value, str) for value in read(text))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('Sure! Here they are [as asked]: ["Anna", "Ben"] Enjoy.', ["Anna", "Ben"]),
        ('```json\n["Anna",\n "Ben"]\n```', ["Anna", "Ben"]),
        ('<think>maybe ["no", "not", "these"]</think>["Anna"]', ["Anna"]),
        ('<think>never ends ["no"', []),
        ('["Anna", "Ben" "Cid"', ["Anna", "Ben", "Cid"]),
        ('["Anna", Ben, "Cid"]', ["Anna"]),
        ('[Anna, "Ben", "Cid"]', []),
        ('["line\nbreak"]', ["line\nbreak"]),
        ("[12, 13.5, 14", ["12", "13.5"]),
        ('[{"name": "Anna"}, {"name": "Ben"}]', ["Anna", "Ben"]),
        ('{"a": ["x"], "b": ["y", "z"]}', ["y", "z"]),
        ("[true, null]", []),
        ("I cannot help with that.", []),
        ("", []),
        ("[" * 100_000, []),
    ],
)
def test_what_models_say(text: str, values: list[str]) -> None:
    assert read(text) == values
