"""Lines and events come in any chunks."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from worker.models.records import read_events, read_records

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=6)
SIZES = st.integers(1, 40)


def chunks(said: bytes, size: int) -> list[bytes]:
    return [said[at : at + size] for at in range(0, len(said), size)]


@given(texts=TEXTS, size=SIZES, end=st.sampled_from(["\n", "\r\n", "\n\n", " \n"]))
def test_records_come_in_any_chunks(texts: list[str], size: int, end: str) -> None:
    records = [{"said": text} for text in texts]
    said = "".join(json.dumps(each, ensure_ascii=False) + end for each in records).encode()
    assert list(read_records(chunks(said, size))) == records


@given(
    texts=TEXTS,
    size=SIZES,
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    is_ended=st.booleans(),
)
def test_events_come_in_any_chunks(texts: list[str], size: int, end: str, is_ended: bool) -> None:
    data = [json.dumps({"said": text}, ensure_ascii=False) for text in texts]
    said = "".join(f"data: {each}{end}{end}" for each in data)
    if not is_ended:
        said = said.removesuffix(end)
    assert list(read_events(chunks(said.encode(), size))) == data
