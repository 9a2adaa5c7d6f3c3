from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.mill.answers import Reader, read

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
        ("[1] Anna\n[2] Ben\n[3] Cid", ["Anna", "Ben", "Cid"]),
        ("Dune\n1984\nEmma\nUlysses", ["Dune", "1984", "Emma", "Ulysses"]),
        ("01234\n12345\n02345\n99999", ["01234", "12345", "02345", "99999"]),
        ("19.90\n24.50\n5.00", ["19.90", "24.50", "5.00"]),
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


def pieces(text: str, data: st.DataObject) -> list[str]:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    return [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]


@given(values=STRINGS, tail=st.sampled_from(["", "]", "] That is all.", ', 12, "x"]', ", null]"]))
def test_reading_as_it_comes_is_reading_at_the_end(values: list[str], tail: str) -> None:
    text = "  " + json.dumps(values)[:-1] + tail
    reader = Reader()
    got = [item for character in text for item in reader.feed(character)] + reader.finish()
    assert got == read(text)
    assert reader.given == len(got)
    assert reader.text == text


@given(text=st.text(alphabet='[]{}",:ab1 \\\n'), data=st.data())
def test_the_pieces_make_no_difference(text: str, data: st.DataObject) -> None:
    results = []
    for cut in ([text], pieces(text, data), list(text)):
        reader = Reader()
        results.append([item for piece in cut for item in reader.feed(piece)] + reader.finish())
    assert results[0] == results[1] == results[2]


def test_values_are_there_before_the_answer_is_over() -> None:
    reader = Reader()
    assert reader.feed('["An') == []
    assert reader.feed('na", "Be') == ["Anna"]
    assert reader.feed('n"') == ["Ben"]
    assert reader.finish() == []


def test_an_answer_with_chatter_before_it_is_read_at_the_end() -> None:
    reader = Reader()
    assert reader.feed('Sure: ["Anna", "Ben"]') == []
    assert reader.finish() == ["Anna", "Ben"]
