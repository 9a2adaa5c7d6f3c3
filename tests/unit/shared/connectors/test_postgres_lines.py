"""Rows as COPY writes them: to columns of texts and back, byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.interface import Chunk
from shared.connectors.postgresql.lines import decode, encode, gather, join, rows_of, split

TEXT = st.one_of(
    st.none(),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    st.sampled_from(["\\N", "\\.", "\\", "\t", "\n", "\r\n", "\b\f\v", "", "a\\tb", "\x85\u2028"]),
)
TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.tuples(*[TEXT] * width), min_size=1, max_size=8)
)


def block_of(rows: list[tuple[str | None, ...]]) -> bytes:
    columns = [encode(values) for values in zip(*rows, strict=True)]
    return b"".join(b"\t".join(row) + b"\n" for row in zip(*columns, strict=True))


@given(TABLES, st.data())
def test_what_is_split_is_joined_to_the_same_bytes(
    rows: list[tuple[str | None, ...]], data: st.DataObject
) -> None:
    names = [f"column {place}" for place in range(len(rows[0]))]
    decoded = data.draw(st.integers(0, len(names)))
    block = block_of(rows)
    chunk = split(block, decoded=names[:decoded], opaque=names[decoded:])
    assert chunk.rows == len(rows)
    assert list(zip(*chunk.columns.values(), strict=True)) == (
        [row[:decoded] for row in rows] if decoded else []
    )
    assert join(chunk, names) == block
    assert list(rows_of(chunk, names)) == rows


@given(st.lists(TEXT))
def test_texts_come_back(values: list[str | None]) -> None:
    assert decode(encode(values)) == values


def test_the_bytes_are_those_that_postgresql_documents() -> None:
    assert encode(["a\tb\nc\\", None, "", "\r\b\f\v", "é🙂", "\\N"]) == [
        *(b"a\\tb\\nc\\\\", b"\\N", b"", b"\\r\\b\\f\\v", "é🙂".encode(), b"\\\\N")
    ]


def test_a_zero_byte_goes_to_the_server_that_refuses_it() -> None:
    assert encode(["a\0b", "c"]) == [b"a\0b", b"c"]


def test_a_replaced_or_an_added_column_takes_its_place() -> None:
    chunk = split(b"1\tx\ty\n2\tz\t\\N\n", decoded=["id"], opaque=["a", "b"])
    chunk.replace("id", ["7", None])
    chunk.replace("new", ["p", "q\t"])
    assert join(chunk, ["new", "id", "a", "b"]) == b"p\t7\tx\ty\nq\\t\t\\N\tz\t\\N\n"
    whole = split(b"x\ty\nz\t\\N\n", decoded=[], opaque=["a", "b"])
    whole.replace("new", ["p", "q"])
    assert join(whole, ["new", "a", "b"]) == b"p\tx\ty\nq\tz\t\\N\n"


def test_what_is_opaque_cannot_be_replaced_or_moved() -> None:
    chunk = split(b"1\tx\n", decoded=["id"], opaque=["a"])
    with pytest.raises(ValueError, match="not decoded"):
        chunk.replace("a", ["y"])
    with pytest.raises(ValueError, match="2 values for 1 rows"):
        chunk.replace("id", ["y", "z"])
    with pytest.raises(ValueError, match="opaque"):
        join(chunk, ["a", "id"])
    other = Chunk(rows=1, columns={}, opaque=("a",), rest=[("x",)], form="another kind")
    with pytest.raises(ValueError, match="opaque"):
        join(other, ["a"])


def test_rows_are_gathered_to_blocks_and_none_is_lost() -> None:
    pieces = [b"%d\n" % number for number in range(1000)]
    blocks = list(gather(pieces, size=100))
    assert b"".join(blocks) == b"".join(pieces)
    assert all(100 <= len(block) < 110 for block in blocks[:-1])
    assert list(gather([])) == []
