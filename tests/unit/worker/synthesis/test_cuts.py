"""How many rows a block has."""

from __future__ import annotations

import pytest

from shared.synthesis.schema import Column, Kind, Table, TableName
from worker.synthesis.cuts import rows_of


def table(columns: int) -> Table:
    shapes = (Column(name=f"c{number}", type="text", kind=Kind.TEXT) for number in range(columns))
    return Table(name=TableName("public", "t"), columns=tuple(shapes))


@pytest.mark.parametrize(
    ("asked", "count", "rows"),
    [
        (1, 9_000, 1),
        (200, 1_000_000, 200),
        (1, 10_000, 1),
        # More blocks than may be: no one less.
        (1, 10_001, 2),
        (7, 1_000_000, 100),
        # More rows than may be.
        (1_000_000, 1_000_000, 250_000),
        (1, 10**10, 250_000),
    ],
)
def test_a_block_has_what_was_asked_for_within_bounds(asked: int, count: int, rows: int) -> None:
    assert rows_of(table(4), count, asked=asked) == rows


@pytest.mark.parametrize(("columns", "rows"), [(1, 250_000), (10, 100_000), (5_000, 1_000)])
def test_a_block_has_a_million_values_within_bounds_where_nothing_was_asked(
    columns: int, rows: int
) -> None:
    assert rows_of(table(columns), 10**9) == rows
